// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What a restricted box can do with open files of its host: use them, but not change the files
 * behind them, nor start a path there. And what it learns of its host by name: nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>

#include "linux-box.h"

/* The box's descriptors. */
enum { GIVEN_FILE, GIVEN_DIRECTORY, GIVEN_PIPE, GIVEN_PIPE_END, GIVEN_ALLOWED, GIVEN };

struct world {
    char top[64];
    int host[GIVEN];
    struct box box;
};

static void make(struct world *world, bool restricted, const char *directory)
{
    char path[128];
    int ends[2];
    memset(world, 0, sizeof *world);
    strcpy(world->top, "/tmp/lfi-given-XXXXXX");
    assert_non_null(mkdtemp(world->top));
    snprintf(path, sizeof path, "%s/secret", world->top);
    world->host[GIVEN_FILE] = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(write(world->host[GIVEN_FILE], "secret", 6), 6);
    world->host[GIVEN_DIRECTORY] = open(world->top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    world->host[GIVEN_PIPE] = ends[0];
    world->host[GIVEN_PIPE_END] = ends[1];
    snprintf(path, sizeof path, "%s/allowed", world->top);
    world->host[GIVEN_ALLOWED] = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct lfi_linux_file files[GIVEN];
    for (int i = 0; i < GIVEN; i++)
        files[i] = (struct lfi_linux_file){i, world->host[i], i == GIVEN_ALLOWED};
    struct lfi_linux_dir dir = {"/", directory};
    struct lfi_linux_options options = {.restricted = restricted,
                                        .dirs = &dir,
                                        .dir_count = directory != NULL,
                                        .files = files,
                                        .file_count = GIVEN};
    box_new(&world->box, &options);
}

static void drop(struct world *world)
{
    char command[128];
    box_free(&world->box);
    for (int i = 0; i < GIVEN; i++)
        close(world->host[i]);
    snprintf(command, sizeof command, "rm -rf %s", world->top);
    assert_int_equal(system(command), 0);
}

/* What each call with a descriptor does with the file: a new one has to be put here. */
static const struct {
    const char *use, *calls;
} uses[] = {
    {NULL, ""},
    {"TRANSFER", " copy_file_range pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readv "
                 "sendfile splice tee write writev "},
    {"ASK", " epoll_pwait epoll_wait fadvise64 fdatasync fgetxattr flistxattr fstat fstatfs fsync "
            "lseek readahead sync_file_range syncfs timerfd_gettime "},
    {"CHANGE", " epoll_ctl fallocate fchmod fchown flock fremovexattr fsetxattr ftruncate "
               "inotify_add_watch inotify_rm_watch timerfd_settime "},
    {"SOME", " dup dup2 dup3 fchdir fcntl getdents64 ioctl "},
};

static void every_call_says_what_it_does(void **state)
{
    (void)state;
    unsigned seen = 0;
    for (int number = 0; number < CALLS_MAX; number++) {
        const struct entry *entry = &linux_calls[number];
        for (int i = 0; entry->handler && i < 6; i++) {
            char word[64];
            unsigned use = entry->arguments[i].size;
            if (entry->arguments[i].kind != ARG_FD)
                continue;
            assert_in_range(use, USE_TRANSFER, USE_SOME);
            snprintf(word, sizeof word, " %s ", entry->name);
            if (i == 0 && !strstr(uses[use].calls, word))
                fail_msg("%s is listed as %s, but not here", entry->name, uses[use].use);
            seen++;
        }
    }
    assert_in_range(seen, 30, 100);
}

/* All the ways to change a file by its descriptor: the number that succeeded. */
static int changes(struct box *box, uint64_t fd, long expected)
{
    uint64_t none = box_path(box, SECOND_PATH, ""), zero = box->page + SCRATCH;
    struct flock lock = {.l_type = F_RDLCK};
    memset((void *)zero, 0, 512);
    memcpy((void *)(zero + 256), &lock, sizeof lock);
    uint64_t at_lock = zero + 256, here = AT_EMPTY_PATH;
    const struct {
        const char *name;
        long result;
    } tries[] = {
        {"fchmod", BOX_CALL(box, SYS_fchmod, fd, 0666)},
        {"fchmodat2", BOX_CALL(box, 452, fd, none, 0666, here)},
        {"fchown", BOX_CALL(box, SYS_fchown, fd, getuid(), getgid())},
        {"fchownat", BOX_CALL(box, SYS_fchownat, fd, none, getuid(), getgid(), here)},
        {"futimens", BOX_CALL(box, SYS_utimensat, fd, 0, zero, 0)},
        {"utimensat", BOX_CALL(box, SYS_utimensat, fd, none, zero, here)},
        {"fallocate", BOX_CALL(box, SYS_fallocate, fd, 0, 0, 4096)},
        {"ftruncate", BOX_CALL(box, SYS_ftruncate, fd, 3)},
        {"F_SETFL", BOX_CALL(box, SYS_fcntl, fd, F_SETFL, O_APPEND)},
        {"F_SETLK", BOX_CALL(box, SYS_fcntl, fd, F_SETLK, at_lock)},
        {"F_OFD_SETLK", BOX_CALL(box, SYS_fcntl, fd, F_OFD_SETLK, at_lock)},
        {"flock", BOX_CALL(box, SYS_flock, fd, LOCK_SH)},
    };
    int succeeded = 0;
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        if (expected && tries[i].result != expected)
            fail_msg("%s of descriptor %d: %ld", tries[i].name, (int)fd, tries[i].result);
        succeeded += tries[i].result == 0;
    }
    return succeeded;
}

