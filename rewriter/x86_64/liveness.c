// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Is the value of the status flags still needed after a point? A scan forward that
 * follows direct branches to labels of this file. Where it does not know, the value is live.
 */
#include "x86_64.h"

#define BUDGET        400 /* statements that one question may look at */
#define BUDGET_CALLEE 40  /* of them at the beginning of a function */
#define DEPTH         8   /* branches that it may follow */

enum effect { EFFECT_NONE, EFFECT_NEEDS, EFFECT_KILLS };

struct scan {
    struct rewriter *r;
    int budget;
    bool unknown;     /* what to answer where the scan gives up */
    bool told_apart;  /* sets of flags, instead of all or nothing */
    bool up_to_label; /* it ends at one */
    bool returned;    /* by a function elsewhere, of whose flags the psABI says nothing */
};

static enum effect flags_effect(const struct x86_64_insn *in)
{
    switch ((enum flags)in->info->flags) {
    case FLAGS_SET: /* repeated, a comparison may happen not at all */
        return in->info->class == CLASS_STRING && in->prefixes ? EFFECT_NONE : EFFECT_KILLS;
    case FLAGS_USE:
    case FLAGS_UPDATE:
        return EFFECT_NEEDS;
    case FLAGS_SHIFT: {
        const struct operand *count = &in->operands[0];
        bool one = in->count == 1; /* `shll %eax` */
        return in->count && (one || (count->kind == OPERAND_IMM && count->literal &&
                                     (count->value & 31) != 0))
                   ? EFFECT_KILLS
                   : EFFECT_NONE;
    }
    default:
        return EFFECT_NONE;
    }
}

/*
 * Where the answer leads to an error, flags are told apart: `decq` keeps the carry, `btq` the rest.
 * What changes only some of the rest, or nothing at times, is taken for setting all.
 */
enum { CARRY = 1, REST = 2, ALL = CARRY | REST };

static bool ends_with(struct span name, const char *end)
{
    size_t size = strlen(end);
    return name.size >= size && memcmp(name.at + name.size - size, end, size) == 0;
}

/* The flags that it reads. */
static unsigned flags_read(const struct x86_64_insn *in)
{
    static const char *const by_carry[] = {"adc", "sbb", "rcl", "rcr", "cmc", "adcx"};
    static const char *const before_condition[] = {"set", "cmov", "fcmov", "j"};
    static const char *const carry[] = {"b", "c", "ae", "nb", "nc", "nae"};
    static const char *const both[] = {"a", "be", "na", "nbe"};
    struct span name = in->mnemonic;
    if (in->info->flags != FLAGS_USE && in->info->flags != FLAGS_UPDATE)
        return 0;
    for (size_t i = 0; i < sizeof by_carry / sizeof *by_carry; i++)
        if (span_starts(name, by_carry[i]))
            return CARRY;
    if (span_starts(name, "pushf") || span_starts(name, "lahf"))
        return ALL;
    for (size_t i = 0; i < sizeof before_condition / sizeof *before_condition; i++) {
        size_t size = strlen(before_condition[i]);
        if (!span_starts(name, before_condition[i]))
            continue;
        name.at += size;
        name.size -= (uint32_t)size;
        if (i == 1 && name.size > 1 && ends_with(name, "q"))
            name.size--; /* cmovcq; no condition ends with it */
        for (size_t n = 0; n < sizeof carry / sizeof *carry; n++)
            if (span_is(name, carry[n]))
                return CARRY;
        for (size_t n = 0; n < sizeof both / sizeof *both; n++)
            if (span_is(name, both[n]))
                return ALL;
        break;
    }
    return REST;
}

/* The flags that it sets. */
static unsigned flags_set(const struct x86_64_insn *in)
{
    static const char *const only_carry[] = {"bt", "stc", "clc", "cmc", "rcl", "rcr", "rol", "ror"};
    struct span name = in->mnemonic;
    /* `repe cmpsb` keeps them if the count is 0: whoever looks behind it counts on more. */
    if (in->info->flags == FLAGS_KEEP || in->info->flags == FLAGS_USE)
        return 0;
    if (span_starts(name, "inc") || span_starts(name, "dec"))
        return REST;
    for (size_t i = 0; i < sizeof only_carry / sizeof *only_carry; i++)
        if (span_starts(name, only_carry[i]))
            return CARRY;
    return ALL;
}

static bool live_from(struct scan *scan, uint32_t index, int depth, unsigned flags);

static bool live_at_target(struct scan *scan, const struct x86_64_insn *in, int depth,
                           unsigned flags)
{
    const struct symbol *target = symbol_meant(in->target);
    if (!target || target->statement == NO_STATEMENT)
        return false; /* another function: flags do not pass, by the psABI */
    if (depth >= DEPTH)
        return scan->unknown;
    return live_from(scan, target->statement, depth + 1, flags);
}

