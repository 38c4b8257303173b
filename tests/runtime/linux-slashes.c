// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Each call that takes a name, with each spelling of a path, makes the same of a directory as the
 * host's kernel makes of a twin: the same error, and the same files afterwards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

#include "linux-box.h"

/* TOP/native/w and TOP/box/w are the twins; TOP/box is the root of the restricted box. */
struct world {
    char top[64];
    int native; /* directories open in the host */
    int twin;
    struct box box;
};

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)type;
    return ftw->level ? remove(path) : 0;
}

static void fill(const struct world *world, const char *name, int directory)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s/w", world->top, name);
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    assert_int_equal(mkdirat(directory, "d", 0700), 0);
    assert_int_equal(mkdirat(directory, "e", 0700), 0);
    for (int i = 0; i < 2; i++) {
        int fd = openat(directory, i ? "d/x" : "f", O_CREAT | O_WRONLY, 0600);
        assert_true(fd >= 0);
        close(fd);
    }
    assert_int_equal(symlinkat("f", directory, "to-file"), 0);
    assert_int_equal(symlinkat("d", directory, "to-dir"), 0);
    assert_int_equal(symlinkat("d/", directory, "to-dir-slash"), 0);
    assert_int_equal(symlinkat("e/.", directory, "to-dot"), 0);
    assert_int_equal(symlinkat("none", directory, "dangling"), 0);
    assert_int_equal(symlinkat("loop", directory, "loop"), 0);
}

/* What is in a directory, as text. */
static char listing[2][4096];
static char *list_to;
static size_t list_skip;

