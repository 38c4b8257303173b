// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What is known of registers while instructions pass. */
#include "guards.h"

#define FAR_AWAY (1 << 24) /* larger distances are not followed */

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

void known_forget(struct guards *g)
{
    g->known.guarded = g->known.stacked = 0;
    g->known.sum.kind = SUM_NONE;
    g->local.paged = 0;
}

static void shift(uint32_t *regs, int32_t *deltas, int64_t step)
{
    for (uint32_t left = *regs; left; left &= left - 1) {
        unsigned reg = (unsigned)__builtin_ctz(left);
        *regs &= ~BIT(reg);
        set_delta(regs, deltas, reg, deltas[reg] + step);
    }
}

void known_guard(struct guards *g, unsigned reg)
{
    struct known *k = &g->known;
    if (k->guarded & BIT(reg)) {
        shift(&k->guarded, k->delta, -(int64_t)k->delta[reg]);
    } else {
        k->guarded = BIT(reg);
        k->delta[reg] = 0;
    }
}

void known_page(struct guards *g, unsigned reg)
{
    g->known.guarded = BIT(reg);
    g->known.delta[reg] = 0;
}

static void write_registers(struct guards *g, uint32_t regs)
{
    struct sum *sum = &g->known.sum;
    unsigned sp = g->rules->stack_pointer;
    g->known.guarded &= ~regs;
    g->known.stacked = regs & BIT(sp) ? 0 : g->known.stacked & ~regs;
    g->local.paged &= ~regs;
    if (sum->kind == SUM_REG && (regs & BIT(sum->index)))
        sum->kind = SUM_NONE;
    if (regs & BIT(sum->base))
        sum->kind = SUM_NONE;
}

/* to = from + step */
static void move(struct guards *g, unsigned to, unsigned from, int64_t step)
{
    struct known *k = &g->known;
    unsigned sp = g->rules->stack_pointer;
    bool guarded = k->guarded & BIT(from), stacked = from == sp || (k->stacked & BIT(from));
    int64_t delta = guarded ? k->delta[from] + step : 0;
    int64_t stack_delta = from == sp ? step : stacked ? k->stack_delta[from] + step : 0;
    if (to == sp && stacked) {
        uint32_t still = k->stacked;
        shift(&still, k->stack_delta, -stack_delta);
        write_registers(g, BIT(sp));
        k->stacked = still;
        return;
    }
    write_registers(g, BIT(to));
    if (to == sp)
        return;
    if (guarded)
        set_delta(&k->guarded, k->delta, to, delta);
    if (stacked)
        set_delta(&k->stacked, k->stack_delta, to, stack_delta);
}

void known_step(struct guards *g, unsigned reg, int64_t step)
{
    move(g, reg, reg, step);
}

void known_insn_done(struct guards *g, const struct flow_insn *in)
{
    switch ((enum move_kind)in->move) {
    case MOVE_REGISTER:
        move(g, in->to, in->from, in->step);
        break;
    case MOVE_BASE:
        write_registers(g, in->writes & ~BIT(in->base));
        known_step(g, in->base, in->step);
        break;
    case MOVE_BASE_UNKNOWN:
        write_registers(g, in->writes | BIT(in->base));
        break;
    case MOVE_NONE:
        write_registers(g, in->writes);
    }
}

void known_call(struct guards *g, bool ordinary)
{
    uint32_t kept = g->rules->kept;
    uint32_t stacked = g->known.stacked & kept, paged = g->local.paged & kept;
    known_forget(g);
    if (ordinary) {
        g->known.stacked = stacked;
        g->local.paged = paged;
    }
}

void guard(struct rewriter *r, unsigned reg)
{
    const struct known *k = &r->guards->known;
    if ((k->guarded & BIT(reg)) && k->delta[reg] == 0)
        return;
    r->guards->rules->put_guard(r, reg);
    known_guard(r->guards, reg);
}
