// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What the tests of core share: a box with the code of core-code.S, data and a stack. */
#ifndef CORE_BOX_H
#define CORE_BOX_H

/* clang-format off */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "internal.h"
#include "place.h"
#include "processor.h" /* of the architecture */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#ifdef __SANITIZE_THREAD__
#define SKIP_UNDER_TSAN skip() /* it keeps signals back until a call */
#else
#define SKIP_UNDER_TSAN
#endif

#define TEST_CODE   0x100000
#define TEST_WILD   0x180000
#define TEST_DATA   0x200000 /* core-code.S knows it */
#define TEST_STACK  0x400000
#define TEST_RETURN 0x500000
#define TEST_STUBS  0x600000
#define DATA_SIZE   0x40000
#define STACK_SIZE  0x10000

#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

/* core-code.S of the architecture */
extern const char core_code[], core_code_end[], core_wild[], core_wild_end[];
extern const char code_tp[], code_loop[], code_add[], code_multiply[], code_nest[], code_spin[],
    code_spin_calls[], code_load[], code_store[], code_jump[], code_illegal[], code_breakpoint[],
    code_recurse[], code_empty[], code_apply[], wild_trap[];

/* Features that boxes must do without: FEATURE_*. */
static uint32_t without_features __attribute__((unused));

struct test_box {
    struct lfi_space *space; /* owned by the box that was made with it */
    struct lfi_box *box;
    struct lfi_context *context;
    uint64_t base;
};

/* The address in the box of a label of core_code or core_wild. */
static inline uint64_t code_address(const struct test_box *t, const char *label)
{
    if (label >= core_wild && label < core_wild_end)
        return t->base + TEST_WILD + (uint64_t)(label - core_wild);
    assert_true(label >= core_code && label < core_code_end);
    return t->base + TEST_CODE + (uint64_t)(label - core_code);
}

static inline struct lfi_code_map code_map(uint64_t address, const void *bytes, size_t size)
{
    return (struct lfi_code_map){
        .address = address,
        .bytes = bytes,
        .size = size,
        .image_start = address,
        .image_end = address + ((size + lfi_page_size() - 1) & ~(lfi_page_size() - 1)),
    };
}

/* A box in `space` with code, data and stack, and a context whose system calls `serve` serves. */
static inline void fill_box(struct test_box *t, struct lfi_space *space, bool wild,
                            lfi_syscall_fn *serve, void *data)
{
    struct lfi_error error = {{0}};
    struct lfi_code_map code;

    memset(t, 0, sizeof(*t));
    assert_int_equal(lfi_box_new(space, &t->box, &error), 0);
    t->box->space->features &= ~without_features;
    t->base = lfi_box_base(t->box);
    code = code_map(t->base + TEST_CODE, core_code, (size_t)(core_code_end - core_code));
    if (lfi_box_map_code(t->box, &code, &error))
        fail_msg("%s", error.message);
    if (wild) {
        code = code_map(t->base + TEST_WILD, core_wild, (size_t)(core_wild_end - core_wild));
        code.unverified = true;
        assert_int_equal(lfi_box_map_code(t->box, &code, &error), 0);
    }
    assert_int_equal(lfi_box_map_return(t->box, t->base + TEST_RETURN, &error), 0);
    assert_int_equal(lfi_box_map(t->box, t->base + TEST_DATA, DATA_SIZE, RW, ANON, -1, 0), 0);
    assert_int_equal(lfi_box_map(t->box, t->base + TEST_STACK, STACK_SIZE, RW, ANON, -1, 0), 0);
    assert_int_equal(lfi_context_new(t->box, serve, data, &t->context), 0);
    lfi_context_regs(t->context)->REG_SP = t->base + TEST_STACK + STACK_SIZE;
}

static inline void open_box(struct test_box *t, bool wild, lfi_syscall_fn *serve, void *data)
{
    struct lfi_error error = {{0}};
    struct lfi_space *space;

    assert_int_equal(lfi_faults_install(SIGRTMIN + 3, &error), 0);
    if (test_space_new(&space, 1, &error))
        fail_msg("%s", error.message);
    fill_box(t, space, wild, serve, data);
    t->space = space;
}

static inline void close_box(struct test_box *t)
{
    assert_int_equal(lfi_context_free(t->context), 0);
    assert_int_equal(lfi_box_free(t->box), 0);
    if (t->space) {
        assert_int_equal(lfi_space_free(t->space), 0);
        lfi_faults_remove();
    }
}

/* Runs from a label with an argument, on a fresh stack. */
static inline struct lfi_exit run(struct test_box *t, const char *label, uint64_t argument)
{
    struct lfi_regs *regs = lfi_context_regs(t->context);
    struct lfi_exit exit;

    regs->REG_PC = code_address(t, label);
    regs->REG_ARG0 = argument;
    regs->REG_SP = t->base + TEST_STACK + STACK_SIZE;
    assert_int_equal(lfi_context_run(t->context, &exit), 0);
    return exit;
}

#endif
