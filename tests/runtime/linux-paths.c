// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The paths of a box: nothing leads out of a mapped directory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux/paths.h"

/*
 * TOP/inside is mapped at /data, TOP/other at /data/deep/other; TOP/secret must not be seen. Each
 * check is done twice: with openat2 and walking by ourselves.
 */
struct world {
    char top[64];
    struct linux_paths paths;
    struct linux_place root;
};

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static int make_world(void **state, bool openat2, bool nested)
{
    struct world *world = calloc(1, sizeof *world);
    char path[128];
    strcpy(world->top, "/tmp/lfi-paths-XXXXXX");
    if (!mkdtemp(world->top) || chdir(world->top))
        return -1;
    mkdir("inside", 0700);
    mkdir("inside/sub", 0700);
    mkdir("inside/sub/sub", 0700);
    mkdir("other", 0700);
    mkdir("secret", 0700);
    write_file("inside/file", "inside");
    write_file("inside/sub/file", "sub");
    write_file("other/file", "other");
    write_file("secret/file", "secret");
    write_file("file", "secret");
    snprintf(path, sizeof path, "%s/secret", world->top);
    assert_int_equal(symlink(path, "inside/absolute"), 0);
    assert_int_equal(symlink("../secret", "inside/relative"), 0);
    assert_int_equal(symlink("../../secret/file", "inside/sub/up"), 0);
    assert_int_equal(symlink("sub/../../secret", "inside/dotted"), 0);
    assert_int_equal(symlink("/data/sub", "inside/box"), 0);
    assert_int_equal(symlink("file", "inside/good"), 0);
    assert_int_equal(symlink("loop", "inside/loop"), 0);
    assert_int_equal(symlink("/proc/self/root", "inside/magic"), 0);
    assert_int_equal(symlink("new", "inside/dangling"), 0);
    assert_int_equal(symlink("../new", "inside/dangling-out"), 0);

    linux_paths_init(&world->paths);
    world->paths.openat2 = openat2;
    assert_int_equal(linux_paths_map(&world->paths, "/data", "inside"), 0);
    if (nested)
        assert_int_equal(linux_paths_map(&world->paths, "/data//deep/./other/", "other"), 0);
    world->root = (struct linux_place){-1, LINUX_PLACE_VIRTUAL, "", false, NULL};
    assert_int_equal(chdir("/"), 0);
    *state = world;
    return 0;
}

static int make_with_openat2(void **state)
{
    return make_world(state, true, false);
}

static int make_walking(void **state)
{
    return make_world(state, false, false);
}

static int make_nested(void **state)
{
    return make_world(state, true, true);
}

static int remove_one(const char *path, const struct stat *status, int flag, struct FTW *ftw)
{
    (void)status, (void)flag, (void)ftw;
    return remove(path);
}

