// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Is the value of the status flags, or of %r11, still needed after a point? A scan forward that
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
    bool leaves;  /* it came to code that is not known: another function, an indirect branch */
};

bool operand_names_r11(const struct operand *o)
{
    return (o->kind == OPERAND_REG && is_gpr_number(o->reg, NUMBER_R11)) ||
           (o->kind == OPERAND_MEM &&
            (is_gpr_number(o->base, NUMBER_R11) || is_gpr_number(o->index, NUMBER_R11)));
}

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

static enum effect r11_effect(const struct x86_64_insn *in)
{
    if (!insn_names_r11(in))
        return EFFECT_NONE;
    const struct operand *last = &in->operands[in->count - 1];
    bool written = last->kind == OPERAND_REG && is_gpr_number(last->reg, NUMBER_R11) &&
                   register_width(last->reg) >= 4;
    if (in->count == 2 && in->operands[0].kind == OPERAND_REG && written &&
        in->operands[0].reg == last->reg &&
        (span_starts(in->mnemonic, "xor") || span_starts(in->mnemonic, "sub")))
        return EFFECT_KILLS;
    for (unsigned i = 0; i + 1 < in->count; i++)
        if (operand_names_r11(&in->operands[i]))
            return EFFECT_NEEDS;
    bool replaced = in->info->access == ACCESS_WRITE || in->info->access == ACCESS_LEA ||
                    (in->count == 3 && span_starts(in->mnemonic, "imul"));
    if (written && replaced && in->info->class != CLASS_MASKED)
        return EFFECT_KILLS;
    /* a narrow write keeps the rest: as if it were not there */
    if (last->kind == OPERAND_REG && in->info->access == ACCESS_WRITE)
        return EFFECT_NONE;
    return EFFECT_NEEDS;
}

static bool live_from(struct scan *scan, uint32_t index, int depth);

static bool live_at_target(struct scan *scan, const struct x86_64_insn *in, int depth)
{
    const struct symbol *target = in->target;
    if (!target || target->statement == NO_STATEMENT) {
        scan->leaves = true;
        return false; /* another function: neither flags nor r11 pass, by the psABI */
    }
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
        if (is_data(s) && scan->effect != r11_effect) /* an instruction as bytes */
            return scan->unknown;
        if (s->kind != STATEMENT_INSN)
            continue;
        if (--scan->budget < 0)
            return scan->unknown;
        const struct x86_64_insn *in = s->insn;
        enum effect effect = scan->effect(in);
        if (effect != EFFECT_NONE)
            return effect == EFFECT_NEEDS;
        if (!scan->unknown && scan->effect == r11_effect && insn_names_r11(in))
            return false; /* a narrow write, of which the reader may want no more */
        switch (in->info->class) {
        case CLASS_CALL:
            scan->leaves = true;
            return false;
        case CLASS_RETURN: /* itself it needs r11 */
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
        case CLASS_SYSCALL:
            if (scan->effect == r11_effect)
                return false;
            break;
        default:
            break;
        }
    }
    scan->leaves = true;
    return false;
}

bool flags_live_before(struct rewriter *r, uint32_t index)
{
    struct scan scan = {r, flags_effect, BUDGET, true, false};
    return live_from(&scan, index, 0);
}

bool flags_live_after(struct rewriter *r, uint32_t index)
{
    return flags_live_before(r, index + 1);
}

/*
 * Did the straight-line code before statement `index` write r11, and nothing read it since, `index`
 * itself included? By the psABI such a value is dead where the code leaves for another function;
 * who writes it by hand may mean to pass it.
 */
static bool r11_unread(const struct rewriter *r, uint32_t index)
{
    if (r11_effect(r->statements[index].insn) == EFFECT_NEEDS)
        return false;
    int budget = BUDGET;
    for (uint32_t i = index; i-- > 0 && budget > 0;) {
        const struct statement *s = &r->statements[i];
        if (!s->in_code)
            continue;
        if (s->kind == STATEMENT_RAW)
            return false;
        if (s->kind != STATEMENT_INSN)
            continue;
        budget--;
        const struct x86_64_insn *in = s->insn;
        switch (in->info->class) {
        case CLASS_CALL: /* does not keep it */
        case CLASS_SYSCALL:
        case CLASS_RETURN:
        case CLASS_STOP:
        case CLASS_JUMP:
            return false;
        default:
            break;
        }
        for (unsigned k = 0; k < in->count; k++)
            if (in->operands[k].kind == OPERAND_REG &&
                is_gpr_number(in->operands[k].reg, NUMBER_R11) &&
                (operand_written(in, k) || in->info->access == ACCESS_LEA))
                return true;
        if (insn_names_r11(in))
            return false;
    }
    return false;
}

/* What does code at labels whose address is taken, as in a jump table, want to find? */
static const struct wanted *wanted_at_taken_labels(struct rewriter *r)
{
    struct wanted *wanted = &x86(r)->at_taken_labels;
    for (uint32_t i = 0; i < r->count && !wanted->known; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind != STATEMENT_LABEL || !s->in_code || !s->symbol->taken || s->symbol->function)
            continue;
        struct scan r11 = {r, r11_effect, BUDGET, false, false};
        struct scan flags = {r, flags_sure_effect, BUDGET, false, false};
        wanted->r11 |= live_from(&r11, i, 0);
        wanted->flags |= live_from(&flags, i, 0);
    }
    wanted->known = true;
    return wanted;
}

bool flags_wanted_at_taken_label(struct rewriter *r)
{
    return wanted_at_taken_labels(r)->flags;
}

bool r11_live_after(struct rewriter *r, uint32_t index)
{
    struct scan scan = {r, r11_effect, BUDGET, true, false};
    if (!x86(r)->uses_r11)
        return false;
    const struct x86_64_insn *in = r->statements[index].insn;
    unsigned class = in->info->class;
    if (class == CLASS_CALL) /* of a function, which by the psABI gets nothing in r11 */
        return false;
    if (class == CLASS_JUMP) /* to anywhere: what follows does not matter */
        return r11_unread(r, index) || wanted_at_taken_labels(r)->r11;
    return live_from(&scan, index + 1, 0) || (scan.leaves && r11_unread(r, index));
}

bool r11_surely_live_after(struct rewriter *r, uint32_t index)
{
    struct scan scan = {r, r11_effect, BUDGET, false, false};
    return x86(r)->uses_r11 && live_from(&scan, index + 1, 0);
}

bool r11_free(struct rewriter *r, uint32_t index, const char *what)
{
    const struct statement *s = &r->statements[index];
    if (!x86(r)->uses_r11 || !r11_live_after(r, index))
        return true;
    report_error(
        r, s, s->where,
        "%s needs %%r11 as scratch, but its value may be used later: keep it in another register",
        what);
    return false;
}
