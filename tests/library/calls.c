// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A library in a box: calls, threads, memory, callbacks, how calls fail, freeze and reset. The
 * boxed library is boxed.cc.
 */
#include "library.h"

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>

#include "options.h"

/* ------------------------------------------------------------------------------------- calls */

static void test_calls(void **state)
{
    struct lfi_library *l = open_boxed(NULL);
    (void)state;
    assert_int_equal(CALL(l, "add", int (*)(int, int), LFI_SHAPE(2, 0, 0))(2, 3), 5);
    assert_true(CALL(l, "half", double (*)(double), LFI_SHAPE(0, 1, 0))(3.0) == 1.5);
    typedef long many(long, long, long, long, long, long, long, long);
    assert_int_equal(
        CALL(l, "many", many *, LFI_SHAPE(INTEGERS, 0, 8 - INTEGERS))(1, 1, 1, 1, 1, 1, 1, 1), 36);
    assert_int_equal(call0(l, "get_constructed"), 42);
    assert_int_equal(call1(l, "catches", 1), 6);
    assert_null(lfi_library_failed(l));
    assert_int_equal(lfi_library_symbol(l, "nothing"), 0);
    assert_int_equal(lfi_library_free(l), 0);
}

static void *other_thread(void *data)
{
    struct lfi_library *l = data;
    CHECK(call0(l, "bump") == 8);
    CHECK(call1(l, "set_errno", 5) == 0);
    CHECK(call1(l, "set_errno", 6) == 5);
    return NULL;
}

static void test_threads(void **state)
{
    struct lfi_library *l = open_boxed(NULL);
    (void)state;
    assert_int_equal(call0(l, "bump"), 8);
    assert_int_equal(call0(l, "bump"), 9);
    for (int i = 0; i < 50; i++)
        in_thread(other_thread, l);
    assert_int_equal(call0(l, "bump"), 10);
    assert_int_equal(call0(l, "get_destroyed"), 50);
    assert_int_equal(lfi_library_detach(l), 0);
    assert_int_equal(call0(l, "bump"), 8);
    assert_int_equal(call0(l, "get_destroyed"), 51);
    assert_int_equal(call0(l, "joins"), 8); /* a thread of its own */
    assert_int_equal(lfi_library_free(l), 0);
}

static void *refused_thread(void *data)
{
    struct lfi_library *l = data;
    CHECK(call0(l, "bump") == 0);
    CHECK(lfi_library_failed(l)->end == LFI_LIBRARY_REFUSED);
    CHECK(lfi_library_failed(l)->status == -EBUSY);
    return NULL;
}

static void *allowed_thread(void *data)
{
    CHECK(call0(data, "bump") == 10);
    return NULL;
}

static void test_one_thread(void **state)
{
    struct lfi_library_options options = {.one_thread = true};
    struct lfi_library *l = open_boxed(&options);
    (void)state;
    assert_int_equal(call0(l, "bump"), 8);
    in_thread(refused_thread, l);
    assert_int_equal(call0(l, "bump"), 9);
    assert_int_equal(lfi_library_detach(l), 0);
    in_thread(allowed_thread, l);
    assert_int_equal(call0(l, "bump"), 11);
    assert_int_equal(lfi_library_free(l), 0);
}

/* More instances than a table of a thread begins with, freed and opened again. */
static void test_instances(void **state)
{
    enum { COUNT = TEST_EMULATED ? 4 : 12 };
    struct lfi_library *l[COUNT];
    (void)state;
    l[0] = open_boxed(NULL);
    for (int i = 1; i < COUNT; i++)
        assert_int_equal(lfi_library_open_again(&l[i], l[0], NULL, NULL), 0);
    for (int round = 1; round <= 3; round++) {
        for (int i = 0; i < COUNT; i++)
            assert_int_equal(call0(l[i], "bump"), 7 + round);
    }
    struct lfi_library *first = l[0];
    assert_int_equal(lfi_library_open_again(&l[0], first, NULL, NULL), 0);
    assert_int_equal(lfi_library_free(first), 0);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < COUNT; i += 2) {
            struct lfi_library *old = l[i];
            assert_int_equal(lfi_library_open_again(&l[i], l[i + 1], NULL, NULL), 0);
            assert_int_equal(lfi_library_free(old), 0);
            assert_int_equal(call0(l[i], "bump"), 8);
        }
    }
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(lfi_library_free(l[i]), 0);
}

/* ------------------------------------------------------------------------------------ memory */