static int drop_world(void **state)
{
    struct world *world = *state;
    linux_paths_free(&world->paths);
    nftw(world->top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(world);
    return 0;
}

/* The first bytes of a file in the box, or "" and *error. */
static const char *contents(struct world *world, const struct linux_place *start, const char *path,
                            int *error)
{
    static char text[32];
    memset(text, 0, sizeof text);
    int fd = linux_path_open(&world->paths, start, path, O_RDONLY, 0, NULL);
    *error = fd < 0 ? fd : 0;
    if (fd >= 0) {
        ssize_t count = read(fd, text, sizeof text - 1);
        if (count < 0)
            *error = -errno;
        close(fd);
    }
    return text;
}

static void assert_contents(struct world *world, const char *path, const char *expected)
{
    int error;
    const char *text = contents(world, &world->root, path, &error);
    if (error || strcmp(text, expected) != 0)
        fail_msg("%s: '%s' (%s), expected '%s'", path, text, strerror(-error), expected);
}

static void assert_error(struct world *world, const char *path, int flags, int expected)
{
    int fd = linux_path_open(&world->paths, &world->root, path, flags, 0600, NULL);
    if (fd != expected)
        fail_msg("%s: %d, expected %s", path, fd, strerror(-expected));
}

static void files_inside_are_found(void **state)
{
    assert_contents(*state, "/data/file", "inside");
    assert_contents(*state, "//data/.//sub/file", "sub");
    assert_contents(*state, "/data/sub/../file", "inside");
    assert_contents(*state, "/data/../data/file", "inside");
    assert_contents(*state, "/../../data/file", "inside");
    assert_contents(*state, "/data/box/file", "sub");
    assert_contents(*state, "/data/box/../file", "inside");
    assert_contents(*state, "/data/good", "inside");
    assert_contents(*state, "data/file", "inside");
    assert_contents(*state, "/data/sub/sub/../../sub/sub/../file", "sub");
}

static void nothing_leads_out(void **state)
{
    static const char *const paths[] = {
        "/data/../file",
        "/data/../secret/file",
        "/data/absolute/file",
        "/data/absolute",
        "/data/relative/file",
        "/data/relative",
        "/data/sub/up",
        "/data/dotted/file",
        "/data/../../../../../../etc/passwd",
        "/data/sub/../../file",
        "/etc/passwd",
        "/secret/file",
        "/data/magic/etc/passwd",
        "/data/magic",
        "/data/nothing",
        "/datafile",
        "/dat",
        "../file",
        "../../../etc/passwd",
        "/data/good/x",
        "/data/file/../file/",
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        int fd = linux_path_open(&world->paths, &world->root, paths[i], O_RDONLY, 0, NULL);
        if (fd != -ENOENT && fd != -ENOTDIR)
            fail_msg("%s: %d", paths[i], fd);
        struct linux_name name;
        int error = linux_path_object(&world->paths, &world->root, paths[i], true, &name);
        assert_true(error == -ENOENT || error == -ENOTDIR);
    }
    assert_error(world, "/data/loop", O_RDONLY, -ELOOP);
    assert_error(world, "", O_RDONLY, -ENOENT);
    assert_error(world, "/data/file/", O_RDONLY, -ENOTDIR);
    assert_error(world, "/data/good/", O_RDONLY, -ENOTDIR);
}

static void the_host_path_itself_is_not_visible(void **state)
{
    struct world *world = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/inside/file", world->top);
    assert_error(world, path, O_RDONLY, -ENOENT);
    snprintf(path, sizeof path, "/data%s/inside/file", world->top);
    assert_error(world, path, O_RDONLY, -ENOENT);
}

static void files_are_made_inside_only(void **state)
{
    struct world *world = *state;
    char path[128];
    int fd = linux_path_open(&world->paths, &world->root, "/data/dangling", O_CREAT | O_WRONLY,
                             0600, NULL);
    assert_true(fd >= 0);
    close(fd);
    snprintf(path, sizeof path, "%s/inside/new", world->top);
    assert_int_equal(access(path, F_OK), 0);

    assert_error(world, "/data/dangling-out", O_CREAT | O_WRONLY, -ENOENT);
    assert_error(world, "/data/../new", O_CREAT | O_WRONLY, -ENOENT);
    assert_error(world, "/new", O_CREAT | O_WRONLY, -ENOENT);
    snprintf(path, sizeof path, "%s/new", world->top);
    assert_int_equal(access(path, F_OK), -1);
    assert_error(world, "/data/good", O_CREAT | O_EXCL | O_WRONLY, -EEXIST);
    assert_error(world, "/data/good", O_NOFOLLOW | O_RDONLY, -ELOOP);
}

/* The directory and name that a call is given lie where the path says. */
static void entries_are_named_by_their_directory(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *path, *name;
        int error;
    } cases[] = {
        {"/data/made", "made", 0},
        {"/data/made/", "made/", 0},
        {"/data/sub/../made", "made", 0},
        {"/data/box/x", "x", 0},
        {"/data/good", "good", 0},
        {"/data/absolute/x", "", -ENOENT},
        {"/data/relative/x", "", -ENOENT},
        {"/data", ".", 0},
        {"/data/.", ".", 0},
        {"/data/..", "..", 0},
        {"/", ".", 0},
        {"/data/absolute/", "absolute/", 0},
        {"/new", "", -EACCES},
        {"/data/file/x", "", -ENOTDIR},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct linux_name name;
        int error = linux_path_entry(&world->paths, &world->root, cases[i].path, true, &name);
        if (error != cases[i].error || (!error && strcmp(name.path, cases[i].name) != 0))
            fail_msg("%s: %d %s", cases[i].path, error, error ? "" : name.path);
        if (error)
            continue;
        const char *slash = strchr(name.path, '/');
        assert_true(!slash || !slash[strspn(slash, "/")]); /* one component */
        linux_name_close(&name);
    }
}

