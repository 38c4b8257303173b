// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Memory operands: the forms with a base that is not written, and those with one that is. */
#include "aarch64.h"

#include <stdlib.h>

static const struct span no_text;

void put_step(struct rewriter *r, unsigned reg, int64_t value)
{
    const char *op = value < 0 ? "sub" : "add";
    if (value != 0)
        put_op(r, "%s\tx%u, x%u, #%lld", op, reg, reg, llabs(value));
    known_step(r->guards, reg, value);
}

/* Accesses [sp]: the step is made on its own. */
static void put_at_stack(struct rewriter *r, const struct aarch64_insn *in)
{
    put_access(r, in, NULL, "[sp]");
}

/* The base is sp, which is written in a form that does not verify, or an index is added. */
static void rewrite_stack_access(struct rewriter *r, uint32_t index)
{
    struct guards *g = r->guards;
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    const struct address *address = &in->address;
    bool by_reg = address->kind == OFFSET_REG;
    if (address->mode == ADDRESS_OFFSET && by_reg) {
        put_indexed(r, index);
        known_insn_done(g, &in->flow);
    } else if (address->mode == ADDRESS_OFFSET ||
               (address->kind == OFFSET_NUMBER &&
                (in->info->access == ACCESS_W || address->value >= 0))) {
        put_original(r, s);
        known_insn_done(g, &in->flow);
    } else if (address->kind == OFFSET_TEXT) {
        refuse(r, s, "the step of sp must be a number");
    } else if (address->mode == ADDRESS_PRE) {
        put_stack_step(r, address->value);
        put_at_stack(r, in);
        known_insn_done(g, &in->flow);
    } else {
        put_at_stack(r, in);
        if (by_reg) {
            put_op(r, "add\tx26, sp, x%u", address->index);
            put_op(r, "add\tsp, x27, w26, uxtw");
        } else {
            put_stack_step(r, address->value);
        }
        g->known.sum.kind = SUM_NONE;
        known_insn_done(g, &in->flow);
    }
}

static void rewrite_written_base(struct rewriter *r, uint32_t index)
{
    struct guards *g = r->guards;
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    const struct address *address = &in->address;
    unsigned base = address->base;
    if (address->kind == OFFSET_TEXT) {
        refuse(r, s, "the step of a base that is written must be a number");
        return;
    }
    for (unsigned i = 0; i < in->count; i++)
        if (is_general(&in->operands[i]) && in->operands[i].reg == base) {
            refuse(r, s, "the processor does not define what happens to x%u here", base);
            return;
        }
    if (address->mode == ADDRESS_POST) {
        put_based(r, index, base, 0, no_text);
        if (address->kind == OFFSET_REG)
            put_op(r, "add\tx%u, x%u, x%u", base, base, address->index);
        else if (address->value)
            put_op(r, "%s\tx%u, x%u, #%lld", address->value < 0 ? "sub" : "add", base, base,
                   llabs(address->value));
        known_insn_done(g, &in->flow);
        return;
    }
    put_step(r, base, address->value);
    put_based(r, index, base, 0, no_text);
    struct aarch64_insn rest = *in;
    rest.flow.writes &= ~BIT(base);
    rest.flow.move = MOVE_NONE;
    known_insn_done(g, &rest.flow);
}

/* ldraa, ldrab: the base is authenticated, then loaded from. */
static void rewrite_auth_load(struct rewriter *r, uint32_t index)
{
    struct guards *g = r->guards;
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    const struct address *address = &in->address;
    char key = in->mnemonic.at[in->mnemonic.size - 1];
    if (address->kind != OFFSET_NUMBER || address->base == SP) {
        refuse(r, s, "this address is not supported");
        return;
    }
    put_op(r, "mov\tx26, x%u", address->base);
    put_op(r, "autdz%c\tx26", key);
    if (address->mode == ADDRESS_PRE && address->value)
        put_op(r, "add\tx26, x26, #%lld", (long long)address->value);
    if (address->mode == ADDRESS_PRE)
        put_op(r, "mov\tx%u, x26", address->base);
    g->known.sum.kind = SUM_NONE;
    if (is_confined(r, in)) {
        if (address->mode == ADDRESS_OFFSET && address->value) {
            put_op(r, "%s\tx26, x26, #%lld", address->value < 0 ? "sub" : "add",
                   llabs(address->value));
        }
        put_access(r, in, "ldr", "[x27, w26, uxtw]");
    } else {
        put_access(r, in, "ldr", "[x26, #%lld]",
                   address->mode == ADDRESS_PRE ? 0LL : (long long)address->value);
    }
    known_insn_done(g, &in->flow);
}

/* ldtr and sttr that transfer their own base are unpredictable; with x28 as the base they are not.
 */
static bool is_unpredictable(const struct aarch64_insn *in)
{
    const struct operand *o = &in->operands[0];
    return in->info->class == CLASS_UNPRIVILEGED && is_general(o) && o->reg == in->address.base &&
           o->reg != SP;
}

void rewrite_memory(struct rewriter *r, uint32_t index)
{
    struct guards *g = r->guards;
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    const struct address *address = &in->address;
    bool back = address->mode == ADDRESS_PRE || address->mode == ADDRESS_POST;
    if (address->mode >= ADDRESS_LITERAL) {
        rewrite_literal(r, index);
    } else if (in->info->class == CLASS_AUTH_LOAD) {
        rewrite_auth_load(r, index);
    } else if (address->base == SP && confines_stack(r) && (back || is_confined(r, in))) {
        rewrite_stack_access(r, index);
    } else if (!is_confined(r, in) && !(g->local.paged & BIT(address->base)) &&
               !is_unpredictable(in)) {
        put_original(r, s);
        known_insn_done(g, &in->flow);
    } else if (back) {
        rewrite_written_base(r, index);
    } else {
        if (address->kind == OFFSET_REG)
            put_indexed(r, index);
        else
            put_based(r, index, address->base, address->value,
                      address->kind == OFFSET_TEXT ? address->text : no_text);
        known_insn_done(g, &in->flow);
    }
}