static void test_memory(void **state)
{
    struct lfi_library *l = open_boxed(NULL);
    char *text;
    char buffer[8];
    (void)state;
    uint64_t at = lfi_library_string_out(l, "hello");
    assert_true(at);
    assert_int_equal(CALL(l, "length", size_t(*)(uint64_t), LFI_SHAPE(1, 0, 0))(at), 5);
    assert_int_equal(lfi_library_string_in(l, &text, at, 6), 0);
    assert_string_equal(text, "hello");
    free(text);
    assert_int_equal(lfi_library_string_in(l, &text, at, 5), -ENAMETOOLONG);
    assert_null(text);
    assert_int_equal(lfi_library_string_in(l, &text, 0, 100), -EFAULT);
    assert_int_equal(lfi_library_string_in(l, &text, (uint64_t)buffer, 100), -EFAULT);
    assert_int_equal(lfi_library_copy_in(l, buffer, at, 6), 0);
    assert_string_equal(buffer, "hello");
    assert_int_equal(lfi_library_copy_out(l, (uint64_t)buffer, "x", 1), -EFAULT);
    at = lfi_library_realloc(l, at, 100000);
    assert_true(at);
    lfi_library_free_memory(l, at);
    assert_true(lfi_library_calloc(l, 3, 5));
    assert_int_equal(lfi_library_calloc(l, SIZE_MAX / 2, 3), 0);
    assert_int_equal(lfi_library_memalign(l, 4096, 4096) % 4096, 0);
    assert_int_equal(lfi_library_malloc(l, SIZE_MAX / 2), 0);
    assert_null(lfi_library_failed(l));

    uint64_t mark = lfi_library_scratch_begin(l);
    uint64_t first = lfi_library_scratch(l, 6), second = lfi_library_scratch(l, 100);
    assert_true(mark && first < mark && second + 100 <= first && second % 16 == 0);
    assert_int_equal(lfi_library_copy_out(l, first, "scratc", 7), 0);
    assert_int_equal(CALL(l, "length", size_t(*)(uint64_t), LFI_SHAPE(1, 0, 0))(first), 6);
    assert_int_equal(lfi_library_scratch(l, LFI_LIBRARY_SCRATCH + 1), 0);
    lfi_library_scratch_end(l, mark);
    assert_int_equal(lfi_library_scratch_begin(l), mark);
    assert_int_equal(lfi_library_free(l), 0);
}

/* ---------------------------------------------------------------------------------- callbacks */

struct times {
    struct lfi_library *library;
    long factor;
    const char *then; /* a function to call */
    int status;
};

static long times(long x)
{
    struct times *data = lfi_callback_data();
    CHECK(lfi_callback_library() == data->library);
    if (data->status)
        lfi_library_unwind(data->status);
    if (data->then)
        return call0(data->library, data->then);
    return x * data->factor;
}

static uint64_t callback(struct lfi_library *l, struct times *data)
{
    uint64_t address = 0;
    data->library = l;
    assert_int_equal(lfi_library_callback(l, (lfi_gate_fn *)times, data,
                                          LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0), &address),
                     0);
    return address;
}

static long call_back(struct lfi_library *l, const char *name, uint64_t address, long x)
{
    return CALL(l, name, long (*)(uint64_t, long), LFI_SHAPE(2, 0, 0))(address, x);
}

static void test_callbacks(void **state)
{
    struct lfi_library *l = open_boxed(NULL);
    struct times data = {.factor = 10};
    (void)state;
    uint64_t address = callback(l, &data);
    assert_int_equal(call_back(l, "calls", address, 4), 41);
    data.then = "bump";
    assert_int_equal(call_back(l, "calls", address, 4), 9);
    data = (struct times){.library = l, .status = 77};
    assert_int_equal(call_back(l, "calls", address, 4), 0);
    assert_int_equal(lfi_library_failed(l)->end, LFI_LIBRARY_UNWOUND);
    assert_int_equal(lfi_library_failed(l)->status, 77);
    assert_false(lfi_library_broken(l));
    assert_int_equal(call0(l, "bump"), 9);
    for (int i = 0; i < 20000; i++) {
        struct times other = {.factor = i};
        uint64_t more = callback(l, &other);
        if (i % 1000 == 0)
            assert_int_equal(call_back(l, "calls", more, 2), 2 * i + 1);
        assert_int_equal(lfi_library_uncallback(l, more), 0);
    }
    assert_int_equal(lfi_library_uncallback(l, address), 0);
    assert_int_equal(lfi_library_uncallback(l, address), -EINVAL);
    assert_int_equal(lfi_library_uncallback(l, 12345), -EINVAL);
    assert_int_equal(call_back(l, "calls", address, 4), 0);
    assert_int_equal(lfi_library_failed(l)->end, LFI_LIBRARY_FAULT);
    assert_int_equal(lfi_library_free(l), 0);
}

/* Within a callback of another library: the stack of the one whose call ends is put back all the
 * same. */
