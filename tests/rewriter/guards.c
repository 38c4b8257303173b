// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What rewriter/guards/ knows of registers, for an architecture that is not one of ours: its stack
 * pointer is register 2, so nothing here rests on AArch64's numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../rewriter/guards/guards.h"

enum { SP = 2, FP = 8, SAVED = 9 };

static const struct guard_rules rules = {
    .stack_pointer = SP, .frame_pointer = FP, .insn_size = 2, .kept = BIT(FP) | BIT(SAVED)};

static struct guards guards_for_test(void)
{
    return (struct guards){.rules = &rules};
}

static void step(struct guards *g, unsigned to, unsigned from, int64_t distance)
{
    struct flow_insn in = {.move = MOVE_REGISTER,
                           .to = (uint8_t)to,
                           .from = (uint8_t)from,
                           .step = distance,
                           .writes = BIT(to)};
    known_insn_done(g, &in);
}

static void distances_follow_moves(void **state)
{
    (void)state;
    struct guards g = guards_for_test();
    known_guard(&g, 5);
    step(&g, 6, 5, 16);
    step(&g, 5, 5, -8);
    assert_int_equal(g.known.guarded, BIT(5) | BIT(6));
    assert_int_equal(g.known.delta[5], -8);
    assert_int_equal(g.known.delta[6], 16);
    known_guard(&g, 6); /* the address register becomes register 6: others are relative to that */
    assert_int_equal(g.known.delta[6], 0);
    assert_int_equal(g.known.delta[5], -24);
    known_insn_done(&g, &(struct flow_insn){.writes = BIT(6)});
    assert_int_equal(g.known.guarded, BIT(5));
    step(&g, 7, 5, (int64_t)1 << 40); /* too far away to be followed */
    assert_int_equal(g.known.guarded, BIT(5));
    known_guard(&g, 9); /* of a register that is not known: nothing else stays */
    assert_int_equal(g.known.guarded, BIT(9));
}

static void the_stack_pointer_is_the_architectures(void **state)
{
    (void)state;
    struct guards g = guards_for_test();
    step(&g, FP, SP, 32);
    step(&g, 31, SP, 8); /* AArch64's number for sp is a register like any other here */
    step(&g, SP, SP, -16);
    assert_int_equal(g.known.stacked, BIT(FP) | BIT(31));
    assert_int_equal(g.known.stack_delta[FP], 48);
    assert_int_equal(g.known.stack_delta[31], 24);
    known_call(&g, true);
    assert_int_equal(g.known.stacked, BIT(FP)); /* what a function keeps */
    known_call(&g, false);
    assert_int_equal(g.known.stacked, 0);
    step(&g, FP, SP, 0);
    known_insn_done(&g, &(struct flow_insn){.writes = BIT(SP)}); /* from somewhere else */
    assert_int_equal(g.known.stacked, 0);
}

static void accesses_step_their_base(void **state)
{
    (void)state;
    struct guards g = guards_for_test();
    known_guard(&g, 5);
    struct flow_insn in = {
        .move = MOVE_BASE, .base = 5, .step = 8, .writes = BIT(5) | BIT(6), .reads = BIT(5)};
    known_insn_done(&g, &in);
    assert_int_equal(g.known.guarded, BIT(5));
    assert_int_equal(g.known.delta[5], 8);
    in.move = MOVE_BASE_UNKNOWN;
    known_insn_done(&g, &in);
    assert_int_equal(g.known.guarded, 0);
}

static void meeting_leaves_what_both_know(void **state)
{
    (void)state;
    struct guards a = guards_for_test(), b = guards_for_test();
    known_guard(&a, 5);
    step(&a, 6, 5, 8);
    b.known = a.known;
    assert_false(known_meet(&a.known, &b.known));
    step(&b, 6, 6, 8);
    a.known.sum = (struct sum){.kind = SUM_NUMBER, .base = 5, .value = 4};
    assert_true(known_meet(&a.known, &b.known));
    assert_int_equal(a.known.guarded, BIT(5));
    assert_int_equal(a.known.sum.kind, SUM_NONE);
    assert_false(known_meet(&a.known, &b.known)); /* and no less the second time */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_follow_moves),
        cmocka_unit_test(the_stack_pointer_is_the_architectures),
        cmocka_unit_test(accesses_step_their_base),
        cmocka_unit_test(meeting_leaves_what_both_know),
    };
    return cmocka_run_group_tests_name("rewriter guards", tests, NULL, NULL);
}
