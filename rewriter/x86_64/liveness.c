// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Is the value of the status flags still needed after a point? A scan forward that
 * follows direct branches to labels of this file. Where it does not know, the value is live.
 */
#include "x86_64.h"

#define BUDGET 400 /* statements that one question may look at */
#define DEPTH  8   /* branches that it may follow */

enum effect { EFFECT_NONE, EFFECT_NEEDS, EFFECT_KILLS };

struct scan {
    struct rewriter *r;
    enum effect (*effect)(const struct x86_64_insn *in);
    int budget;
    bool unknown; /* what to answer where the scan gives up */
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

/* The same where the answer leads to an error: what changes some flags is taken for setting all. */
static enum effect flags_sure_effect(const struct x86_64_insn *in)
{
    switch ((enum flags)in->info->flags) {
    case FLAGS_SET:
    case FLAGS_PART:
    case FLAGS_SHIFT:
        return EFFECT_KILLS;
    default:
        return flags_effect(in);
    }
}

static bool live_from(struct scan *scan, uint32_t index, int depth);

static bool live_at_target(struct scan *scan, const struct x86_64_insn *in, int depth)
{
    const struct symbol *target = in->target;
    if (!target || target->statement == NO_STATEMENT)
        return false; /* another function: flags do not pass, by the psABI */
    if (depth >= DEPTH)
        return scan->unknown;
    return live_from(scan, target->statement, depth + 1);
}

static bool live_from(struct scan *scan, uint32_t index, int depth)
{
    const struct rewriter *r = scan->r;
    const struct section *section = index < r->count ? r->statements[index].section : NULL;
    for (uint32_t i = index; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (s->section != section && --scan->budget < 0)
            return scan->unknown;
        if (s->section != section || !s->in_code)
            continue;
        if (s->kind == STATEMENT_RAW)
            return scan->unknown;
        if (is_data(s)) /* an instruction as bytes */
            return scan->unknown;
        if (s->kind != STATEMENT_INSN)
            continue;
        if (--scan->budget < 0)
            return scan->unknown;
        const struct x86_64_insn *in = s->insn;
        enum effect effect = scan->effect(in);
        if (effect != EFFECT_NONE)
            return effect == EFFECT_NEEDS;
        switch (in->info->class) {
        case CLASS_CALL:
        case CLASS_RETURN:
        case CLASS_STOP:
            return false;
        case CLASS_JUMP:
            return live_at_target(scan, in, depth);
        case CLASS_BRANCH:
        case CLASS_SHORT:
        case CLASS_SHORT32:
            if (live_at_target(scan, in, depth))
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
    struct scan scan = {r, flags_effect, BUDGET, true};
    return live_from(&scan, index, 0);
}

bool flags_live_after(struct rewriter *r, uint32_t index)
{
    return flags_live_before(r, index + 1);
}

bool flags_used_behind(const struct rewriter *r, uint32_t index)
{
    for (uint32_t i = index + 1; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (s->section != r->statements[index].section)
            continue;
        if (s->kind == STATEMENT_LABEL || s->kind == STATEMENT_RAW || is_data(s))
            return false;
        if (s->kind != STATEMENT_INSN)
            continue;
        const struct x86_64_insn *in = s->insn;
        enum effect effect = flags_sure_effect(in);
        if (effect != EFFECT_NONE || in->info->class == CLASS_CALL ||
            in->info->class == CLASS_JUMP || in->info->class == CLASS_RETURN)
            return effect == EFFECT_NEEDS;
    }
    return false;
}

bool flags_wanted_at_taken_label(struct rewriter *r)
{
    struct wanted *wanted = &x86(r)->at_taken_labels;
    for (uint32_t i = 0; i < r->count && !wanted->known; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind != STATEMENT_LABEL || !s->in_code || !s->symbol->taken || s->symbol->function)
            continue;
        struct scan flags = {r, flags_sure_effect, BUDGET, false};
        wanted->flags |= live_from(&flags, i, 0);
    }
    wanted->known = true;
    return wanted->flags;
}
