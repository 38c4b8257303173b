// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The way in and out: calls, nesting, ends. What is kept of registers:
 * core-processor.c of each architecture. */
#include "core-box.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void serve_nothing(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context;
    regs->REG_RESULT = 0;
}

static void thread_pointer(void **state)
{
    struct test_box t;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    lfi_context_set_tp(t.context, 0xfedcba9876543210);
    lfi_context_regs(t.context)->REG_KEPT = 0x1212;
    exit = run(&t, code_tp, 0x1122334455667788);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(exit.regs.REG_RESULT, 0xfedcba9876543210);
    assert_int_equal(exit.regs.REG_SECOND, 0x1122334455667788);
    assert_int_equal(exit.regs.REG_COUNT, 0x1122334455667788);
    assert_int_equal(exit.regs.REG_KEPT, 0x1212);
    assert_int_equal(lfi_context_tp(t.context), 0x1122334455667788);
    close_box(&t);
}

/* A personality that is wrong about the program counter and the stack pointer cannot send the box
 * elsewhere. */
static void serve_bad_return(struct lfi_context *context, struct lfi_regs *regs)
{
    uint64_t base = lfi_box_base(lfi_context_box(context));

    if (regs->REG_NUMBER == 1) {
        regs->REG_PC = (regs->REG_PC & 0xffffffff) | 0x7f0000000000 | (CODE_ALIGN - 1);
        regs->REG_SP = 0x7ffc00000000 | (regs->REG_SP & 0xffffffff);
    } else {
        static const uint64_t stacks[] = {MACHINE_STACK_REACH, MACHINE_STACK_REACH + 1, UINT64_MAX};

        regs->REG_SP = base + stacks[regs->REG_NUMBER - 2];
    }
}

static void host_values_are_brought_into_the_box(void **state)
{
    struct test_box t;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, false, serve_bad_return, NULL);
    lfi_context_regs(t.context)->REG_COUNT = 1;
    lfi_context_regs(t.context)->REG_WHICH = 1;
    exit = run(&t, code_loop, 0);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(exit.regs.REG_SP, t.base + TEST_STACK + STACK_SIZE);
    /* the last value of which nothing is changed */
    lfi_context_regs(t.context)->REG_COUNT = 1;
    lfi_context_regs(t.context)->REG_WHICH = 2;
    exit = run(&t, code_loop, 0);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(exit.regs.REG_SP, t.base + MACHINE_STACK_REACH);
    lfi_context_regs(t.context)->REG_COUNT = 1;
    lfi_context_regs(t.context)->REG_WHICH = 3;
    exit = run(&t, code_loop, 0);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(exit.regs.REG_SP, t.base + (uint32_t)(MACHINE_STACK_REACH + 1));
    lfi_context_regs(t.context)->REG_COUNT = 1;
    lfi_context_regs(t.context)->REG_WHICH = 4;
    exit = run(&t, code_loop, 0);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(exit.regs.REG_SP, t.base + 0xffffffff);
    close_box(&t);
}

/* Calls and callbacks. */
static void serve_nest(struct lfi_context *context, struct lfi_regs *regs)
{
    const uint64_t *function = lfi_context_data(context);
    struct lfi_call call = {.integer = {regs->REG_ARG0}};

    assert_int_equal(regs->REG_NUMBER, 7);
    assert_int_equal(lfi_call(context, *function, &call), 0);
    assert_int_equal(call.exit.kind, LFI_EXIT_RETURNED);
    regs->REG_RESULT = call.result;
    clobber();
}

