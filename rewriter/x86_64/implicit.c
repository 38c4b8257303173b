// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Instructions whose address is implicit or reaches far, and instructions written as bytes. */
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

/* Instructions that people write as bytes because some assembler did not know them. */
static const struct {
    uint8_t size, bytes[4];
    const char *text;
} encoded[] = {
    {2, {0xf3, 0xc3}, "ret"},
    {1, {0xc3}, "ret"},
    {2, {0x0f, 0xa2}, "cpuid"},
    {2, {0xf3, 0x90}, "pause"},
    {1, {0x90}, "nop"},
    {3, {0x0f, 0x01, 0xd0}, "xgetbv"},
    {2, {0x0f, 0x05}, "syscall"},
    {2, {0x0f, 0x0b}, "ud2"},
    {1, {0xcc}, "int3"},
    {1, {0xf4}, "hlt"},
    {2, {0x0f, 0x31}, "rdtsc"},
    {4, {0xf3, 0x0f, 0x1e, 0xfa}, "endbr64"},
    {3, {0x0f, 0xae, 0xf0}, "mfence"},
    {3, {0x0f, 0xae, 0xe8}, "lfence"},
    {3, {0x0f, 0xae, 0xf8}, "sfence"},
};

static bool write_encoded(struct rewriter *r, uint32_t index, const uint8_t *bytes, unsigned size)
{
    for (size_t i = 0; i < sizeof encoded / sizeof *encoded; i++) {
        if (encoded[i].size != size || memcmp(encoded[i].bytes, bytes, size) != 0)
            continue;
        const char *text = encoded[i].text;
        if (strcmp(text, "ret") == 0) {
            put_return(r, index);
        } else if (strcmp(text, "syscall") == 0) {
            runtime_call(r, LFI_SLOT_SYSCALL);
        } else {
            put_line(r, text);
        }
        return true;
    }
    return false;
}

/*
 * `.byte` in code: one instruction a directive. Known ones are rewritten; others stay as they are,
 * not across a bundle boundary, and the verifier judges them.
 */
bool x86_64_rewrite_data(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    struct span rest = statement_arguments(s), argument;
    uint8_t bytes[15];
    unsigned size = 0;
    if (s->directive == DIRECTIVE_NOPS)
        return false;
    if (!span_is((struct span){s->at, s->name_size}, ".byte")) {
        report_error(r, s, NULL, "data in a section of code does not verify: move it to .rodata");
        return true;
    }
    while (next_argument(&rest, &argument)) {
        int64_t value;
        if (size == sizeof bytes || !literal_value(argument, &value)) {
            report_error(r, s, NULL,
                         "this is no instruction, and data in a section of code does not verify: "
                         "move it to .rodata");
            return true;
        }
        bytes[size++] = (uint8_t)value;
    }
    if (write_encoded(r, index, bytes, size))
        return true;
    if (size > 1) {
        put(&r->out, "\t.p2align\t5, , ");
        put_number(&r->out, size - 1);
        put(&r->out, "\n");
    }
    return false;
}
