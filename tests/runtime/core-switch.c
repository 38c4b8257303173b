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
        regs->REG_SP = base + LFI_BOX_SIZE;
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
    /* the end of the box is where a pop of the last bytes leaves the stack pointer */
    lfi_context_regs(t.context)->REG_COUNT = 1;
    lfi_context_regs(t.context)->REG_WHICH = 2;
    exit = run(&t, code_loop, 0);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(exit.regs.REG_SP, t.base + LFI_BOX_SIZE);
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
    assert_int_equal(lfi_space_new(&space, 2, NULL), 0);
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
