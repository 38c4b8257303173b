// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The descriptors of a box: numbers as POSIX gives them, and no file freed while it is used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linux/fdtable.h"

static struct linux_file *open_null(void)
{
    return linux_file_new(open("/dev/null", O_RDWR | O_CLOEXEC), true, NULL);
}

static int make(void **state)
{
    *state = malloc(sizeof(struct linux_fdtable));
    linux_fdtable_init(*state);
    return 0;
}

static int drop(void **state)
{
    linux_fdtable_free(*state);
    free(*state);
    return 0;
}

static void numbers_are_the_lowest_free_ones(void **state)
{
    struct linux_fdtable *table = *state;
    for (int fd = 0; fd < 10; fd++)
        assert_int_equal(linux_fdtable_add(table, open_null(), 0, false), fd);
    assert_int_equal(linux_fdtable_close(table, 7), 0);
    assert_int_equal(linux_fdtable_close(table, 3), 0);
    assert_int_equal(linux_fdtable_close(table, 3), -EBADF);
    assert_int_equal(linux_fdtable_add(table, open_null(), 5, false), 7);
    assert_int_equal(linux_fdtable_add(table, open_null(), 0, false), 3);
    assert_int_equal(linux_fdtable_add(table, open_null(), 0, false), 10);
    assert_int_equal(linux_fdtable_add(table, open_null(), 20, false), 20);
    assert_int_equal(linux_fdtable_add(table, open_null(), 0, false), 11);
    assert_int_equal(linux_fdtable_put(table, open_null(), 15, true), 15);
    assert_int_equal(linux_fdtable_close_on_exec(table, 15, -1), 1);
    assert_int_equal(linux_fdtable_close_on_exec(table, 15, 0), 0);
    assert_int_equal(linux_fdtable_close_on_exec(table, 16, 0), -EBADF);
}

static void bad_numbers_are_refused(void **state)
{
    struct linux_fdtable *table = *state;
    static const int bad[] = {-1, -100, LINUX_FILES_MAX, LINUX_FILES_MAX + 1, INT_MAX, INT_MIN};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_null(linux_fdtable_get(table, bad[i]));
        assert_int_equal(linux_fdtable_close(table, bad[i]), -EBADF);
        assert_int_equal(linux_fdtable_close_on_exec(table, bad[i], 1), -EBADF);
        assert_int_equal(linux_fdtable_put(table, open_null(), bad[i], false), -EBADF);
        assert_int_equal(linux_fdtable_add(table, open_null(), bad[i], false), -EINVAL);
    }
    assert_int_equal(linux_fdtable_add(table, NULL, 0, false), -ENOMEM);
    assert_null(linux_fdtable_get(table, 0));
}

static void the_table_has_an_end(void **state)
{
    struct linux_fdtable *table = *state;
    for (int fd = 0; fd < LINUX_FILES_MAX; fd++)
        assert_int_equal(linux_fdtable_add(table, linux_file_new(0, false, NULL), 0, false), fd);
    assert_int_equal(linux_fdtable_add(table, linux_file_new(0, false, NULL), 0, false), -EMFILE);
    assert_int_equal(linux_fdtable_close(table, 500), 0);
    assert_int_equal(linux_fdtable_add(table, linux_file_new(0, false, NULL), 0, false), 500);
}

static void a_file_in_use_stays_open(void **state)
{
    struct linux_fdtable *table = *state;
    struct linux_file *opened = open_null();
    int host = opened->host;
    assert_int_equal(linux_fdtable_add(table, opened, 0, false), 0);
    struct linux_file *file = linux_fdtable_get(table, 0);
    assert_ptr_equal(file, opened);
    assert_int_equal(linux_fdtable_close(table, 0), 0);
    assert_int_equal(linux_fdtable_add(table, open_null(), 0, false), 0); /* the number is free */
    assert_true(fcntl(host, F_GETFD) >= 0);
    linux_file_drop(file);
    assert_int_equal(fcntl(host, F_GETFD), -1);
}

static void descriptors_that_are_not_owned_stay_open(void **state)
{
    struct linux_fdtable *table = *state;
    int host = open("/dev/null", O_RDONLY);
    assert_int_equal(linux_fdtable_add(table, linux_file_new(host, false, NULL), 0, false), 0);
    assert_int_equal(linux_fdtable_close(table, 0), 0);
    assert_true(fcntl(host, F_GETFD) >= 0);
    close(host);
}

/* Two threads use and replace one number: a user always finds the device that was put there. */
static void *replace(void *data)
{
    for (int i = 0; i < 20000; i++)
        linux_fdtable_put(data, open_null(), 4, false);
    return NULL;
}

static void no_race_between_use_and_replacement(void **state)
{
    struct linux_fdtable *table = *state;
    struct stat expected, found;
    pthread_t thread;
    linux_fdtable_put(table, open_null(), 4, false);
    assert_int_equal(stat("/dev/null", &expected), 0);
    assert_int_equal(pthread_create(&thread, NULL, replace, table), 0);
    for (int i = 0; i < 20000; i++) {
        struct linux_file *file = linux_fdtable_get(table, 4);
        assert_non_null(file);
        assert_int_equal(fstat(file->host, &found), 0);
        assert_int_equal(found.st_rdev, expected.st_rdev);
        linux_file_drop(file);
    }
    pthread_join(thread, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_are_the_lowest_free_ones, make, drop),
        cmocka_unit_test_setup_teardown(bad_numbers_are_refused, make, drop),
        cmocka_unit_test_setup_teardown(the_table_has_an_end, make, drop),
        cmocka_unit_test_setup_teardown(a_file_in_use_stays_open, make, drop),
        cmocka_unit_test_setup_teardown(descriptors_that_are_not_owned_stay_open, make, drop),
        cmocka_unit_test_setup_teardown(no_race_between_use_and_replacement, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