static void files_of_the_host_are_not_changed(void **state)
{
    (void)state;
    struct world world;
    struct stat before, after;
    make(&world, true, NULL);
    struct box *box = &world.box;
    assert_int_equal(fstat(world.host[GIVEN_FILE], &before), 0);
    uint64_t copy = (uint64_t)BOX_CALL(box, SYS_dup, GIVEN_FILE);
    uint64_t third = (uint64_t)BOX_CALL(box, SYS_fcntl, copy, F_DUPFD, 20);
    assert_int_equal(third, 20);
    assert_int_equal(BOX_CALL(box, SYS_dup3, third, 30, 0), 30);
    const uint64_t fds[] = {GIVEN_FILE, copy, third, 30, GIVEN_DIRECTORY, GIVEN_PIPE_END};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        assert_int_equal(changes(box, fds[i], -EPERM), 0);
        uint64_t zero = box->page + SCRATCH;
        assert_int_equal(BOX_CALL(box, SYS_ioctl, fds[i], TCSETS, zero), -EPERM);
        assert_int_equal(BOX_CALL(box, SYS_fcntl, fds[i], F_SETPIPE_SZ, 1 << 16), -EPERM);
        assert_int_equal(BOX_CALL(box, SYS_fcntl, fds[i], F_ADD_SEALS, 1), -EPERM);
    }
    assert_int_equal(fstat(world.host[GIVEN_FILE], &after), 0);
    assert_int_equal(after.st_mode, before.st_mode);
    assert_int_equal(after.st_size, before.st_size);
    assert_int_equal(after.st_mtim.tv_sec, before.st_mtim.tv_sec);
    assert_memory_equal(&after.st_ctim, &before.st_ctim, sizeof after.st_ctim);
    assert_int_equal(fcntl(world.host[GIVEN_FILE], F_GETFL) & O_APPEND, 0);

    /* Using is allowed, and so is changing what the box itself made or was allowed to. */
    uint64_t buffer = box_path(box, SCRATCH, "text");
    assert_int_equal(BOX_CALL(box, SYS_lseek, GIVEN_FILE, 0, SEEK_SET), 0);
    assert_int_equal(BOX_CALL(box, SYS_write, GIVEN_FILE, buffer, 4), 4);
    assert_int_equal(BOX_CALL(box, SYS_pread64, copy, buffer, 6, 0), 6);
    assert_memory_equal((void *)buffer, "textet", 6);
    assert_int_equal(BOX_CALL(box, SYS_fstat, GIVEN_DIRECTORY, buffer), 0);
    assert_true(changes(box, GIVEN_ALLOWED, 0) >= 10);
    long own = BOX_CALL(box, SYS_memfd_create, box_first(box, "own"), 0);
    assert_true(changes(box, (uint64_t)own, 0) >= 10);
    drop(&world);
}