static long gives_up_elsewhere(long x)
{
    struct times *data = lfi_callback_data();
    struct lfi_library *other = data->library;
    struct times inner = {.status = 7};
    uint64_t address = callback(other, &inner), mark = lfi_library_scratch_begin(other);
    CHECK(mark && lfi_library_scratch(other, 100));
    CHECK(call_back(other, "calls", address, 4) == 0);
    CHECK(lfi_library_failed(other)->end == LFI_LIBRARY_UNWOUND);
    CHECK(lfi_library_scratch_begin(other) == mark);
    return x;
}

static void test_unwinding_within_another(void **state)
{
    struct lfi_library *outer = open_boxed(NULL), *inner = open_boxed(NULL);
    struct times data = {.library = inner};
    uint64_t address;
    (void)state;
    assert_int_equal(lfi_library_callback(outer, (lfi_gate_fn *)gives_up_elsewhere, &data,
                                          LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0), &address),
                     0);
    assert_int_equal(call_back(outer, "calls", address, 4), 5);
    assert_int_equal(lfi_library_free(inner), 0);
    assert_int_equal(lfi_library_free(outer), 0);
}

static void test_all_callbacks(void **state)
{
    struct lfi_library *l = open_boxed(NULL);
    struct times data = {.factor = 10};
    uint64_t address, last = 0;
    int count = 0, failed;
    (void)state;
    data.library = l;
    while (
        !(failed = lfi_library_callback(l, (lfi_gate_fn *)times, &data,
                                        LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0), &address))) {
        count++;
        last = address;
    }
    assert_int_equal(failed, -ENOSPC);
    assert_int_equal(count, LFI_CALLBACKS_MAX);
    assert_int_equal(call_back(l, "calls", last, 4), 41);
    assert_int_equal(lfi_library_free(l), 0);
}

/* Arguments that are no addresses of the box, and a jump over the host's frames. */
static long wild(uint64_t first, uint64_t second, long third)
{
    struct times *data = lfi_callback_data();
    char byte;
    CHECK(lfi_library_copy_in(data->library, &byte, first, 1) == -EFAULT);
    CHECK(lfi_library_copy_in(data->library, &byte, second, 1) == -EFAULT);
    return third;
}

static void test_wild(void **state)
{
    struct lfi_library *l = open_boxed(NULL);
    struct times data = {.library = l, .then = "inner"};
    uint64_t address;
    (void)state;
    assert_int_equal(lfi_library_callback(l, (lfi_gate_fn *)wild, &data,
                                          LFI_SHAPE(3, 0, 0) | LFI_SHAPE_RESULT(1, 0), &address),
                     0);
    assert_int_equal(call_back(l, "calls_wild", address, (long)&data), -1);
    address = callback(l, &data);
    call_back(l, "jumps_out", address, 1); /* the result, or the fault, is the box's affair */
    assert_int_equal(lfi_library_free(l), 0);
}

/* ----------------------------------------------------------------------------------- failures */

struct heard {
    int count;
    enum lfi_library_end end;
    jmp_buf *jump;
};

static void hear(struct lfi_library *library, const struct lfi_library_failure *failure, void *data)
{
    struct heard *heard = data;
    assert_ptr_equal(failure, lfi_library_failed(library));
    heard->count++;
    heard->end = failure->end;
    if (heard->jump)
        longjmp(*heard->jump, 1);
}

static void test_failures(void **state)
{
    static const struct {
        const char *function;
        enum lfi_library_end end;
        int signal;
        const char *word;
    } cases[] = {
        {"crash", LFI_LIBRARY_FAULT, SIGSEGV, "in crash"},
        {"deep", LFI_LIBRARY_FAULT, SIGSEGV, "in deep"},
        {"do_abort", LFI_LIBRARY_KILLED, SIGABRT, "abort"},
        {"end_thread", LFI_LIBRARY_EXITED, 0, "status 0"},
        {"do_exit", LFI_LIBRARY_EXITED, 0, "status 3"},
    };
    struct heard heard = {0};
    struct lfi_library_options options = {.failed = hear, .data = &heard};
    struct lfi_library *other = open_boxed(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lfi_library *l = open_boxed(&options);
        heard = (struct heard){0};
        assert_int_equal(call1(l, cases[i].function, 3), 0);
        const struct lfi_library_failure *failure = lfi_library_failed(l);
        assert_non_null(failure);
        assert_int_equal(failure->end, cases[i].end);
        assert_int_equal(failure->signal, cases[i].signal);
        assert_string_equal(failure->function, cases[i].function);
        assert_non_null(strstr(failure->report, cases[i].word));
        assert_non_null(strstr(failure->report, cases[i].function));
        assert_int_equal(heard.count, 1);
        assert_int_equal(heard.end, cases[i].end);
        assert_true(lfi_library_broken(l));
        assert_int_equal(call0(l, "bump"), 0);
        assert_int_equal(lfi_library_failed(l)->end, LFI_LIBRARY_REFUSED);
        assert_non_null(strstr(lfi_library_failed(l)->report, cases[i].word));
        assert_int_equal(lfi_library_malloc(l, 10), 0);
        assert_int_equal(call0(other, "add"), 0);
        assert_null(lfi_library_failed(other));
        assert_int_equal(lfi_library_free(l), 0);
    }
    assert_int_equal(lfi_library_free(other), 0);
}

