// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What is known of registers while instructions pass. */
#include "aarch64.h"

#define FAR_AWAY (1 << 24) /* larger steps are not followed */

static bool set_delta(uint32_t *regs, int32_t *deltas, unsigned reg, int64_t delta)
{
    if (delta > FAR_AWAY || delta < -FAR_AWAY)
        return false;
    *regs |= BIT(reg);
    deltas[reg] = (int32_t)delta;
    return true;
}

static uint32_t same(uint32_t regs, const int32_t *a, const int32_t *b)
{
    uint32_t equal = 0;
    for (uint32_t left = regs; left; left &= left - 1) {
        int reg = __builtin_ctz(left);
        if (a[reg] == b[reg])
            equal |= BIT(reg);
    }
    return equal;
}

bool same_sum(const struct sum *a, const struct sum *b)
{
    return a->kind == b->kind && a->base == b->base &&
           (a->kind == SUM_NUMBER ? a->value == b->value
                                  : a->index == b->index && a->shift == b->shift);
}

bool known_meet(struct known *into, const struct known *other)
{
    uint32_t guarded = same(into->guarded & other->guarded, into->delta, other->delta);
    uint32_t stacked = same(into->stacked & other->stacked, into->stack_delta, other->stack_delta);
    bool less = guarded != into->guarded || stacked != into->stacked;
    into->guarded = guarded;
    into->stacked = stacked;
    if (into->sum.kind != SUM_NONE && !same_sum(&into->sum, &other->sum)) {
        into->sum.kind = SUM_NONE;
        less = true;
    }
    return less;
}

void state_forget(struct aarch64 *a)
{
    a->known.guarded = a->known.stacked = 0;
    a->known.sum.kind = SUM_NONE;
    a->local.paged = 0;
}

static void shift(uint32_t *regs, int32_t *deltas, int64_t step)
{
    for (uint32_t left = *regs; left; left &= left - 1) {
        unsigned reg = (unsigned)__builtin_ctz(left);
        *regs &= ~BIT(reg);
        set_delta(regs, deltas, reg, deltas[reg] + step);
    }
}

void state_guard(struct aarch64 *a, unsigned reg)
{
    struct known *k = &a->known;
    if (k->guarded & BIT(reg)) {
        shift(&k->guarded, k->delta, -(int64_t)k->delta[reg]);
    } else {
        k->guarded = BIT(reg);
        k->delta[reg] = 0;
    }
}

void state_page(struct aarch64 *a, unsigned reg)
{
    a->known.guarded = BIT(reg);
    a->known.delta[reg] = 0;
}

static void state_write(struct aarch64 *a, uint32_t regs)
{
    struct sum *sum = &a->known.sum;
    a->known.guarded &= ~regs;
    a->known.stacked = regs & BIT(SP) ? 0 : a->known.stacked & ~regs;
    a->local.paged &= ~regs;
    if (sum->kind == SUM_REG && (regs & BIT(sum->index)))
        sum->kind = SUM_NONE;
    if (regs & BIT(sum->base))
        sum->kind = SUM_NONE;
}

/* to = from + step */
static void state_move(struct aarch64 *a, unsigned to, unsigned from, int64_t step)
{
    struct known *k = &a->known;
    bool guarded = k->guarded & BIT(from), stacked = from == SP || (k->stacked & BIT(from));
    int64_t delta = guarded ? k->delta[from] + step : 0;
    int64_t stack_delta = from == SP ? step : stacked ? k->stack_delta[from] + step : 0;
    if (to == SP && stacked) {
        uint32_t still = k->stacked;
        shift(&still, k->stack_delta, -stack_delta);
        state_write(a, BIT(SP));
        k->stacked = still;
        return;
    }
    state_write(a, BIT(to));
    if (to == SP)
        return;
    if (guarded)
        set_delta(&k->guarded, k->delta, to, delta);
    if (stacked)
        set_delta(&k->stacked, k->stack_delta, to, stack_delta);
}

void state_step(struct aarch64 *a, unsigned reg, int64_t step)
{
    state_move(a, reg, reg, step);
}

/* `mov xA, xB`, `add xA, xB, #imm` and `sub`: then *to = *from + *step. */
bool insn_moves(const struct insn *in, unsigned *to, unsigned *from, int64_t *step)
{
    const struct operand *o = in->operands;
    if (in->info->class != CLASS_PLAIN || in->count < 2 || !is_general(&o[0]) ||
        o[0].class != REG_X || !is_general(&o[1]) || o[1].class != REG_X)
        return false;
    *to = o[0].reg;
    *from = o[1].reg;
    *step = 0;
    if (in->count == 2)
        return span_is(in->mnemonic, "mov");
    bool minus = span_is(in->mnemonic, "sub");
    if ((!minus && !span_is(in->mnemonic, "add")) || o[2].kind != OPERAND_IMM || !o[2].literal ||
        o[2].value < 0 || o[2].value > 0xffffff)
        return false;
    *step = minus ? -o[2].value : o[2].value;
    if (in->count == 4 && span_is(o[3].text, "lsl #12"))
        *step *= 4096;
    else if (in->count > 3 && !span_is(o[3].text, "lsl #0"))
        return false;
    return true;
}

void state_insn(struct aarch64 *a, const struct insn *in)
{
    const struct address *address = &in->address;
    unsigned to, from;
    int64_t step;
    if (insn_moves(in, &to, &from, &step)) {
        state_move(a, to, from, step);
    } else if (address->mode == ADDRESS_PRE || address->mode == ADDRESS_POST) {
        state_write(a, in->writes & ~BIT(address->base));
        if (address->kind == OFFSET_NUMBER)
            state_step(a, address->base, address->value);
        else
            state_write(a, BIT(address->base));
    } else {
        state_write(a, in->writes);
    }
}

/*
 * A call of a function that keeps the procedure call standard, or of something that may change any
 * register.
 */
void state_call(struct aarch64 *a, bool ordinary)
{
    const uint32_t kept = 0x3ff80000; /* x19 to x29 */
    uint32_t stacked = a->known.stacked & kept, paged = a->local.paged & kept;
    state_forget(a);
    if (ordinary) {
        a->known.stacked = stacked;
        a->local.paged = paged;
    }
}