static void unrestricted_boxes_change_them(void **state)
{
    (void)state;
    struct world world;
    make(&world, false, NULL);
    assert_true(changes(&world.box, GIVEN_FILE, 0) >= 10);
    /* A directory is one, too. */
    uint64_t name = box_first(&world.box, "secret");
    assert_true(BOX_CALL(&world.box, SYS_openat, GIVEN_DIRECTORY, name, O_RDONLY) >= 0);
    assert_int_equal(BOX_CALL(&world.box, SYS_fchdir, GIVEN_DIRECTORY), 0);
    assert_true(box_open(&world.box, "secret", O_RDONLY) >= 0);
    drop(&world);
}

/* Every call with a DIR argument, with each kind of descriptor that is no directory. */
static void no_path_starts_at_what_is_no_directory(void **state)
{
    (void)state;
    for (int mapped = 0; mapped < 2; mapped++) {
        struct world world;
        char inside[] = "/tmp/lfi-given-in-XXXXXX";
        assert_non_null(mkdtemp(inside));
        make(&world, true, mapped ? inside : NULL);
        struct box *box = &world.box;
        long fds[16];
        int count = 0;
        uint64_t ends = box->page + SCRATCH;
        for (int i = 0; i < GIVEN; i++)
            fds[count++] = i;
        fds[count++] = BOX_CALL(box, SYS_dup, GIVEN_DIRECTORY);
        fds[count++] = BOX_CALL(box, SYS_eventfd2, 0, 0);
        fds[count++] = BOX_CALL(box, SYS_memfd_create, box_first(box, "m"), 0);
        fds[count++] = BOX_CALL(box, SYS_epoll_create1, 0);
        fds[count++] = BOX_CALL(box, SYS_timerfd_create, CLOCK_MONOTONIC, 0);
        assert_int_equal(BOX_CALL(box, SYS_pipe2, ends, 0), 0);
        fds[count++] = *(int *)ends;
        if (mapped) {
            fds[count++] = box_open(box, "file", O_CREAT | O_RDWR);
            fds[count++] = box_open(box, "file", O_PATH);
        }
        for (int i = 0; i < count; i++) {
            assert_true(fds[i] >= 0);
            for (int number = 0; number < CALLS_MAX; number++) {
                const struct entry *entry = &linux_calls[number];
                for (int k = 0; entry->handler && k < 6; k++) {
                    static const char *const paths[] = {"secret", "../secret", "new/"};
                    if (entry->arguments[k].kind != ARG_DIR)
                        continue;
                    uint64_t arg[6] = {0};
                    for (int m = 0; m < 6; m++) {
                        unsigned kind = entry->arguments[m].kind;
                        arg[m] = kind == ARG_DIR    ? (uint64_t)AT_FDCWD
                                 : kind == ARG_PATH ? box_path(box, SECOND_PATH, "/file")
                                                    : 0;
                        if (kind == ARG_STRUCT || kind == ARG_BUFFER)
                            arg[m] = box->page + SCRATCH;
                    }
                    if (entry->arguments[2].kind == ARG_BUFFER)
                        arg[entry->arguments[2].size] = 64;
                    arg[k] = (uint64_t)fds[i];
                    int at = entry->arguments[k + 1].kind == ARG_PATH ||
                                     entry->arguments[k + 1].kind == ARG_MAYBE_PATH
                                 ? k + 1
                                 : k - 1;
                    arg[at] = box_first(box, paths[number % 3]);
                    long result = box_call(box, number, arg);
                    bool second = k > 0 && !mapped; /* the first path has no file */
                    if (result != -ENOTDIR && !(second && result == -ENOENT))
                        fail_msg("%s at descriptor %ld: %ld", entry->name, fds[i], result);
                }
            }
            assert_int_equal(BOX_CALL(box, SYS_fchdir, (uint64_t)fds[i]), -ENOTDIR);
            long listed = BOX_CALL(box, SYS_getdents64, (uint64_t)fds[i], box->page + SCRATCH, 512);
            assert_true(listed == -ENOTDIR || listed == -EBADF); /* O_PATH */
        }
        drop(&world);
        char command[64];
        snprintf(command, sizeof command, "rm -rf %s", inside);
        assert_int_equal(system(command), 0);
    }
}