static void test_failed_jumps(void **state)
{
    jmp_buf jump;
    struct heard heard = {.jump = &jump};
    struct lfi_library_options options = {.failed = hear, .data = &heard};
    struct lfi_library *l = open_boxed(&options);
    struct times data = {.status = 5};
    (void)state;
    uint64_t address = callback(l, &data);
    for (int i = 0; i < 1000; i++) {
        uint64_t volatile mark = lfi_library_scratch_begin(l);
        if (!setjmp(jump)) {
            lfi_library_scratch(l, 60000);
            call_back(l, "calls", address, 4);
            fail();
        }
        assert_int_equal(heard.end, LFI_LIBRARY_UNWOUND);
        assert_int_equal(lfi_library_scratch_begin(l), mark);
    }
    assert_int_equal(heard.count, 1000);
    heard.jump = NULL;
    assert_int_equal(call0(l, "bump"), 8);
    assert_int_equal(lfi_library_free(l), 0);
}

/* The end of the inner call is the end of the outer one, too. */
static void test_exit_in_callback(void **state)
{
    static const char *const ends[] = {"crash", "do_abort", "end_thread"};
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct lfi_library *l = open_boxed(NULL);
        struct times data = {.then = ends[i]};
        uint64_t address = callback(l, &data);
        assert_int_equal(call_back(l, "calls", address, 1), 0);
        assert_non_null(lfi_library_failed(l));
        assert_true(lfi_library_broken(l));
        assert_int_equal(lfi_library_free(l), 0);
    }
}

static void *spins(void *data)
{
    struct lfi_library *l = data;
    CHECK(call0(l, "spin") == 0);
    CHECK(lfi_library_failed(l)->end == LFI_LIBRARY_INTERRUPTED);
    return NULL;
}

static void *waits(void *data)
{
    struct lfi_library *l = data;
    CHECK(call0(l, "sleeps") == 0);
    CHECK(lfi_library_failed(l)->end == LFI_LIBRARY_INTERRUPTED);
    return NULL;
}

/* Until so many calls of spin() or sleeps() are under way. */
static void wait_until_stuck(struct lfi_library *l, int wanted)
{
    uint64_t address = lfi_library_symbol(l, "stuck");
    int stuck = 0;
    while (stuck < wanted) {
        usleep(1000);
        assert_int_equal(lfi_copy_in(lfi_library_box(l), &stuck, address, sizeof stuck), 0);
    }
}

static void test_interrupt(void **state)
{
    if (!TEST_SPINS)
        skip();
    pthread_t threads[4];
    struct lfi_library *l = open_boxed(NULL);
    (void)state;
    assert_int_equal(lfi_library_freeze(l, NULL), 0);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++)
            pthread_create(&threads[i], NULL, i % 2 ? spins : waits, l);
        wait_until_stuck(l, 4);
        assert_int_equal(lfi_library_free(l), -EBUSY);
        assert_int_equal(lfi_library_reset(l, NULL), -EBUSY);
        lfi_library_interrupt(l);
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
        assert_int_equal(call0(l, "bump"), 0);
        assert_int_equal(lfi_library_reset(l, NULL), 0);
        assert_int_equal(call0(l, "bump"), 8);
    }
    assert_int_equal(lfi_library_free(l), 0);
}

struct wait {
    struct lfi_library *library;
    int how;
    atomic_int called;
};

static void *waits_somehow(void *data)
{
    struct wait *wait = data;
    call0(wait->library, "bump"); /* the thread is made */
    wait->called = 1;
    CHECK(call1(wait->library, "waits", wait->how) == 0);
    CHECK(lfi_library_failed(wait->library)->end != LFI_LIBRARY_FAULT);
    return NULL;
}

/* One interrupt, at any moment from before the wait until the thread sleeps. */
static void test_interrupt_waits(void **state)
{
    struct lfi_library *l = open_boxed(NULL);
    uint64_t seed = 1;
    (void)state;
    assert_int_equal(lfi_library_freeze(l, NULL), 0);
    for (int round = 0; round < 1000 / TEST_SLOWER; round++) {
        struct wait wait = {.library = l, .how = round};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, waits_somehow, &wait), 0);
        while (!wait.called)
            sched_yield();
        for (volatile uint64_t i = test_random(&seed) % 30000; i; i--)
            continue;
        lfi_library_interrupt(l);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(lfi_library_reset(l, NULL), 0);
    }
    assert_int_equal(lfi_library_free(l), 0);
}

