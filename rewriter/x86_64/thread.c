// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * `%fs:` operands. The thread pointer comes from the runtime in %r11 (slot 1); what was an offset
 * from %fs becomes one from %r11.
 */
#include "x86_64.h"

bool is_thread_pointer(const struct operand *o)
{
    return o->kind == OPERAND_MEM && o->segment == SEG_FS && !o->base && !o->index && o->literal &&
           o->value == 0;
}

bool confine_thread(struct rewriter *r, uint32_t index, struct operand *o, bool written)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    bool replaced = false; /* r11 is the destination of this very instruction */
    for (unsigned i = 0; i < in->count; i++) {
        const struct operand *other = &in->operands[i];
        if (!operand_names_r11(other))
            continue;
        if (i + 1u == in->count && other->kind == OPERAND_REG && register_width(other->reg) >= 4 &&
            in->info->access == ACCESS_WRITE) {
            replaced = true;
            continue;
        }
        report_error(r, s, NULL,
                     "an access through %%fs needs %%r11 as scratch: use another register here");
        return false;
    }
    if (!replaced && !r11_free(r, index, "an access through %fs"))
        return false;
    if (o->base == RIP) {
        report_error(r, s, NULL, "%%fs: with %%rip cannot be rewritten");
        return false;
    }
    runtime_call(r, LFI_SLOT_GET_TP);
    bool free_access =
        r->options->mode == LFI_MODE_JUMPS || (r->options->mode == LFI_MODE_STORES && !written);
    o->segment = NO_REG;
    if (o->base && o->index) {
        struct operand both = {.kind = OPERAND_MEM, .base = R11, .index = reg_as(o->base, REG64)};
        both.literal = true;
        put_op2(r, "leaq", &both, R11);
        o->base = R11;
    } else if (o->base) {
        o->index = o->base;
        o->base = R11;
    } else {
        o->base = R11;
    }
    if (!free_access) {
        o->segment = SEG_GS;
        o->base = R11D;
        if (reg_class(o->index) == REG64)
            o->index = reg_as(o->index, REG32);
    } else if (reg_class(o->index) == REG32) {
        report_error(r, s, NULL, "%%fs: with a 32-bit address cannot be rewritten");
        return false;
    }
    return true;
}
