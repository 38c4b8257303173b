// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Instructions whose address is implicit or reaches far. */
#include "x86_64.h"

/* al = [rbx + al]: docs/abi.md has no form for it, so it is a load with an index in %r11. */
void rewrite_xlat(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct insn *in = s->insn;
    struct operand table = {.kind = OPERAND_MEM, .base = RBX, .index = R11, .literal = true};
    for (unsigned i = 0; i < in->count; i++)
        if (in->operands[i].kind != OPERAND_MEM || in->operands[i].base != RBX ||
            in->operands[i].segment == SEG_FS || in->operands[i].segment == SEG_GS) {
            report_error(r, s, NULL, "xlat addresses (%%rbx) only");
            return;
        }
    if (r->options->mode != LFI_MODE_FULL) {
        put_line(r, "xlatb");
        return;
    }
    if (!r11_free(r, index, "xlat") || !confine(r, index, &table, false))
        return;
    put_op_regs(r, "movzbl", AL, R11D);
    put_op2(r, "movb", &table, AL);
}

/*
 * Bit tests. With a bit number in a register and memory they reach beyond the operand, in every
 * mode that confines it; `bt` becomes a load of the word that holds the bit.
 */
void rewrite_bit(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct insn *in = s->insn;
    struct operand operands[MAX_OPERANDS];
    if (in->count != 2) {
        report_error(r, s, NULL, "expected two operands");
        return;
    }
    if (in->operands[0].kind == OPERAND_IMM || in->operands[1].kind == OPERAND_REG) {
        if (!confine_all(r, index, operands))
            return;
        put_insn(r, in, operands);
        return;
    }
    struct operand memory = in->operands[1];
    uint8_t bit = in->operands[0].reg;
    bool wide = reg_class(bit) == REG64;
    if (in->info->access != ACCESS_READ || (in->prefixes & PREFIX_LOCK) || memory.index ||
        memory.segment == SEG_FS || insn_names_r11(in) || register_width(bit) < 4 ||
        memory.base == RIP) {
        report_error(r, s, NULL,
                     "a bit number in a register reaches beyond the operand: compute the "
                     "address of the word and use its bit in a register");
        return;
    }
    if (!r11_free(r, index, "a bit test in memory"))
        return;
    /* the word's offset: the bit number, signed, rounded down to words, in bytes */
    put_op_regs(r, wide ? "movq" : "movslq", bit, R11);
    put_line(r, wide ? "sarq\t$6, %r11" : "sarq\t$5, %r11");
    memory.index = R11;
    memory.scale = wide ? 8 : 4;
    if (!confine(r, index, &memory, false))
        return;
    put_op2(r, wide ? "movq" : "movl", &memory, wide ? R11 : R11D);
    put_op_regs(r, wide ? "btq" : "btl", bit, wide ? R11 : R11D);
}