/* One thread's fault ends the calls of the others. */
static void test_fault_interrupts(void **state)
{
    if (!TEST_SPINS)
        skip();
    pthread_t thread;
    struct lfi_library *l = open_boxed(NULL);
    (void)state;
    pthread_create(&thread, NULL, spins, l);
    wait_until_stuck(l, 1);
    assert_int_equal(call0(l, "crash"), 0);
    assert_int_equal(lfi_library_failed(l)->end, LFI_LIBRARY_FAULT);
    pthread_join(thread, NULL);
    assert_int_equal(lfi_library_free(l), 0);
}

static long frees(long x)
{
    CHECK(lfi_library_free(lfi_callback_library()) == -EBUSY);
    CHECK(lfi_library_reset(lfi_callback_library(), NULL) == -EBUSY);
    CHECK(lfi_library_detach(lfi_callback_library()) == -EBUSY);
    return x;
}

static void test_free_library(void **state)
{
    if (!TEST_SPINS)
        skip();
    struct lfi_library *l = open_boxed(NULL);
    struct times data = {.factor = 2};
    uint64_t address;
    (void)state;
    assert_int_equal(lfi_library_freeze(l, NULL), 0);
    assert_int_equal(lfi_library_callback(l, (lfi_gate_fn *)frees, NULL,
                                          LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0), &address),
                     0);
    assert_int_equal(call_back(l, "calls", address, 1), 2);
    /* threads of the library's own go on until then, one of them in and out of callbacks */
    assert_int_equal(call0(l, "starts"), 0);
    assert_int_equal(call1(l, "starts_calls", (long)callback(l, &data)), 0);
    usleep(10000);
    assert_int_equal(lfi_library_free(l), 0);
    assert_int_equal(lfi_library_free(NULL), 0);
}

/* --------------------------------------------------------------------- what a box gets of the host
 */

static void test_nothing(void **state)
{
    struct lfi_library *l = open_boxed(NULL);
    int (*opens)(uint64_t);
    (void)state;
    uint64_t path = lfi_library_string_out(l, "/etc/passwd");
    opens = CALL(l, "opens", int (*)(uint64_t), LFI_SHAPE(1, 0, 0));
    assert_int_equal(opens(path), ENOENT);
    for (int fd = 0; fd < 20; fd++)
        assert_int_equal(call1(l, "writes", fd), EBADF);
    assert_int_equal(call0(l, "environment"), 0);
    assert_int_equal(call0(l, "random_and_time"), 1);
    assert_int_equal(call0(l, "broken_pipe"), EPIPE); /* without a signal for the host */
    assert_int_equal(call0(l, "rests_again"), EPERM);
    assert_int_equal(lfi_library_free(l), 0);
}

static bool hook(struct lfi_linux_call *call, void *data)
{
    struct lfi_library **library = data;
    assert_non_null(call->context);
    if (call->number == 5000) {
        call->result = (int64_t)(call->arguments[0] * 2 + call->arguments[1]);
        return true;
    }
    if (call->number == SYS_write) {
        call->result = -EIO;
        return true;
    }
    (void)library;
    return false;
}

static void test_hook(void **state)
{
    struct lfi_library *l = NULL;
    struct lfi_linux_options gets = {.hook = hook, .hook_data = &l};
    struct lfi_library_options options = {.linux_options = &gets};
    (void)state;
    l = open_boxed(&options);
    typedef long own(long, long, long);
    assert_int_equal(CALL(l, "own_call", own *, LFI_SHAPE(3, 0, 0))(5000, 4, 5), 13);
    assert_int_equal(CALL(l, "own_call", own *, LFI_SHAPE(3, 0, 0))(5001, 4, 5), -1);
    assert_int_equal(call1(l, "writes", 1), EIO);
    assert_int_equal(lfi_library_free(l), 0);
}

static void test_open_errors(void **state)
{
    struct lfi_library *l;
    struct lfi_error why;
    struct lfi_linux_options gets = {.limits = {.resident = 100}};
    struct lfi_library_options options = {.linux_options = &gets};
    (void)state;
    assert_int_equal(lfi_library_open(&l, "/nothing", NULL, &why), -ENOENT);
    assert_null(l);
    assert_non_null(strstr(why.message, "/nothing"));
    assert_int_equal(lfi_library_open(&l, "/proc/self/exe", NULL, &why), -ENOEXEC);
    assert_int_equal(lfi_library_open(&l, test_program, NULL, &why), -ENOEXEC);
    assert_non_null(strstr(why.message, "-lboxrt"));
    assert_int_equal(lfi_library_open_bytes(&l, "none", "", 0, NULL, &why), -ENOEXEC);
    assert_int_equal(lfi_library_open(&l, test_boxed, &options, &why), -EINVAL);
    assert_non_null(strstr(why.message, "limit resident must be from 1M"));
}

