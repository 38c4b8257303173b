// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Code that saves x25 to x28 for its caller and brings them back, without a use of its own:
 *
 *     stp x24, x25, [sp, #128]        stays
 *     ldp x24, x25, [sp, #128]        ldp x24, xzr, [sp, #128]
 *
 * Nothing changed them meanwhile, so they need not be loaded.
 */
#include "aarch64.h"

#include <stdio.h>

#include "../lexer.h"

static bool is_reserved(const struct operand *o)
{
    return o->kind == OPERAND_REG && o->class == REG_X && o->reg >= CONTEXT && o->reg <= ADDRESS;
}

bool saves_registers(const struct aarch64_insn *in)
{
    const struct address *address = &in->address;
    unsigned count = span_is(in->mnemonic, "str") || span_is(in->mnemonic, "ldr")   ? 1
                     : span_is(in->mnemonic, "stp") || span_is(in->mnemonic, "ldp") ? 2
                                                                                    : 0;
    if (in->count != count || count == 0 || !has_address(in) || address->base != SP ||
        address->mode >= ADDRESS_LITERAL || address->kind != OFFSET_NUMBER)
        return false;
    for (unsigned i = 0; i < count; i++)
        if (!is_general(&in->operands[i]) || in->operands[i].class != REG_X)
            return false;
    return true;
}

/* The instruction, which saves_registers(), as it brings back only what a box may write. */
struct span without_reserved(struct rewriter *r, const struct statement *s,
                             const struct aarch64_insn *in)
{
    char names[2][8];
    uint32_t head = (uint32_t)(in->head.at + in->head.size - s->at), size = 32 + s->size - head;
    bool both = in->count == 2 && is_reserved(&in->operands[0]) && is_reserved(&in->operands[1]);
    for (unsigned i = 0; i < in->count; i++)
        if (is_reserved(&in->operands[i])) /* no instruction loads xzr twice */
            snprintf(names[i], sizeof names[i], "%s", both && i == 1 ? "x26" : "xzr");
        else if (in->operands[i].reg == SP)
            snprintf(names[i], sizeof names[i], "sp");
        else
            snprintf(names[i], sizeof names[i], "x%u", in->operands[i].reg);
    char *text = arena_alloc(&r->arena, size);
    int length = snprintf(text, size, "%.*s\t%s, %s%s%.*s", SPAN(in->mnemonic), names[0],
                          in->count == 2 ? names[1] : "", in->count == 2 ? ", " : "",
                          (int)(s->size - head), s->at + head);
    return (struct span){text, (uint32_t)length};
}

static enum way find_use(struct walk *w, uint32_t index)
{
    const struct aarch64_insn *in = w->r->statements[index].insn;
    uint32_t restored = *(uint32_t *)w->state;
    if ((in->flow.reads & restored) || in->info->class == CLASS_JUMP_REG)
        return WAY_FAILED;
    if (in->info->class == CLASS_CALL)
        walk_also(w, in->flow.target);
    return in->info->class == CLASS_BRANCH && in->flow.target &&
                   (in->flow.target->function || in->flow.target->global)
               ? WAY_END /* as the caller of this function would call it */
               : WAY_ON;
}

/* What is loaded into such a register and used is data, which was not kept. */
void check_saved(struct rewriter *r)
{
    for (uint32_t i = 0; i < r->count && a64(r)->restores; i++) {
        const struct statement *s = &r->statements[i];
        const struct aarch64_insn *in = s->kind == STATEMENT_INSN ? s->insn : NULL;
        uint32_t restored = in ? in->restored : 0;
        struct walk w = {.r = r, .visit = find_use, .state = &restored};
        if (restored && !walk(&w, i + 1))
            report_error(r, s, s->where,
                         "x%d is reserved: x25 to x28 belong to the sandbox, and this does not "
                         "only bring back what was saved",
                         __builtin_ctz(restored));
    }
}
