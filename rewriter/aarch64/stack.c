// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Writes to sp by instructions that do not access memory. */
#include "aarch64.h"

#include <stdio.h>
#include <stdlib.h>

bool confines_stack(const struct rewriter *r)
{
    return r->options->mode != LFI_MODE_JUMPS;
}

static void guard_stack(struct rewriter *r)
{
    put_op(r, "add\tsp, x27, w26, uxtw");
    r->guards->known.sum.kind = SUM_NONE;
}

/* x26 = reg + value */
static void put_scratch(struct rewriter *r, const char *from, int64_t value)
{
    const char *op = value < 0 ? "sub" : "add";
    long long size = llabs(value);
    if (size >= 4096) {
        put_op(r, "%s\tx26, %s, #%lld, lsl #12", op, from, size >> 12);
        from = "x26";
    }
    if (size < 4096 || size % 4096)
        put_op(r, "%s\tx26, %s, #%lld", op, from, size % 4096);
}

void put_stack_step(struct rewriter *r, int64_t value)
{
    if (value > 0 && value <= 255) {
        put_op(r, "ldr\txzr, [sp], #%lld", (long long)value);
    } else if (value > 0 && value <= 504 && value % 8 == 0) {
        put_op(r, "ldp\txzr, x26, [sp], #%lld", (long long)value);
        r->guards->known.sum.kind = SUM_NONE;
    } else if (value != 0) {
        put_scratch(r, "sp", value);
        guard_stack(r);
    }
}

/* What an access through sp means to a step that waits for its check. */
enum check { CHECK_NOTHING, CHECK_DONE, CHECK_LOST };

static enum check check_access(const struct aarch64_insn *in, bool down)
{
    const struct address *address = &in->address;
    bool store = in->info->access == ACCESS_W;
    bool back = address->mode == ADDRESS_PRE || address->mode == ADDRESS_POST;
    bool ordered = span_starts(in->mnemonic, "stlr") || span_starts(in->mnemonic, "ldar");
    bool plain = (in->info->class >= CLASS_SINGLE && in->info->class <= CLASS_PAIR &&
                  in->info->class != CLASS_PREFETCH) ||
                 in->info->class == CLASS_STRUCTURE || ordered;
    if (!plain || address->mode >= ADDRESS_LITERAL || address->base != SP ||
        address->kind != OFFSET_NUMBER || in->info->access == ACCESS_RW)
        return back && address->base == SP ? CHECK_LOST : CHECK_NOTHING;
    if (store || (!down && address->value >= 0))
        return CHECK_DONE;
    return back ? CHECK_LOST : CHECK_NOTHING;
}

/*
 * Does an access check the step that this statement makes, before sp is written again or a branch?
 */
static bool is_checked(const struct rewriter *r, uint32_t index, bool down)
{
    for (uint32_t i = index + 1; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (is_gap(s))
            return false;
        if (s->kind != STATEMENT_INSN)
            continue;
        const struct aarch64_insn *in = s->insn;
        if (is_branch(&in->flow) || in->info->class == CLASS_INST)
            return false;
        if (has_address(in)) {
            enum check check = check_access(in, down);
            if (check != CHECK_NOTHING)
                return check == CHECK_DONE;
        }
        if (in->flow.writes & BIT(SP))
            return false;
    }
    return false;
}

/* Any other operation: the same to x26, then a guard. */
static void put_operation(struct rewriter *r, const struct aarch64_insn *in)
{
    const struct operand *o = in->operands;
    const char *last = o[in->count - 1].text.at + o[in->count - 1].text.size;
    struct span rest = {o[0].text.at + o[0].text.size, 0};
    rest.size = (uint32_t)(last - rest.at);
    put_op(r, "%.*s\t%c26%.*s", SPAN(in->mnemonic), o[0].class == REG_W ? 'w' : 'x', SPAN(rest));
    guard_stack(r);
}

void rewrite_sp_write(struct rewriter *r, uint32_t index)
{
    struct guards *g = r->guards;
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    unsigned from = in->flow.from;
    int64_t step = in->flow.step;
    char base[8];
    if (in->flow.move != MOVE_REGISTER) {
        put_operation(r, in);
    } else if (from == SP) {
        if (step >= -LFI_STACK_REACH && step <= LFI_STACK_REACH && step != 0 &&
            is_checked(r, index, step < 0))
            put_original(r, s);
        else if (step < 0 && step >= -256)
            put_op(r, "str\txzr, [sp, #%lld]!", (long long)step);
        else
            put_stack_step(r, step);
    } else if (step == 0) {
        put_op(r, "add\tsp, x27, w%u, uxtw", from);
    } else {
        snprintf(base, sizeof base, "x%u", from);
        put_scratch(r, base, step);
        guard_stack(r);
    }
    known_insn_done(g, &in->flow);
}