/* ------------------------------------------------------------------------------------- limits */

static struct lfi_library *open_limited(uint64_t processor, uint64_t resident)
{
    struct lfi_linux_options gets = {.limits = {.processor = processor, .resident = resident}};
    struct lfi_library_options options = {.linux_options = &gets};
    return open_boxed(&options);
}

static uint64_t milliseconds(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static void wait_until_broken(struct lfi_library *l)
{
    while (!lfi_library_broken(l))
        usleep(1000);
}

static void test_limit_of_a_call(void **state)
{
    if (!TEST_SPINS)
        skip();
    struct lfi_library *l = open_limited(200, 0);
    (void)state;
    assert_int_equal(lfi_library_freeze(l, NULL), 0);
    for (int round = 0; round < 2; round++) {
        uint64_t before = milliseconds(CLOCK_THREAD_CPUTIME_ID);
        assert_int_equal(call0(l, "spin"), 0);
        assert_true(milliseconds(CLOCK_THREAD_CPUTIME_ID) - before > 100);
        assert_int_equal(lfi_library_failed(l)->end, LFI_LIBRARY_LIMIT);
        assert_int_equal(lfi_library_failed(l)->signal, SIGXCPU);
        assert_string_equal(lfi_library_failed(l)->report,
                            "call of spin: limit processor (200ms) reached\n");
        assert_int_equal(call0(l, "bump"), 0);
        assert_int_equal(lfi_library_failed(l)->end, LFI_LIBRARY_REFUSED);
        assert_non_null(strstr(lfi_library_failed(l)->report, "limit processor"));
        assert_int_equal(lfi_library_reset(l, NULL), 0);
        assert_int_equal(call0(l, "bump"), 8);
    }
    assert_int_equal(lfi_library_free(l), 0);
}

/* Short calls, whose time is a sample's; the library's own threads; not what the host does itself.
 */
static void test_limit_of_many_calls(void **state)
{
    struct lfi_library *l = open_limited(300, 0);
    uint64_t before = milliseconds(CLOCK_THREAD_CPUTIME_ID);
    (void)state;
    assert_int_equal(call0(l, "bump"), 8);
    while (milliseconds(CLOCK_THREAD_CPUTIME_ID) - before < 600)
        continue;
    assert_false(lfi_library_broken(l));
    assert_int_equal(call0(l, "bump"), 9);
    while (!lfi_library_broken(l))
        call1(l, "burn", 20000);
    assert_int_equal(lfi_library_free(l), 0);

    if (!TEST_SPINS)
        return;
    l = open_limited(100, 0);
    assert_int_equal(call0(l, "starts"), 0);
    wait_until_broken(l);
    assert_int_equal(call0(l, "bump"), 0);
    assert_non_null(strstr(lfi_library_failed(l)->report, "limit processor (100ms) reached"));
    assert_int_equal(lfi_library_free(l), 0);
}

static void test_limit_of_memory(void **state)
{
    struct lfi_library *l = open_limited(0, 32 << 20);
    (void)state;
    assert_int_equal(lfi_library_freeze(l, NULL), 0);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(call0(l, "eats"), 0);
        assert_int_equal(lfi_library_failed(l)->end, LFI_LIBRARY_LIMIT);
        assert_non_null(strstr(lfi_library_failed(l)->report, "limit resident (32M) reached"));
        assert_int_equal(lfi_library_reset(l, NULL), 0);
        assert_int_equal(call0(l, "bump"), 8);
    }
    /* while no call is under way */
    uint64_t memory = lfi_library_malloc(l, 40 << 20);
    assert_true(memory);
    CALL(l, "dirty", int (*)(uint64_t, int), LFI_SHAPE(2, 0, 0))(memory, (40 << 20) / 4096);
    wait_until_broken(l);
    assert_int_equal(lfi_library_free(l), 0);
}

/* ------------------------------------------------------------------------------ freeze and reset
 */

static void *bumps(void *data)
{
    CHECK(call0(data, "bump") == 8);
    return NULL;
}