static void calls(void **state)
{
    const uint64_t more[2] = {70, 800};
    struct lfi_call call = {.stack = more, .stack_count = 2};
    uint64_t sum = more[0] + more[1];
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    for (uint64_t i = 0; i < LFI_CALL_INTEGERS; i++)
        sum += call.integer[i] = 1UL << i;
    assert_int_equal(lfi_call(t.context, code_address(&t, code_add), &call), 0);
    assert_int_equal(call.exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(call.result, sum);
    call = (struct lfi_call){.real = {1.5, -4.0}};
    assert_int_equal(lfi_call(t.context, code_address(&t, code_multiply), &call), 0);
    assert_true(call.real_result == -6.0);
    /* the context's own registers are as they were */
    assert_int_equal(lfi_context_regs(t.context)->REG_SP, t.base + TEST_STACK + STACK_SIZE);
    assert_int_equal(lfi_context_regs(t.context)->REG_PC, 0);
    /* a stack that is not there */
    lfi_context_regs(t.context)->REG_SP = t.base + LFI_GUARD_SIZE;
    call = (struct lfi_call){.stack = more, .stack_count = 2};
    assert_int_equal(lfi_call(t.context, code_address(&t, code_add), &call), -EFAULT);
    lfi_context_regs(t.context)->REG_SP = (uint64_t)&call;
    assert_int_equal(lfi_call(t.context, code_address(&t, code_add), &call), -EFAULT);
    close_box(&t);
}

static void calls_nest(void **state)
{
    uint64_t function;
    struct lfi_call call = {.integer = {40}};
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nest, &function);
    function = code_address(&t, code_nest);
    lfi_context_set_tp(t.context, 77);
    assert_int_equal(lfi_thread_prepare(), 0);
    assert_int_equal(lfi_call(t.context, function, &call), 0);
    assert_int_equal(call.exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(call.result, 40);
    assert_int_equal(lfi_context_tp(t.context), 77);
    lfi_thread_release();
    close_box(&t);
}

/* Nesting until it is refused; the host is well and each level gets back. */
struct nesting {
    uint64_t function;
    unsigned depth, deepest; /* of stays in the box */
    size_t hold;             /* of the host's stack at each level */
    int refused;             /* the error of the last one */
};

static void serve_nest_forever(struct lfi_context *context, struct lfi_regs *regs)
{
    struct nesting *nesting = lfi_context_data(context);
    struct lfi_call call = {.integer = {1000000}};
    volatile char *held = __builtin_alloca(nesting->hold + 1);

    held[0] = held[nesting->hold] = 1;
    nesting->deepest = ++nesting->depth;
    int error = lfi_call(context, nesting->function, &call);
    if (error)
        nesting->refused = error;
    nesting->depth--;
    lfi_context_stop(context, held[0]);
    (void)regs;
}

struct climb {
    struct test_box *box;
    struct nesting *nesting;
};

static void *climb(void *data)
{
    struct climb *climb = data;
    struct lfi_call call = {.integer = {1000000}};

    climb->nesting->refused = 0;
    lfi_context_regs(climb->box->context)->REG_SP = climb->box->base + TEST_STACK + STACK_SIZE;
    if (lfi_call(climb->box->context, climb->nesting->function, &call) ||
        call.exit.kind != LFI_EXIT_STOPPED)
        return NULL;
    return climb->nesting->refused == -ELOOP && climb->nesting->depth == 0 ? data : NULL;
}

static void nesting_ends_with_an_error(void **state)
{
    struct nesting nesting = {0};
    struct test_box t;
    struct climb all = {.box = &t, .nesting = &nesting};

    (void)state;
    open_box(&t, false, serve_nest_forever, &nesting);
    nesting.function = code_address(&t, code_nest);
    assert_non_null(climb(&all));
    assert_int_equal(nesting.deepest, LFI_NESTING_DEFAULT);
    lfi_box_limit_nesting(t.box, 3);
    assert_non_null(climb(&all));
    assert_int_equal(nesting.deepest, 3);
    lfi_box_limit_nesting(t.box, 0);

    /* on the smallest stacks that leave room for one level, and with hungry handlers */
    static const struct {
        size_t stack, hold;
    } cases[] = {{128 << 10, 0}, {256 << 10, 0}, {256 << 10, 16384}, {1 << 20, 32768}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pthread_attr_t attributes;
        pthread_t thread;
        void *well;

        nesting.hold = cases[i].hold;
        assert_int_equal(pthread_attr_init(&attributes), 0);
        assert_int_equal(pthread_attr_setstacksize(&attributes, cases[i].stack), 0);
        assert_int_equal(pthread_create(&thread, &attributes, climb, &all), 0);
        pthread_attr_destroy(&attributes);
        assert_int_equal(pthread_join(thread, &well), 0);
        assert_non_null(well);
        assert_true(nesting.deepest >= 2 && nesting.deepest < LFI_NESTING_DEFAULT);
        print_message("stack %zu KiB, handlers with %zu bytes: %u levels\n", cases[i].stack >> 10,
                      cases[i].hold, nesting.deepest);
    }
    nesting.hold = 0;
    assert_non_null(climb(&all)); /* the box is as usable as before */
    close_box(&t);
}

/* From one box through the host into another and back. */
struct pair {
    struct test_box *other;
    uint64_t function;
};

static void serve_other(struct lfi_context *context, struct lfi_regs *regs)
{
    struct pair *pair = lfi_context_data(context);
    struct lfi_call call = {.integer = {regs->REG_ARG0}};

    lfi_context_set_tp(pair->other->context, 2);
    assert_int_equal(lfi_context_tp(context), 1);
    assert_int_equal(lfi_call(pair->other->context, pair->function, &call), 0);
    assert_int_equal(call.exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(lfi_context_tp(context), 1);
    assert_int_equal(lfi_context_tp(pair->other->context), 2);
    regs->REG_RESULT = call.result;
}

static void calls_nest_across_boxes(void **state)
{
    struct test_box a, b;
    struct pair to_b = {.other = &b}, to_a = {.other = &a};
    struct lfi_call call = {.integer = {1}};
    struct lfi_space *space;

    (void)state;
    assert_int_equal(lfi_faults_install(0, NULL), 0);
    assert_int_equal(test_space_new(&space, 2, NULL), 0);
    fill_box(&a, space, false, serve_other, &to_b);
    fill_box(&b, space, false, serve_other, &to_a);
    to_b.function = code_address(&b, code_nest);
    lfi_context_set_tp(a.context, 1);
    assert_int_equal(lfi_call(a.context, code_address(&a, code_nest), &call), 0);
    assert_int_equal(call.result, 1);
    assert_int_equal(lfi_context_tp(a.context), 1);
    close_box(&a);
    close_box(&b);
    assert_int_equal(lfi_space_free(space), 0);
    lfi_faults_remove();
}

static void serve_stop(struct lfi_context *context, struct lfi_regs *regs)
{
    struct lfi_exit exit;

    assert_int_equal(lfi_context_run(context, &exit), -EBUSY);
    assert_int_equal(lfi_context_free(context), -EBUSY);
    lfi_context_stop(context, (int)regs->REG_ARG0);
}

static void stopping(void **state)
{
    struct test_box t;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, false, serve_stop, NULL);
    lfi_context_regs(t.context)->REG_COUNT = 2;
    exit = run(&t, code_loop, 42);
    assert_int_equal(exit.kind, LFI_EXIT_STOPPED);
    assert_int_equal(exit.status, 42);
    /* it goes on where it was: the second round of the loop */
    assert_int_equal(lfi_context_run(t.context, &exit), 0);
    assert_int_equal(exit.kind, LFI_EXIT_STOPPED);
    assert_int_equal(exit.regs.REG_COUNT, 1);
    assert_int_equal(lfi_box_free(t.box), -EBUSY);
    close_box(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thread_pointer),
        cmocka_unit_test(host_values_are_brought_into_the_box),
        cmocka_unit_test(calls),
        cmocka_unit_test(calls_nest),
        cmocka_unit_test(nesting_ends_with_an_error),
        cmocka_unit_test(calls_nest_across_boxes),
        cmocka_unit_test(stopping),
    };
    int failed = 0;

    /* as this machine is, then as older ones are */
    for (size_t i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++) {
        without_features = lacking[i];
        print_message("without features %u\n", without_features);
        failed += cmocka_run_group_tests(tests, NULL, NULL);
    }
    return failed;
}
