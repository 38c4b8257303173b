// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Names that a hostile box makes up, and what opening them must not do to the host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "linux-box.h"

static char top[64];

static void make(struct box *box, bool restricted)
{
    struct lfi_linux_dir dirs[] = {{"/", top}, {"/proc", "/proc"}};
    struct lfi_linux_options options = {
        .restricted = restricted, .file_mask = 022, .dirs = dirs, .dir_count = restricted ? 2 : 0};
    strcpy(top, "/tmp/lfi-names-XXXXXX");
    assert_non_null(mkdtemp(top));
    box_new(box, &options);
}

static void drop(struct box *box)
{
    char command[128];
    box_free(box);
    snprintf(command, sizeof command, "rm -rf %s", top);
    assert_int_equal(system(command), 0);
}

/* A file without a name, in a directory named by its descriptor, has the mode that was asked for:
 * neither libc's end of the process nor what happened to be in a register. */
static void unnamed_files_have_a_mode(void **state)
{
    (void)state;
    for (int restricted = 0; restricted < 2; restricted++) {
        struct box box;
        char path[64];
        make(&box, restricted);
        long directory = box_open(&box, restricted ? "/" : top, O_RDONLY | O_DIRECTORY);
        assert_true(directory >= 0);
        snprintf(path, sizeof path, "/proc/self/fd/%ld", directory);
        uint64_t name = box_first(&box, path);
        long fd = BOX_CALL(&box, SYS_openat, (uint64_t)AT_FDCWD, name, O_TMPFILE | O_RDWR, 06666);
        if (fd != -EOPNOTSUPP) { /* of the file system */
            struct stat status;
            assert_true(fd >= 0);
            assert_int_equal(BOX_CALL(&box, SYS_fstat, (uint64_t)fd, box.page + SCRATCH), 0);
            memcpy(&status, (void *)(box.page + SCRATCH), sizeof status);
            assert_int_equal(status.st_mode, S_IFREG | 0644);
        }
        drop(&box);
    }
}

/* Each ".." is a walk from the top. A call that takes seconds keeps its process from ending. */
static void walks_end(void **state)
{
    (void)state;
    enum { DEPTH = 100 };
    struct box box;
    char path[PATH_MAX] = "";
    size_t used = 0;
    make(&box, true);
    for (int i = 0; i < DEPTH; i++) {
        used += (size_t)snprintf(path + used, sizeof path - used, "/a");
        assert_int_equal(
            BOX_CALL(&box, SYS_mkdirat, (uint64_t)AT_FDCWD, box_first(&box, path), 0700), 0);
    }
    assert_true(box_open(&box, path, O_PATH) >= 0);
    for (int i = 0; i < 20; i++)
        used += (size_t)snprintf(path + used, sizeof path - used, "/../a");
    assert_true(box_open(&box, path, O_PATH) >= 0);
    for (int i = 0; i < 600; i++)
        used += (size_t)snprintf(path + used, sizeof path - used, "/../a");
    assert_int_equal(box_open(&box, path, O_PATH), -ELOOP);
    assert_int_equal(BOX_CALL(&box, SYS_unlinkat, (uint64_t)AT_FDCWD, box_first(&box, path), 0),
                     -ELOOP);
    drop(&box);
}

/* The host's process would get it for its own, and a signal when it hangs up. */
static void terminals_do_not_control_the_host(void **state)
{
    (void)state;
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct box box;
        char name[64];
        int terminal = setsid() < 0 ? -1 : posix_openpt(O_RDWR | O_NOCTTY);
        if (terminal < 0 || unlockpt(terminal) || ptsname_r(terminal, name, sizeof name) ||
            access(name, R_OK))
            _exit(77); /* a machine without */
        make(&box, false);
        long fd = box_open(&box, name, O_RDWR);
        int own = open("/dev/tty", O_RDWR);
        drop(&box);
        _exit(fd < 0 ? 2 : own >= 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unnamed_files_have_a_mode),
        cmocka_unit_test(walks_end),
        cmocka_unit_test(terminals_do_not_control_the_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