static void test_reset(void **state)
{
    struct lfi_library *l = open_boxed(NULL);
    struct times data = {.factor = 3};
    (void)state;
    uint64_t before = callback(l, &data);
    assert_int_equal(call0(l, "bump"), 8);
    assert_int_equal(lfi_library_reset(l, NULL), -EINVAL);
    assert_int_equal(lfi_library_generation(l), 0);
    assert_int_equal(lfi_library_freeze(l, NULL), 0);
    assert_int_equal(lfi_library_freeze(l, NULL), -EALREADY);
    assert_int_equal(lfi_library_generation(l), 1);
    uint64_t first = 0;
    static const char *const ends[] = {"bump", "crash", "do_abort", "bump", "end_thread"};
    for (int i = 0; i < 200; i++) {
        assert_int_equal(call0(l, "bump"), 9);
        in_thread(bumps, l);
        uint64_t since = callback(l, &data);
        uint64_t large = lfi_library_malloc(l, 3000000);
        assert_true(large);
        if (!first)
            first = large;
        assert_int_equal(large, first); /* nothing is left of the former ones */
        assert_int_equal(call_back(l, "calls", since, 1), 4);
        if (i % 3 == 0 && TEST_SPINS)
            assert_int_equal(call0(l, "starts"), 0);
        call0(l, ends[i % 5]);
        assert_int_equal(lfi_library_reset(l, NULL), 0);
        assert_int_equal(lfi_library_generation(l), i + 2);
        assert_null(lfi_library_failed(l));
        assert_int_equal(lfi_library_uncallback(l, since), -EINVAL);
        assert_int_equal(call_back(l, "calls", before, 1), 4);
    }
    assert_int_equal(lfi_library_free(l), 0);
}

struct meeting {
    struct lfi_library *library;
    pthread_barrier_t barrier;
    bool before; /* the thread called before the freeze */
};

static void *learns_later(void *data)
{
    struct meeting *meeting = data;
    struct lfi_library *l = meeting->library;
    if (meeting->before)
        call0(l, "bump");
    pthread_barrier_wait(&meeting->barrier);
    pthread_barrier_wait(&meeting->barrier); /* it is frozen */
    CHECK(call0(l, "sleeps") == 0);
    pthread_barrier_wait(&meeting->barrier);
    pthread_barrier_wait(&meeting->barrier); /* it is reset */
    const struct lfi_library_failure *failure = lfi_library_failed(l);
    CHECK(failure && failure->end == LFI_LIBRARY_INTERRUPTED);
    CHECK(strstr(failure->report, "call of sleeps: interrupted"));
    CHECK(call0(l, "bump") > 0 && !lfi_library_failed(l));
    CHECK(call0(l, "crash") == 0 && lfi_library_failed(l)->end == LFI_LIBRARY_FAULT);
    CHECK(call0(l, "bump") == 0 && lfi_library_failed(l)->end == LFI_LIBRARY_REFUSED);
    pthread_barrier_wait(&meeting->barrier);
    pthread_barrier_wait(&meeting->barrier); /* it is reset */
    CHECK(lfi_library_failed(l) && lfi_library_failed(l)->end == LFI_LIBRARY_REFUSED);
    pthread_barrier_wait(&meeting->barrier);
    pthread_barrier_wait(&meeting->barrier); /* another one has its address, perhaps */
    CHECK(!lfi_library_failed(meeting->library));
    return NULL;
}

/* A reset by another thread does not hide from a thread that its call failed. */
static void test_reset_by_another(void **state)
{
    (void)state;
    for (int round = 0; round < 4; round++) {
        struct meeting meeting = {.library = open_boxed(NULL), .before = round % 2};
        struct lfi_library *l = meeting.library;
        pthread_t thread;
        pthread_barrier_init(&meeting.barrier, NULL, 2);
        assert_int_equal(pthread_create(&thread, NULL, learns_later, &meeting), 0);
        pthread_barrier_wait(&meeting.barrier);
        assert_int_equal(lfi_library_freeze(l, NULL), 0);
        pthread_barrier_wait(&meeting.barrier);
        wait_until_stuck(l, 1);
        lfi_library_interrupt(l);
        for (int i = 0; i < 2; i++) {
            pthread_barrier_wait(&meeting.barrier);
            assert_int_equal(lfi_library_reset(l, NULL), 0);
            assert_null(lfi_library_failed(l));
            pthread_barrier_wait(&meeting.barrier);
        }
        pthread_barrier_wait(&meeting.barrier);
        assert_int_equal(lfi_library_free(l), 0);
        meeting.library = open_boxed(NULL);
        pthread_barrier_wait(&meeting.barrier);
        pthread_join(thread, NULL);
        assert_int_equal(lfi_library_free(meeting.library), 0);
        pthread_barrier_destroy(&meeting.barrier);
    }
}

/*
 * A callback that the host took back since the freeze stays so, since its data may be gone. The
 * frozen state holds its address, which does not become that of another one.
 */
