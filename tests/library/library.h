// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What the tests of libraries in boxes share. The boxed files are named on the command line. */
#ifndef TEST_LIBRARY_H
#define TEST_LIBRARY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <lfi/library.h>

/* TSan keeps signals until the thread calls what it knows, which a box that spins never does. */
#ifdef __SANITIZE_THREAD__
#define TEST_SPINS 0
#else
#define TEST_SPINS 1
#endif

#define INTEGERS LFI_CALL_INTEGERS

/* boxed.cc, hostile.c, a program that exits, and min.c with boxrt_minimal. */
static const char *test_boxed, *test_hostile, *test_program, *test_minimal;

static inline void test_files(int argc, char **argv)
{
    const char **files[] = {&test_boxed, &test_hostile, &test_program, &test_minimal};
    size_t count = 0;
    for (int i = 1; i < argc && count < sizeof files / sizeof *files; i++) {
        if (argv[i][0] != '-')
            *files[count++] = argv[i];
    }
    if (count < sizeof files / sizeof *files) {
        fprintf(stderr, "%s: BOXED HOSTILE PROGRAM MINIMAL\n", argv[0]);
        exit(2);
    }
}

static inline struct lfi_library *open_file(const char *path,
                                            const struct lfi_library_options *options)
{
    struct lfi_library *library;
    struct lfi_error why = {{0}};
    if (lfi_library_open(&library, path, options, &why))
        fail_msg("%s", why.message);
    return library;
}

static inline struct lfi_library *open_boxed(const struct lfi_library_options *options)
{
    return open_file(test_boxed, options);
}

#define CALL(library, name, type, shape) \
    LFI_LIBRARY_CALL(library, lfi_library_symbol(library, name), type, shape)

static inline long call0(struct lfi_library *library, const char *name)
{
    return (int)CALL(library, name, long (*)(long, long), LFI_SHAPE(2, 0, 0))(0, 0);
}

static inline long call1(struct lfi_library *library, const char *name, long x)
{
    return (int)CALL(library, name, long (*)(long), LFI_SHAPE(1, 0, 0))(x);
}

/* Where cmocka's assertions, which jump, must not be used: in other threads and in callbacks. */
#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)
static inline void check(bool condition, const char *text, const char *file, int line)
{
    if (condition)
        return;
    fprintf(stderr, "%s:%d: %s\n", file, line, text);
    abort();
}

static inline void in_thread(void *(*run)(void *), void *data)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run, data), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

#endif