static void waiting_is_the_boxs_own_affair(void **state)
{
    (void)state;
    struct world world;
    make(&world, true, NULL);
    struct box *box = &world.box;
    uint64_t buffer = box->page + SCRATCH;
    uint64_t copy = (uint64_t)BOX_CALL(box, SYS_dup, GIVEN_PIPE);
    assert_int_equal(BOX_CALL(box, SYS_fcntl, GIVEN_PIPE, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(BOX_CALL(box, SYS_fcntl, copy, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    assert_int_equal(fcntl(world.host[GIVEN_PIPE], F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(BOX_CALL(box, SYS_read, copy, buffer, 8), -EAGAIN);
    assert_int_equal(write(world.host[GIVEN_PIPE_END], "ab", 2), 2);
    assert_int_equal(BOX_CALL(box, SYS_read, GIVEN_PIPE, buffer, 8), 2);
    assert_memory_equal((void *)buffer, "ab", 2);

    *(int *)buffer = 1;
    assert_int_equal(BOX_CALL(box, SYS_ioctl, GIVEN_PIPE_END, FIONBIO, buffer), 0);
    long written, sum = 0;
    while ((written = BOX_CALL(box, SYS_write, GIVEN_PIPE_END, box->page, 2048)) > 0)
        sum += written;
    assert_int_equal(written, -EAGAIN);
    assert_true(sum > 0);
    assert_int_equal(fcntl(world.host[GIVEN_PIPE_END], F_GETFL) & O_NONBLOCK, 0);

    /* And the other way round: what the host set does not make the box's reads fail. */
    fcntl(world.host[GIVEN_PIPE], F_SETFL, O_NONBLOCK);
    assert_int_equal(BOX_CALL(box, SYS_fcntl, GIVEN_PIPE, F_SETFL, 0), 0);
    while (sum > 0) {
        long count = BOX_CALL(box, SYS_read, GIVEN_PIPE, buffer, 1024);
        assert_true(count > 0);
        sum -= count;
    }
    assert_int_equal(fcntl(world.host[GIVEN_PIPE], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    drop(&world);
}

/* The text of a link, or "". */
static const char *link_text(struct box *box, const char *path)
{
    static char text[256];
    uint64_t buffer = box->page + SCRATCH;
    long length = BOX_CALL(box, SYS_readlinkat, (uint64_t)AT_FDCWD, box_first(box, path), buffer,
                           sizeof text - 1);
    snprintf(text, sizeof text, "%.*s", length > 0 ? (int)length : 0, (char *)buffer);
    return text;
}

static void procfs_speaks_of_the_box(void **state)
{
    (void)state;
    static const char *const descriptors[] = {
        "/proc/self/fd/",
        "/proc/self/./fd/",
        "/proc//self/fd/",
        "/proc/thread-self/fd/",
        "/proc/self/../self/fd/",
        "/proc/self/task/../fd/",
        "/dev/fd/",
        "/to-fd/",
    };
    for (int restricted = 0; restricted < 2; restricted++) {
        struct world world;
        char path[128], text[64], link[128];
        make(&world, restricted, "/");
        struct box *box = &world.box;
        int secret = fcntl(world.host[GIVEN_FILE], F_DUPFD_CLOEXEC, 90); /* not the box's */
        snprintf(link, sizeof link, "%s/to-fd", world.top);
        assert_int_equal(symlink("/proc/self/fd", link), 0);
        for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++)
            for (int own = 0; own < 2; own++) {
                bool to = !strcmp(descriptors[i], "/to-fd/");
                snprintf(path, sizeof path, "%s%s%d", to ? world.top : "", descriptors[i],
                         own ? GIVEN_FILE : secret);
                long fd = box_open(box, path, O_RDONLY);
                if (own ? fd < 0 : fd != -ENOENT)
                    fail_msg("%s: %ld", path, fd);
                uint64_t status = box->page + SCRATCH;
                for (int flags = 0; flags <= AT_SYMLINK_NOFOLLOW; flags += AT_SYMLINK_NOFOLLOW)
                    assert_int_equal(BOX_CALL(box, SYS_newfstatat, (uint64_t)AT_FDCWD,
                                              box_first(box, path), status, (uint64_t)flags),
                                     own ? 0 : -ENOENT);
                long changed =
                    BOX_CALL(box, SYS_fchmodat, (uint64_t)AT_FDCWD, box_first(box, path), 0600);
                assert_int_equal(changed, !own ? -ENOENT : restricted ? -EPERM : 0);
                if (own && restricted) {
                    assert_int_equal(changes(box, (uint64_t)fd, -EPERM), 0);
                    assert_int_equal(box_open(box, path, O_WRONLY | O_TRUNC), -EPERM);
                    uint64_t second = box_path(box, SECOND_PATH, "/tmp/lfi-given-link");
                    assert_int_equal(BOX_CALL(box, SYS_linkat, (uint64_t)AT_FDCWD,
                                              box_first(box, path), (uint64_t)AT_FDCWD, second,
                                              AT_SYMLINK_FOLLOW),
                                     -EPERM);
                }
                if (fd >= 0)
                    BOX_CALL(box, SYS_close, (uint64_t)fd);
            }
        close(secret);
        /* The program, by any name. */
        const char *program = restricted ? "/program" : "/secret/place/program";
        snprintf(text, sizeof text, "/proc/%d/exe", getpid());
        assert_string_equal(link_text(box, text), program);
        snprintf(text, sizeof text, "/proc/%d/task/%d/exe", getpid(), getpid());
        assert_string_equal(link_text(box, text), program);
        assert_string_equal(link_text(box, "/proc/self/exe"), program);
        assert_string_equal(link_text(box, "/proc/./thread-self/exe"), program);
        /* more steps up than the test's own folder is deep */
        assert_string_equal(
            link_text(box, "../../../../../../../../../../../../../../../../../../proc/self/exe"),
            program);
        assert_string_equal(link_text(box, "/proc/self/cwd"), restricted ? "/" : getcwd(path, 128));
        assert_string_equal(link_text(box, "/proc/self/root"), "/");
        snprintf(text, sizeof text, "/proc/self/fd/%d", GIVEN_FILE);
        assert_int_equal(strstr(link_text(box, text), "lfi-given") != NULL, !restricted);
        if (restricted) {
            snprintf(text, sizeof text, "/proc/%d/exe", getppid());
            assert_string_equal(link_text(box, text), "");
            assert_int_equal(box_open(box, text, O_RDONLY), -EACCES);
        }
        uint64_t buffer = box->page + SCRATCH;
        long fd = box_open(box, "/proc/self/cmdline", O_RDONLY);
        assert_true(fd >= 0);
        assert_int_equal(BOX_CALL(box, SYS_read, (uint64_t)fd, buffer, 64), 8);
        assert_string_equal((char *)buffer, "program");
        fd = box_open(box, "/proc/self/environ", O_RDONLY);
        assert_int_equal(BOX_CALL(box, SYS_read, (uint64_t)fd, buffer, 64), 0);
        drop(&world);
    }
}

/* No writable directory of the host is needed for the directories that it does not have. */
static void directories_without_a_host(void **state)
{
    (void)state;
    struct lfi_linux_dir dirs[] = {{"/a/b", "/proc"}, {"/a/c/d", "/proc"}, {"/e", "/proc"}};
    struct lfi_linux_options options = {.restricted = true, .dirs = dirs, .dir_count = 3};
    struct box box;
    setenv("TMPDIR", "/nonexistent", 1);
    box_new(&box, &options);
    uint64_t buffer = box.page + SCRATCH;
    static const struct {
        const char *path, *entries;
    } cases[] = {{"/", ". .. a e "}, {"/a", ". .. b c "}, {"/a/c/", ". .. d "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        long fd = box_open(&box, cases[i].path, O_RDONLY | O_DIRECTORY), size;
        char names[8][32], text[256] = "";
        size_t count = 0;
        assert_true(fd >= 0);
        while ((size = BOX_CALL(&box, SYS_getdents64, (uint64_t)fd, buffer, 56)) > 0) {
            for (long at = 0; at < size; at += *(uint16_t *)(buffer + (uint64_t)at + 16))
                snprintf(names[count++], sizeof names[0], "%s", (char *)buffer + at + 19);
        }
        assert_int_equal(size, 0);
        qsort(names, count, sizeof names[0], (int (*)(const void *, const void *))strcmp);
        for (size_t k = 0; k < count; k++)
            strcat(strcat(text, names[k]), " ");
        assert_string_equal(text, cases[i].entries);

        struct stat status;
        assert_int_equal(BOX_CALL(&box, SYS_fstat, (uint64_t)fd, buffer), 0);
        memcpy(&status, (void *)buffer, sizeof status);
        assert_true(S_ISDIR(status.st_mode));
        ino_t inode = status.st_ino;
        assert_int_equal(BOX_CALL(&box, SYS_newfstatat, (uint64_t)AT_FDCWD,
                                  box_first(&box, cases[i].path), buffer, 0),
                         0);
        memcpy(&status, (void *)buffer, sizeof status);
        assert_true(S_ISDIR(status.st_mode) && status.st_ino == inode);
        assert_int_equal(BOX_CALL(&box, SYS_read, (uint64_t)fd, buffer, 8), -EISDIR);
        assert_int_equal(BOX_CALL(&box, SYS_fchmod, (uint64_t)fd, 0777), -EPERM);
        assert_int_equal(BOX_CALL(&box, SYS_mmap, 0, 4096, PROT_READ, MAP_SHARED, (uint64_t)fd, 0),
                         -ENODEV);
        uint64_t name = box_first(&box, "new");
        assert_int_equal(BOX_CALL(&box, SYS_mkdirat, (uint64_t)fd, name, 0700), -EACCES);
        assert_int_equal(BOX_CALL(&box, SYS_openat, (uint64_t)fd, name, O_CREAT | O_WRONLY, 0600),
                         -ENOENT);
        assert_int_equal(BOX_CALL(&box, SYS_fchdir, (uint64_t)fd), 0);
        assert_true(box_open(&box, ".", O_RDONLY) >= 0);
        uint64_t here = box_first(&box, cases[i].path);
        assert_int_equal(BOX_CALL(&box, SYS_unlinkat, (uint64_t)AT_FDCWD, here, AT_REMOVEDIR),
                         -EBUSY);
        assert_int_equal(BOX_CALL(&box, SYS_unlinkat, (uint64_t)AT_FDCWD, here, 0), -EISDIR);
        assert_int_equal(BOX_CALL(&box, SYS_mkdirat, (uint64_t)AT_FDCWD, here, 0700), -EEXIST);
    }
    box_free(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_says_what_it_does),
        cmocka_unit_test(files_of_the_host_are_not_changed),
        cmocka_unit_test(unrestricted_boxes_change_them),
        cmocka_unit_test(no_path_starts_at_what_is_no_directory),
        cmocka_unit_test(waiting_is_the_boxs_own_affair),
        cmocka_unit_test(procfs_speaks_of_the_box),
        cmocka_unit_test(directories_without_a_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