static void relative_paths_start_at_a_directory(void **state)
{
    struct world *world = *state;
    struct linux_found found;
    char path[PATH_MAX];
    int error;
    int fd = linux_path_open(&world->paths, &world->root, "/data/sub", O_RDONLY | O_DIRECTORY, 0,
                             &found);
    assert_true(fd >= 0);
    struct linux_place sub = {fd, found.map, found.box, false, NULL};
    assert_string_equal(contents(world, &sub, "file", &error), "sub");
    assert_string_equal(contents(world, &sub, "../file", &error), "inside");
    assert_string_equal(contents(world, &sub, "../../data/file", &error), "inside");
    (void)contents(world, &sub, "../../file", &error);
    assert_int_equal(error, -ENOENT);
    (void)contents(world, &sub, "up", &error);
    assert_int_equal(error, -ENOENT);
    assert_int_equal(linux_place_path(&world->paths, &sub, path), 0);
    assert_string_equal(path, "/data/sub");
    close(fd);
}

static void directories_between_mappings_exist(void **state)
{
    struct world *world = *state;
    struct linux_found found;
    int fd = linux_path_open(&world->paths, &world->root, "/", O_RDONLY | O_DIRECTORY, 0, &found);
    assert_true(fd >= 0);
    assert_int_equal(found.map, LINUX_PLACE_VIRTUAL);
    assert_string_equal(found.box, "");
    assert_int_equal(openat(fd, "x", O_CREAT | O_WRONLY, 0600), -1);
    close(fd);
    assert_contents(world, "/data/deep/other/file", "other");
    assert_contents(world, "/data/deep/other/../other/file", "other");
    assert_contents(world, "/data/deep/other/../../file", "inside");
    assert_contents(world, "/data/deep/../file", "inside");
    assert_error(world, "/data/deep/file", O_RDONLY, -ENOENT);
}

static void bad_mappings_are_refused(void **state)
{
    struct world *world = *state;
    assert_int_equal(linux_paths_map(&world->paths, "data", "/tmp"), -EINVAL);
    assert_int_equal(linux_paths_map(&world->paths, "/a/../b", "/tmp"), -EINVAL);
    assert_int_equal(linux_paths_map(&world->paths, "/b", "/nonexistent/x"), -ENOENT);
    assert_int_equal(linux_paths_map(&world->paths, "/b", "/etc/passwd"), -ENOTDIR);
}

/*
 * While one thread swaps a directory and a link to the secret under one name, no path through that
 * name may ever find the secret.
 */
struct swapper {
    char directory[128], link[128], name[128];
    atomic_bool stop;
};

static void *swap(void *data)
{
    struct swapper *swapper = data;
    while (!atomic_load(&swapper->stop)) {
        syscall(SYS_renameat2, AT_FDCWD, swapper->directory, AT_FDCWD, swapper->link,
                2 /* RENAME_EXCHANGE */);
        sched_yield();
    }
    return NULL;
}