static int list_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    char text[64] = "";
    (void)ftw;
    if (type == FTW_SL && readlink(path, text, sizeof text - 1) < 0)
        return -1;
    size_t used = strlen(list_to);
    snprintf(list_to + used, sizeof listing[0] - used, "%s %o %d %s\n", path + list_skip,
             (unsigned)status->st_mode, S_ISDIR(status->st_mode) ? 0 : (int)status->st_nlink, text);
    return 0;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const struct world *world, const char *name, char *text)
{
    char path[128], raw[sizeof listing[0]] = "", *lines[64], *save = NULL;
    size_t count = 0;
    list_skip = (size_t)snprintf(path, sizeof path, "%s/%s/w", world->top, name);
    list_to = raw;
    assert_int_equal(nftw(path, list_one, 16, FTW_PHYS), 0);
    for (char *line = strtok_r(raw, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
        lines[count++] = line;
    qsort(lines, count, sizeof *lines, compare_lines);
    text[0] = 0;
    for (size_t i = 0; i < count; i++)
        strcat(strcat(text, lines[i]), "\n");
}

/* The calls: PATH stands for the path that is tried, OTHER for a fixed second one. */
enum { PLACE = 1 << 20, TRIED, OTHER, STATUS };
static const struct {
    const char *name;
    long number;
    int arg[6];
    const char *other;
} calls[] = {
    {"open", SYS_openat, {PLACE, TRIED, O_RDONLY}, ""},
    {"open, write", SYS_openat, {PLACE, TRIED, O_RDWR}, ""},
    {"open, create", SYS_openat, {PLACE, TRIED, O_CREAT | O_WRONLY, 0600}, ""},
    {"open, exclusive", SYS_openat, {PLACE, TRIED, O_CREAT | O_EXCL | O_WRONLY, 0600}, ""},
    {"open, directory", SYS_openat, {PLACE, TRIED, O_DIRECTORY}, ""},
    {"open, no follow", SYS_openat, {PLACE, TRIED, O_NOFOLLOW}, ""},
    {"open, path", SYS_openat, {PLACE, TRIED, O_PATH | O_RDWR | O_TRUNC}, ""},
    {"open, path, no follow", SYS_openat, {PLACE, TRIED, O_PATH | O_NOFOLLOW}, ""},
    {"open, unknown flag", SYS_openat, {PLACE, TRIED, 0x40000000}, ""},
    {"stat", SYS_newfstatat, {PLACE, TRIED, STATUS, 0}, ""},
    {"lstat", SYS_newfstatat, {PLACE, TRIED, STATUS, AT_SYMLINK_NOFOLLOW}, ""},
    {"access", SYS_faccessat, {PLACE, TRIED, R_OK}, ""},
    {"readlink", SYS_readlinkat, {PLACE, TRIED, STATUS, 64}, ""},
    {"mkdir", SYS_mkdirat, {PLACE, TRIED, 0700}, ""},
    {"mknod", SYS_mknodat, {PLACE, TRIED, S_IFREG | 0600}, ""},
    {"unlink", SYS_unlinkat, {PLACE, TRIED, 0}, ""},
    {"rmdir", SYS_unlinkat, {PLACE, TRIED, AT_REMOVEDIR}, ""},
    {"symlink", SYS_symlinkat, {OTHER, PLACE, TRIED}, "/dev/fd/1"},
    {"link from", SYS_linkat, {PLACE, TRIED, PLACE, OTHER, 0}, "new"},
    {"link from, follow", SYS_linkat, {PLACE, TRIED, PLACE, OTHER, AT_SYMLINK_FOLLOW}, "new"},
    {"link to", SYS_linkat, {PLACE, OTHER, PLACE, TRIED, 0}, "f"},
    {"rename from", SYS_renameat2, {PLACE, TRIED, PLACE, OTHER, 0}, "new"},
    {"rename from, slash", SYS_renameat2, {PLACE, TRIED, PLACE, OTHER, 0}, "new/"},
    {"rename to", SYS_renameat2, {PLACE, OTHER, PLACE, TRIED, 0}, "f"},
    {"rename directory to", SYS_renameat2, {PLACE, OTHER, PLACE, TRIED, 0}, "e"},
    {"chmod", SYS_fchmodat, {PLACE, TRIED, 0640}, ""},
    {"utimens", SYS_utimensat, {PLACE, TRIED, 0, 0}, ""},
};
static const char *const names[] = {
    "f",    "d",    "e",   "to-file", "to-dir", "to-dir-slash", "to-dot", "dangling",
    "loop", "none", "d/x", "d/y",     "d/../f", "./d/./e",      ".",      ".."};
static const char *const ends[] = {"", "/", "//", "/.", "/./", "/..", "/x", "/../f", "/x/"};

static long native(const struct world *world, size_t i, const char *path)
{
    static char status[256];
    long arg[6];
    for (int k = 0; k < 6; k++)
        arg[k] = calls[i].arg[k] == PLACE    ? world->native
                 : calls[i].arg[k] == TRIED  ? (long)path
                 : calls[i].arg[k] == OTHER  ? (long)calls[i].other
                 : calls[i].arg[k] == STATUS ? (long)status
                                             : calls[i].arg[k];
    long result = syscall(calls[i].number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
    return result < 0 ? -errno : result;
}

static long boxed(struct world *world, size_t i, const char *path)
{
    struct box *box = &world->box;
    uint64_t arg[6];
    for (int k = 0; k < 6; k++)
        arg[k] = calls[i].arg[k] == PLACE    ? (uint64_t)AT_FDCWD
                 : calls[i].arg[k] == TRIED  ? box_path(box, FIRST_PATH, path)
                 : calls[i].arg[k] == OTHER  ? box_path(box, SECOND_PATH, calls[i].other)
                 : calls[i].arg[k] == STATUS ? box->page + SCRATCH
                                             : (uint64_t)calls[i].arg[k];
    return box_call(box, calls[i].number, arg);
}

static bool makes_changes(size_t i)
{
    static const long numbers[] = {SYS_newfstatat, SYS_faccessat, SYS_readlinkat};
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        if (calls[i].number == numbers[k])
            return false;
    }
    return calls[i].number != SYS_openat || (calls[i].arg[2] & O_CREAT);
}

static void compare(struct world *world)
{
    unsigned compared = 0, failed = 0;
    bool changed = true;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        for (size_t n = 0; n < sizeof names / sizeof *names; n++)
            for (size_t e = 0; e < sizeof ends / sizeof *ends; e++) {
                char path[64];
                snprintf(path, sizeof path, "%s%s", names[n], ends[e]);
                if (names[n][0] == '.' && strlen(names[n]) <= 2 &&
                    (strchr(ends[e], 'x') || strstr(ends[e], ".."))) /* out of the twins */
                    continue;
                if (changed) {
                    fill(world, "native", world->native);
                    fill(world, "box", world->twin);
                }
                long expected = native(world, i, path), got = boxed(world, i, path);
                if (calls[i].number == SYS_openat && expected >= 0)
                    close((int)expected), expected = 0;
                if (calls[i].number == SYS_openat && got >= 0)
                    BOX_CALL(&world->box, SYS_close, (uint64_t)got), got = 0;
                changed = makes_changes(i) && (expected >= 0 || got >= 0);
                compared++;
                if (expected == got && !changed)
                    continue;
                changed = true;
                list(world, "native", listing[0]);
                list(world, "box", listing[1]);
                if (expected == got && !strcmp(listing[0], listing[1]))
                    continue;
                failed++;
                print_message("%s(\"%s\"): %s, natively %s%s\n", calls[i].name, path,
                              strerror(got < 0 ? -(int)got : 0),
                              strerror(expected < 0 ? -(int)expected : 0),
                              strcmp(listing[0], listing[1]) ? "; the files differ" : "");
            }
    print_message("%u calls compared\n", compared);
    assert_int_equal(failed, 0);
}

static void with(bool restricted, bool openat2)
{
    static struct world world;
    char path[128];
    mode_t mask = umask(0);
    memset(&world, 0, sizeof world);
    strcpy(world.top, "/tmp/lfi-slashes-XXXXXX");
    assert_non_null(mkdtemp(world.top));
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", world.top, i ? "box" : "native");
        assert_int_equal(mkdir(path, 0700), 0);
        strcat(path, "/w");
        assert_int_equal(mkdir(path, 0700), 0);
        int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        assert_true(fd >= 0);
        *(i ? &world.twin : &world.native) = fd;
    }
    snprintf(path, sizeof path, "%s/box", world.top);
    struct lfi_linux_dir dir = {"/", path};
    struct lfi_linux_options options = {
        .restricted = restricted, .dirs = &dir, .dir_count = restricted, .directory = "/"};
    box_new(&world.box, &options);
    world.box.process->paths.openat2 &= openat2;
    if (!restricted)
        strcat(path, "/w");
    assert_int_equal(
        BOX_CALL(&world.box, SYS_chdir, box_first(&world.box, restricted ? "/w" : path)), 0);
    compare(&world);
    box_free(&world.box);
    close(world.native);
    close(world.twin);
    snprintf(path, sizeof path, "rm -rf %s", world.top);
    assert_int_equal(system(path), 0);
    umask(mask);
}

static void mapped_as_natively(void **state)
{
    (void)state;
    with(true, true);
}

static void walking_as_natively(void **state)
{
    (void)state;
    with(true, false);
}

static void unrestricted_as_natively(void **state)
{
    (void)state;
    with(false, true);
}

static void unrestricted_walking_as_natively(void **state)
{
    (void)state;
    with(false, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mapped_as_natively),
        cmocka_unit_test(walking_as_natively),
        cmocka_unit_test(unrestricted_as_natively),
        cmocka_unit_test(unrestricted_walking_as_natively),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