static void test_reset_of_callbacks(void **state)
{
    struct lfi_library *l = open_boxed(NULL);
    struct times kept = {.factor = 10}, gone = {.factor = 20}, other = {.factor = 30};
    uint64_t since[2];
    (void)state;
    uint64_t before[2] = {callback(l, &kept), callback(l, &gone)};
    assert_int_equal(lfi_library_freeze(l, NULL), 0);
    for (int round = 0; round < 3; round++) {
        since[0] = callback(l, &other);
        since[1] = callback(l, &other);
        assert_int_equal(call_back(l, "calls", since[0], 1), 31);
        assert_int_equal(lfi_library_uncallback(l, since[1]), 0);
        assert_int_equal(lfi_library_uncallback(l, before[1]), round ? -EINVAL : 0);
        for (int i = 0; i < LFI_CALLBACKS_MAX - 3; i++) {
            uint64_t address;
            assert_int_equal(lfi_library_callback(l, (lfi_gate_fn *)times, &other,
                                                  LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0),
                                                  &address),
                             0);
            assert_true(address != before[1]);
        }
        assert_int_equal(
            lfi_library_callback(l, (lfi_gate_fn *)times, &other, LFI_SHAPE(1, 0, 0), &since[1]),
            -ENOSPC);
        assert_int_equal(call_back(l, "calls", before[1], 1), 0);
        assert_int_equal(lfi_library_failed(l)->end, LFI_LIBRARY_FAULT);
        assert_int_equal(lfi_library_reset(l, NULL), 0);
        assert_int_equal(call_back(l, "calls", before[0], 1), 11);
        assert_int_equal(call_back(l, "calls", since[0], 1), 0);
        assert_int_equal(lfi_library_failed(l)->end, LFI_LIBRARY_FAULT);
        assert_int_equal(lfi_library_reset(l, NULL), 0);
    }
    assert_int_equal(lfi_library_free(l), 0);
}

struct leaving {
    struct lfi_library *library;
    pthread_barrier_t called, frozen;
};

static void *calls_and_leaves(void *data)
{
    struct leaving *leaving = data;
    CHECK(call0(leaving->library, "bump") > 0); /* makes what has a destructor */
    pthread_barrier_wait(&leaving->called);
    pthread_barrier_wait(&leaving->frozen);
    return NULL;
}

/* Threads of the host end, and so run in the box or free what is theirs, while it is reset. */
static void test_ends_at_reset(void **state)
{
    enum { THREADS = 12, ROUNDS = TEST_EMULATED ? 3 : 60 };
    struct lfi_library *first = open_boxed(NULL);
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct leaving leaving;
        pthread_t threads[THREADS];
        int failed;
        assert_int_equal(lfi_library_open_again(&leaving.library, first, NULL, NULL), 0);
        struct lfi_library *l = leaving.library;
        pthread_barrier_init(&leaving.called, NULL, THREADS + 1);
        pthread_barrier_init(&leaving.frozen, NULL, THREADS + 1);
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, calls_and_leaves, &leaving), 0);
        pthread_barrier_wait(&leaving.called);
        assert_int_equal(lfi_library_freeze(l, NULL), 0);
        call0(l, "bump");
        if (round % 2)
            call0(l, "crash");
        pthread_barrier_wait(&leaving.frozen);
        while ((failed = lfi_library_reset(l, NULL)) == -EBUSY)
            continue; /* a thread is leaving right now */
        assert_int_equal(failed, 0);
        call0(l, "bump");
        assert_null(lfi_library_failed(l));
        for (int i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
        assert_int_equal(lfi_library_reset(l, NULL), 0);
        assert_int_equal(lfi_library_free(l), 0);
        pthread_barrier_destroy(&leaving.called);
        pthread_barrier_destroy(&leaving.frozen);
    }
    assert_int_equal(lfi_library_free(first), 0);
}

static void test_freeze_refuses(void **state)
{
    if (!TEST_SPINS)
        skip();
    struct lfi_library *l = open_boxed(NULL);
    struct lfi_error why;
    (void)state;
    assert_int_equal(call0(l, "starts"), 0);
    assert_int_equal(lfi_library_freeze(l, &why), -EBUSY);
    call0(l, "crash");
    assert_int_equal(lfi_library_freeze(l, &why), -ECANCELED);
    assert_int_equal(lfi_library_free(l), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_one_thread),
        cmocka_unit_test(test_instances),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_callbacks),
        cmocka_unit_test(test_all_callbacks),
        cmocka_unit_test(test_unwinding_within_another),
        cmocka_unit_test(test_wild),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_failed_jumps),
        cmocka_unit_test(test_exit_in_callback),
        cmocka_unit_test(test_interrupt),
        cmocka_unit_test(test_interrupt_waits),
        cmocka_unit_test(test_fault_interrupts),
        cmocka_unit_test(test_free_library),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_hook),
        cmocka_unit_test(test_open_errors),
        cmocka_unit_test(test_limit_of_a_call),
        cmocka_unit_test(test_limit_of_many_calls),
        cmocka_unit_test(test_limit_of_memory),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_reset_by_another),
        cmocka_unit_test(test_reset_of_callbacks),
        cmocka_unit_test(test_ends_at_reset),
        cmocka_unit_test(test_freeze_refuses),
    };
    test_files(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