/* Does a function of this file begin by using flags? By the psABI it does not; by hand it may. */
static bool live_in_callee(struct scan *scan, const struct x86_64_insn *in, int depth,
                           unsigned flags)
{
    int budget = scan->budget < BUDGET_CALLEE ? scan->budget : BUDGET_CALLEE;
    struct scan callee = {.r = scan->r, .budget = budget, .told_apart = true};
    bool live = in->count == 1 && in->operands[0].kind == OPERAND_TARGET &&
                live_at_target(&callee, in, depth, flags);
    scan->budget -= budget - callee.budget;
    return live;
}

/* Is one of these flags used before it is set? */
static bool live_from(struct scan *scan, uint32_t index, int depth, unsigned flags)
{
    const struct rewriter *r = scan->r;
    const struct section *section = index < r->count ? r->statements[index].section : NULL;
    for (uint32_t i = index; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (s->section != section && --scan->budget < 0)
            return scan->unknown;
        if (s->section != section || !s->in_code)
            continue;
        if (s->kind == STATEMENT_LABEL && scan->up_to_label)
            return false;
        if (s->kind == STATEMENT_RAW)
            return scan->unknown;
        if (is_data(s)) /* an instruction as bytes */
            return scan->unknown;
        if (s->kind != STATEMENT_INSN)
            continue;
        if (--scan->budget < 0)
            return scan->unknown;
        const struct x86_64_insn *in = s->insn;
        if (scan->told_apart) {
            /* After such a function `pushfq` can only be meant for the other flags, as DF. */
            if (flags_read(in) & flags && !(scan->returned && span_starts(in->mnemonic, "pushf")))
                return true;
            flags &= ~flags_set(in);
            if (!flags)
                return false;
        } else {
            enum effect effect = flags_effect(in);
            if (effect != EFFECT_NONE)
                return effect == EFFECT_NEEDS;
        }
        switch (in->info->class) {
        case CLASS_CALL:
            return live_in_callee(scan, in, depth, flags);
        case CLASS_RETURN:
        case CLASS_STOP:
            return false;
        case CLASS_JUMP:
            scan->up_to_label = false;
            return live_at_target(scan, in, depth, flags);
        case CLASS_BRANCH:
        case CLASS_SHORT:
        case CLASS_SHORT32:
            if (!scan->up_to_label && live_at_target(scan, in, depth, flags))
                return true;
            break;
        default:
            break;
        }
    }
    return false;
}

bool flags_live_before(struct rewriter *r, uint32_t index)
{
    struct scan scan = {.r = r, .budget = BUDGET, .unknown = true};
    return live_from(&scan, index, 0, ALL);
}

bool flags_live_after(struct rewriter *r, uint32_t index)
{
    return flags_live_before(r, index + 1);
}

/* Is there a return on the straight way through a function of this file? */
static bool comes_back(const struct rewriter *r, const struct symbol *function)
{
    uint32_t first = function ? function->statement : NO_STATEMENT;
    for (uint32_t i = first; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (s->section != r->statements[first].section || !s->in_code)
            continue;
        if (s->kind == STATEMENT_LABEL && i > first && (s->symbol->function || s->symbol->global))
            return false;
        if (s->kind != STATEMENT_INSN)
            continue;
        unsigned class = ((const struct x86_64_insn *)s->insn)->info->class;
        if (class == CLASS_RETURN || class == CLASS_JUMP || class == CLASS_STOP)
            return class == CLASS_RETURN;
    }
    return false;
}

bool flags_used_behind(struct rewriter *r, uint32_t index)
{
    const struct symbol *function =
        symbol_meant(((const struct x86_64_insn *)r->statements[index].insn)->target);
    struct scan scan = {.r = r,
                        .budget = BUDGET,
                        .told_apart = true,
                        .up_to_label = !comes_back(r, function),
                        .returned = !function || function->statement == NO_STATEMENT};
    return live_from(&scan, index + 1, 0, ALL);
}

bool rest_of_flags_used_behind(struct rewriter *r, uint32_t index)
{
    struct scan scan = {.r = r, .budget = BUDGET, .told_apart = true};
    return live_from(&scan, index + 1, 0, REST);
}

bool flags_wanted_at_taken_label(struct rewriter *r)
{
    struct wanted *wanted = &x86(r)->at_taken_labels;
    for (uint32_t i = 0; i < r->count && !wanted->known; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind != STATEMENT_LABEL || !s->in_code || !s->symbol->taken || s->symbol->function)
            continue;
        struct scan scan = {.r = r, .budget = BUDGET, .told_apart = true};
        wanted->flags |= live_from(&scan, i, 0, ALL);
    }
    wanted->known = true;
    return wanted->flags;
}
