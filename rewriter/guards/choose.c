// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Which base x28 guards, where it could be several: the one that is wanted next, and in a loop the
 * one that is wanted most, from before the loop on.
 */
#include "guards.h"

enum { MAX_SEARCH = 64, MAX_LOOP = 1000 }; /* statements */

/* Is nothing known of the address register after it? */
static bool loses_guards(const struct flow_insn *in)
{
    return in->kind == FLOW_CALL || in->kind == FLOW_INDIRECT;
}

static void follow_writes(const struct flow_insn *in, uint32_t *regs)
{
    bool moved = in->move == MOVE_REGISTER && (*regs & BIT(in->from));
    bool stepped = in->move == MOVE_BASE || in->move == MOVE_BASE_UNKNOWN;
    *regs &= ~(in->writes & ~(stepped ? BIT(in->base) : 0));
    if (moved)
        *regs |= BIT(in->to);
}

bool keep_guard(struct rewriter *r, uint32_t index, unsigned reg)
{
    const struct known *k = &r->guards->known;
    uint32_t guarded = k->guarded, wanted = BIT(reg);
    if (!guarded || (guarded & wanted))
        return false;
    follow_writes(r->statements[index].insn, &guarded);
    follow_writes(r->statements[index].insn, &wanted);
    for (unsigned steps = 0; steps < MAX_SEARCH && guarded; steps++) {
        if (++index >= r->count)
            return false;
        const struct statement *s = &r->statements[index];
        if (is_gap(s))
            return false;
        if (s->kind != STATEMENT_INSN)
            continue;
        const struct flow_insn *in = s->insn;
        if (loses_guards(in))
            return false;
        if (in->wants_guard && !(k->stacked & BIT(in->base))) {
            if (guarded & BIT(in->base))
                return true;
            if ((wanted & BIT(in->base)) || in->needs_guard)
                return false;
        }
        follow_writes(in, &guarded);
        follow_writes(in, &wanted);
        if (is_branch(in) && is_local_label(r, in->target) &&
            (in->kind == FLOW_JUMP || in->target->statement < index))
            index = in->target->statement;
        else if (is_flow_end(in))
            return false;
    }
    return false;
}

/* A loop as text: from a label to the last branch back to it. */
struct loop {
    uint32_t first, last;
};

enum { NO_BASE = 32 };

/* The base that is best guarded before the loop; NO_BASE if there is none. */
static unsigned best_base(const struct rewriter *r, const struct loop *loop)
{
    const struct guard_rules *rules = r->guards->rules;
    unsigned counts[32] = {0}, needed = 0, needs[32] = {0}, best = NO_BASE;
    /* the frame pointer mostly is at a known distance of the stack pointer */
    uint32_t written = BIT(rules->frame_pointer) | BIT(rules->stack_pointer);
    for (uint32_t i = loop->first; i <= loop->last; i++) {
        const struct statement *s = &r->statements[i];
        if (is_gap(s))
            return NO_BASE;
        if (s->kind != STATEMENT_INSN)
            continue;
        const struct flow_insn *in = s->insn;
        if (loses_guards(in) || in->guards_other)
            return NO_BASE;
        written |= in->writes;
        if (!in->wants_guard)
            continue;
        counts[in->base]++;
        needs[in->base] += in->needs_guard;
        needed += in->needs_guard;
    }
    for (unsigned base = 0; base < 32; base++)
        if (counts[base] > (best == NO_BASE ? 0 : counts[best]) && !(written & BIT(base)) &&
            needs[base] == needed)
            best = base;
    return best;
}

/* The instruction that runs on into the label; NO_STATEMENT if none does. */
static uint32_t entry_of(const struct rewriter *r, uint32_t label)
{
    for (uint32_t i = label; i-- > 0;) {
        const struct statement *s = &r->statements[i];
        if (s->kind == STATEMENT_INSN)
            return is_flow_end(s->insn) ? NO_STATEMENT : i;
        if (is_gap(s))
            return NO_STATEMENT;
        if (s->kind == STATEMENT_LABEL && !is_local_label(r, s->symbol))
            return NO_STATEMENT;
    }
    return NO_STATEMENT;
}

/* The branches into loops: for each label, the first and last that go to it. */
struct branches {
    uint32_t first, last;
};

/* Are all ways into the loop such that a guard can stand before it? */
static bool can_enter_guarded(struct rewriter *r, const struct branches *branches,
                              const struct loop *loop)
{
    for (uint32_t i = loop->first; i <= loop->last; i++) {
        const struct statement *s = &r->statements[i];
        if (r->guards->choices[i] & CHOICE_NAMED)
            return false;
        if (s->kind != STATEMENT_LABEL)
            continue;
        if (!is_local_label(r, s->symbol) || branches[i].last > loop->last ||
            (s->symbol->branched && branches[i].first < loop->first))
            return false;
    }
    return true;
}

void find_loops(struct rewriter *r)
{
    struct guards *g = r->guards;
    struct branches *branches = arena_zeroed(&r->arena, (r->count + (size_t)1) * sizeof *branches);
    for (uint32_t i = 0; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        const struct flow_insn *in = s->kind == STATEMENT_INSN ? s->insn : NULL;
        if (!in || !is_branch(in) || !in->target || in->target->statement == NO_STATEMENT)
            continue;
        struct branches *to = &branches[in->target->statement];
        if (!to->last)
            to->first = i;
        to->last = i;
    }
    /* inner loops begin after the loops that they are in */
    for (uint32_t i = r->count; i-- > 0;) {
        struct loop loop = {i, branches[i].last};
        if (loop.last <= i || loop.last - i > MAX_LOOP || !can_enter_guarded(r, branches, &loop))
            continue;
        unsigned base = best_base(r, &loop);
        uint32_t entry = entry_of(r, i);
        if (base == NO_BASE || entry == NO_STATEMENT || g->planned[entry])
            continue;
        bool inner = false; /* has a loop inside of it another base? */
        for (uint32_t j = i; j <= loop.last; j++)
            inner |= g->planned[j] && g->planned[j] != base + 1;
        if (!inner)
            g->planned[entry] = (uint8_t)(base + 1);
    }
}