static void races_do_not_lead_out(void **state)
{
    struct world *world = *state;
    struct swapper swapper = {.stop = false};
    pthread_t thread;
    int error, seen = 0;
    snprintf(swapper.directory, sizeof swapper.directory, "%s/inside/sub", world->top);
    snprintf(swapper.link, sizeof swapper.link, "%s/inside/relative", world->top);
    assert_int_equal(pthread_create(&thread, NULL, swap, &swapper), 0);
    for (int i = 0; i < 30000 || !seen; i++) {
        const char *path = i % 3 == 0   ? "/data/sub/file"
                           : i % 3 == 1 ? "/data/sub/../sub/file"
                                        : "/data/sub/sub/../file";
        const char *text = contents(world, &world->root, path, &error);
        assert_string_not_equal(text, "secret");
        seen += !strcmp(text, "sub");

        struct linux_name name;
        if (!linux_path_entry(&world->paths, &world->root, "/data/sub/made", true, &name)) {
            struct stat found, secret;
            char host[128];
            snprintf(host, sizeof host, "%s/secret", world->top);
            assert_int_equal(fstat(name.fd, &found), 0);
            assert_int_equal(stat(host, &secret), 0);
            assert_int_not_equal(found.st_ino, secret.st_ino);
            linux_name_close(&name);
        }
    }
    atomic_store(&swapper.stop, true);
    pthread_join(thread, NULL);
}

static void memory_of_the_host_cannot_be_opened(void **state)
{
    struct linux_paths paths;
    struct linux_place root = {-1, LINUX_PLACE_NONE, NULL, false, NULL};
    char path[64];
    (void)state;
    linux_paths_init(&paths);
    assert_int_equal(linux_paths_map(&paths, "/", "/"), 0);
    assert_true(paths.direct);
    for (int walking = 0; walking < 2; walking++) {
        static const char *const files[] = {"/proc/self/mem", "/proc/thread-self/mem",
                                            "/proc/self/../self/mem",
                                            "/proc/self/root/proc/self/mem"};
        for (size_t i = 0; i < 4; i++) {
            int fd = linux_path_open(&paths, &root, files[i], O_RDONLY, 0, NULL);
            assert_true(fd == -EACCES || (walking && fd < 0));
            fd = linux_path_open(&paths, &root, files[i], O_RDWR, 0, NULL);
            assert_true(fd == -EACCES || (walking && fd < 0));
        }
        snprintf(path, sizeof path, "/proc/%d/task/%d/mem", getpid(), getpid());
        assert_int_equal(linux_path_open(&paths, &root, path, O_RDWR, 0, NULL), -EACCES);
        assert_int_equal(linux_path_open(&paths, &root, "/proc/self/comm", O_WRONLY, 0, NULL),
                         -EACCES);
        int fd = linux_path_open(&paths, &root, "/proc/self/status", O_RDONLY, 0, NULL);
        assert_true(fd >= 0);
        close(fd);
        paths.direct = false; /* the second time as with a --dir / = / */
    }
    linux_paths_free(&paths);
}

/* A descriptor without access cannot be turned into one with access. */
static void reopening_is_checked(void **state)
{
    struct linux_paths paths;
    struct linux_place root = {-1, LINUX_PLACE_NONE, NULL, false, NULL};
    char path[64];
    (void)state;
    linux_paths_init(&paths);
    assert_int_equal(linux_paths_map(&paths, "/", "/"), 0);
    int fd = linux_path_open(&paths, &root, "/proc/self/mem", O_PATH, 0, NULL);
    assert_true(fd >= 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    assert_int_equal(linux_path_open(&paths, &root, path, O_RDWR, 0, NULL), -EACCES);
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    assert_int_equal(linux_path_open(&paths, &root, path, O_RDWR, 0, NULL), -EACCES);
    close(fd);
    linux_paths_free(&paths);
}

#define EACH(test)                                                   \
    {#test " (openat2)", test, make_with_openat2, drop_world, NULL}, \
        {#test " (walking)", test, make_walking, drop_world, NULL},  \
    {                                                                \
#test " (nested)", test, make_nested, drop_world, NULL       \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(files_inside_are_found),
        EACH(nothing_leads_out),
        EACH(the_host_path_itself_is_not_visible),
        EACH(files_are_made_inside_only),
        EACH(entries_are_named_by_their_directory),
        EACH(relative_paths_start_at_a_directory),
        EACH(races_do_not_lead_out),
        cmocka_unit_test_setup_teardown(directories_between_mappings_exist, make_nested,
                                        drop_world),
        cmocka_unit_test_setup_teardown(bad_mappings_are_refused, make_with_openat2, drop_world),
        cmocka_unit_test(memory_of_the_host_cannot_be_opened),
        cmocka_unit_test(reopening_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
