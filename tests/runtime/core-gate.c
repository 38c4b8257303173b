// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Gate calls and callbacks: results, nesting, ends. What is kept of registers: core-processor.c of
 * each architecture; every kind of argument: sdk/signatures. */
#include "core-box.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef uint64_t empty_fn(uint64_t);
typedef uint64_t apply_fn(uint64_t n, uint64_t function);

static void serve_nothing(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context;
    regs->REG_RESULT = 0;
}

static void *gate(struct test_box *t, const char *label, lfi_shape shape)
{
    return (void *)lfi_gate(t->context, code_address(t, label), shape);
}
#define GATE(type, t, label, shape) ((__typeof__(type) *)gate(t, label, shape))

static void assert_returned(void)
{
    assert_int_equal(lfi_gate_exit()->kind, LFI_EXIT_RETURNED);
}

static uint64_t add_callback(struct test_box *t, void *function, void *data, lfi_shape shape)
{
    struct lfi_callback callback = {.function = (lfi_gate_fn *)function, .data = data, .shape = shape};
    struct lfi_error error = {{0}};
    uint64_t address = 0;

    if (t->box->stub_page_count == 0 &&
        lfi_box_map_stubs(t->box, t->base + TEST_STUBS, &error))
        fail_msg("%s", error.message);
    assert_int_equal(lfi_box_callback(t->box, &callback, &address), 0);
    return address;
}

static void calls(void **state)
{
    typedef uint64_t add_fn(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                            uint64_t, uint64_t, uint64_t);
    const lfi_shape shape = LFI_SHAPE(LFI_CALL_INTEGERS, 0, 10 - LFI_CALL_INTEGERS);
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    for (int i = 0; i < 3; i++) {
        /* code_add: all registers and two words */
        uint64_t sum = GATE(add_fn, &t, code_add, shape)(1, 2, 4, 8, 16, 32, 64, 128, 256, 512);

        assert_returned();
        assert_int_equal(sum, (1 << (LFI_CALL_INTEGERS + 2)) - 1);
        assert_true(GATE(double(double, double), &t, code_multiply, LFI_SHAPE(0, 2, 0))(1.5, -4) ==
                    -6.0);
        assert_returned();
    }
    close_box(&t);
}

static uint64_t square(uint64_t x)
{
    uint64_t *sum = lfi_callback_data();

    *sum += x;
    return x * x;
}

static void callbacks(void **state)
{
    struct test_box t;
    uint64_t address, sum = 0;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    address = add_callback(&t, square, &sum, LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0));
    assert_int_equal(GATE(apply_fn, &t, code_apply, LFI_SHAPE(2, 0, 0))(4, address), 30);
    assert_returned();
    assert_int_equal(sum, 10);
    assert_null(lfi_callback_data());
    close_box(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls),
        cmocka_unit_test(callbacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
