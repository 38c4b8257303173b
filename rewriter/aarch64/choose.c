// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Which base x28 guards, where it could be several: the one that is wanted next, and in a loop the
 * one that is wanted most, from before the loop on.
 */
#include "aarch64.h"

#include <stdlib.h>

enum { MAX_SEARCH = 64, MAX_LOOP = 1000 }; /* statements */

/* Does it access memory through a guard in x28, of which register? */
static bool wants_guard(const struct rewriter *r, const struct insn *in, unsigned *base)
{
    const struct address *address = &in->address;
    if (!has_address(in) || address->mode >= ADDRESS_LITERAL || address->base == SP ||
        !is_confined(r, in))
        return false;
    *base = address->base;
    bool index = address->mode == ADDRESS_OFFSET && address->kind == OFFSET_REG;
    bool direct =
        address->mode != ADDRESS_OFFSET || (address->kind == OFFSET_NUMBER && address->value == 0);
    return !index && !(direct && has_direct_form(in));
}

/* Only x28 will do. */
static bool needs_guard(const struct insn *in)
{
    return !has_register_form(in) || in->address.kind == OFFSET_TEXT;
}

static bool is_call(const struct insn *in)
{
    return is_branch(in) && (in->info->class == CLASS_CALL || in->info->class >= CLASS_JUMP_REG) &&
           in->info->class != CLASS_SYSCALL;
}

static void follow_writes(const struct insn *in, uint32_t *regs)
{
    unsigned to, from;
    int64_t step;
    bool moved = insn_moves(in, &to, &from, &step) && (*regs & BIT(from));
    bool stepped = in->address.mode == ADDRESS_PRE || in->address.mode == ADDRESS_POST;
    *regs &= ~(in->writes & ~(stepped ? BIT(in->address.base) : 0));
    if (moved)
        *regs |= BIT(to);
}

bool keep_guard(struct rewriter *r, uint32_t index, unsigned reg)
{
    const struct known *k = &a64(r)->known;
    uint32_t guarded = k->guarded, wanted = BIT(reg);
    unsigned base;
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
        const struct insn *in = s->insn;
        if (is_call(in))
            return false;
        if (wants_guard(r, in, &base) && !(k->stacked & BIT(base))) {
            if (guarded & BIT(base))
                return true;
            if ((wanted & BIT(base)) || needs_guard(in))
                return false;
        }
        follow_writes(in, &guarded);
        follow_writes(in, &wanted);
        if (is_branch(in) && is_local_label(r, in->target) &&
            (in->info->class == CLASS_BRANCH || in->target->statement < index))
            index = in->target->statement;
        else if (aarch64_is_end(in))
            return false;
    }
    return false;
}

/* A loop as text: from a label to the last branch back to it. */
struct loop {
    uint32_t first, last;
};

/* The base whose guard would best stand before the loop; SP if there is none. */
static unsigned best_base(const struct rewriter *r, const struct loop *loop)
{
    unsigned counts[32] = {0}, needed = 0, needs[32] = {0}, best = SP, base;
    uint32_t written = BIT(FRAME); /* that mostly is at a known distance of sp */
    for (uint32_t i = loop->first; i <= loop->last; i++) {
        const struct statement *s = &r->statements[i];
        if (is_gap(s))
            return SP;
        if (s->kind != STATEMENT_INSN)
            continue;
        if (is_call(s->insn) || s->insn->info->class == CLASS_CACHE)
            return SP;
        written |= s->insn->writes;
        if (!wants_guard(r, s->insn, &base))
            continue;
        counts[base]++;
        needs[base] += needs_guard(s->insn);
        needed += needs_guard(s->insn);
    }
    for (base = 0; base < SP; base++)
        if (counts[base] > (best == SP ? 0 : counts[best]) && !(written & BIT(base)) &&
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
            return aarch64_is_end(s->insn) ? NO_STATEMENT : i;
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
        if (a64(r)->choices[i] & CHOICE_NAMED)
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
    struct aarch64 *a = a64(r);
    struct branches *branches = calloc(r->count + (size_t)1, sizeof *branches);
    if (!branches)
        abort(); /* as arena_alloc() does */
    for (uint32_t i = 0; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind != STATEMENT_INSN || !is_branch(s->insn) || !s->insn->target ||
            s->insn->target->statement == NO_STATEMENT)
            continue;
        struct branches *to = &branches[s->insn->target->statement];
        if (!to->last)
            to->first = i;
        to->last = i;
    }
    /* inner loops begin behind those that they are in */
    for (uint32_t i = r->count; i-- > 0;) {
        struct loop loop = {i, branches[i].last};
        if (loop.last <= i || loop.last - i > MAX_LOOP || !can_enter_guarded(r, branches, &loop))
            continue;
        unsigned base = best_base(r, &loop);
        uint32_t entry = entry_of(r, i);
        if (base == SP || entry == NO_STATEMENT || a->guards[entry])
            continue;
        bool inner = false; /* has a loop inside of it another base? */
        for (uint32_t j = i; j <= loop.last; j++)
            inner |= a->guards[j] && a->guards[j] != base + 1;
        if (!inner)
            a->guards[entry] = (uint8_t)(base + 1);
    }
    free(branches);
}
