// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Instructions whose address is implicit or reaches far. */
#include "x86_64.h"

/* al = [rbx + al]: docs/abi.md has no form for it, so it is a load with an index in %r11. */
void rewrite_xlat(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
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

static void put_mem(struct rewriter *r, const char *op, uint8_t from, const struct operand *to)
{
    struct writer *w = &r->out;
    put(w, "\t");
    put(w, op);
    put(w, "\t%");
    put(w, register_name(from));
    put(w, ", ");
    put_operand(r, to);
    put(w, "\n");
}

/*
 * A bit number in a register reaches far beyond an operand in memory, which the verifier refuses.
 * %r11 becomes the address of the word that holds the bit; on a copy of it the number counts modulo
 * its size, and the copy replaces the word if nobody was faster. Three registers are kept beyond
 * the red zone meanwhile, where no signal handler of the box comes between.
 */
static void rewrite_far_bit(struct rewriter *r, uint32_t index, struct operand *memory, uint8_t bit)
{
    static const uint8_t kept[] = {RAX, RCX, RDX};
    static const struct words {
        const char *move, *extend, *number, *exchange, *test;
        uint8_t scale;
        char suffix;
    } all[] = {
        {"movw", "movswq", "sarq\t$4, %rcx", "lock cmpxchgw", "btw", 2, 'w'},
        {"movl", "movslq", "sarq\t$5, %rcx", "lock cmpxchgl", "btl", 4, 'l'},
        {"movq", "movq", "sarq\t$6, %rcx", "lock cmpxchgq", "btq", 8, 'q'},
    };
    const struct x86_64_insn *in = r->statements[index].insn;
    unsigned class = reg_class(bit), width = register_width(bit);
    const struct words *words = &all[width / 4];
    const uint8_t old = reg_as(RAX, class), new = reg_as(RCX, class), number = reg_as(RDX, class);
    const bool modify = in->info->access != ACCESS_READ;
    struct operand place = {.kind = OPERAND_MEM, .base = RSP, .literal = true};
    struct operand word = {.kind = OPERAND_MEM, .base = R11, .literal = true};
    struct operand begin = {
        .kind = OPERAND_MEM, .base = R11, .index = RCX, .scale = words->scale, .literal = true};

    for (unsigned i = 0; i < sizeof kept; i++) {
        place.value = -136 - 8 * (int)i;
        put_mem(r, "movq", kept[i], &place);
    }
    memory->segment = NO_REG;
    put_op2(r, "leaq", memory, R11);
    put_op_regs(r, words->extend, bit, RDX);
    put_op_regs(r, "movq", RDX, RCX);
    put_line(r, words->number);
    put_op2(r, "leaq", &begin, R11);
    if (!confine(r, index, &word, modify))
        return;
    uint32_t label = x86(r)->label_number;
    if (modify) {
        x86(r)->label_number++;
        set_apart(r);
        put_own_label(r, "again", label);
    }
    put_op2(r, words->move, &word, old);
    if (modify) {
        char name[] = {in->mnemonic.at[0], in->mnemonic.at[1], in->mnemonic.at[2], words->suffix,
                       '\0'};
        put_op_regs(r, words->move, old, new);
        put_op_regs(r, name, number, new);
        put_mem(r, words->exchange, new, &word);
        put_branch(r, "jne", "again", label);
    }
    put_op_regs(r, words->test, number, old);
    for (unsigned i = 0; i < sizeof kept; i++) {
        place.value = -136 - 8 * (int)i;
        put_op2(r, "movq", &place, kept[i]);
    }
}

/* The runtime answers; only %r11 is lost, which is kept in the same way if it is wanted. */
void rewrite_cpuid(struct rewriter *r, uint32_t index)
{
    struct operand place = {.kind = OPERAND_MEM, .base = RSP, .value = -136, .literal = true};
    const bool keep = !r11_is_free(r, index);

    if (keep)
        put_mem(r, "movq", R11, &place);
    runtime_call(r, LFI_SLOT_CPUID);
    if (keep)
        put_op2(r, "movq", &place, R11);
}

void rewrite_bit(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    struct operand operands[MAX_OPERANDS];
    if (in->count != 2) {
        report_error(r, s, NULL, "expected two operands");
        return;
    }
    struct operand memory = in->operands[1];
    uint8_t bit = in->operands[0].reg;
    if (in->operands[0].kind == OPERAND_IMM || memory.kind == OPERAND_REG) {
        if (confine_all(r, index, operands))
            put_insn(r, in, operands);
    } else if (memory.segment == SEG_FS || memory.segment == SEG_GS || memory.base == EIP ||
               insn_names_r11(in) || register_width(bit) < 2) {
        report_error(r, s, NULL,
                     "a bit number in a register reaches beyond the operand: compute the "
                     "address of the word and use its bit in a register");
    } else if (rest_of_flags_used_behind(r, index)) {
        report_error(r, s, NULL,
                     "a bit test in memory with a bit number in a register keeps no other flags, "
                     "and they are used behind it: compute them there");
    } else if (r11_free(r, index, "a bit test in memory")) {
        rewrite_far_bit(r, index, &memory, bit);
    }
}

/*
 * Stores those bytes of a vector whose mask has its upper bit set at rdi: a loop over them. Two
 * registers and the vector are kept beyond the red zone, as above.
 */
void rewrite_maskmov(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    const bool vex = *in->mnemonic.at == 'v' || *in->mnemonic.at == 'V',
               wide = in->mnemonic.size > 8;
    struct operand place = {.kind = OPERAND_MEM, .base = RSP, .literal = true, .value = -136};
    struct operand source = {.kind = OPERAND_MEM, .base = RSP, .index = RCX, .literal = true};
    struct operand target = {.kind = OPERAND_MEM, .base = RDI, .index = RCX, .literal = true};
    if (in->count != 2 || in->operands[0].kind != OPERAND_REG ||
        in->operands[1].kind != OPERAND_REG) {
        report_error(r, s, NULL, "expected two vector registers");
        return;
    }
    if (flags_live_after(r, index)) {
        report_error(
            r, s, NULL,
            "a masked store needs the flags, which are in use here: compute them after it");
        return;
    }
    source.value = -160;
    if (!r11_free(r, index, "a masked store") || !confine(r, index, &source, false) ||
        !confine(r, index, &target, true))
        return;
    uint32_t label = x86(r)->label_number++;
    put_mem(r, "movq", RAX, &place);
    place.value = -144;
    put_mem(r, "movq", RCX, &place);
    place.value = -160;
    put_mem(r, vex ? "vmovdqu" : wide ? "movdqu" : "movq", in->operands[1].reg, &place);
    put_op2(r, vex ? "vpmovmskb" : "pmovmskb", &in->operands[0], R11D);
    set_apart(r);
    put_own_label(r, "byte", label);
    put_op_regs(r, "bsfl", R11D, ECX);
    put_branch(r, "je", "stored", label);
    put_op2(r, "movb", &source, AL);
    put_mem(r, "movb", AL, &target);
    put_line(r, "leal\t-1(%r11), %eax");
    put_op_regs(r, "andl", EAX, R11D);
    put_branch(r, "jmp", "byte", label);
    put_own_label(r, "stored", label);
    place.value = -144;
    put_op2(r, "movq", &place, RCX);
    place.value = -136;
    put_op2(r, "movq", &place, RAX);
}

/* Of the flags only that of direction comes back: what else there is belongs to the system. */
void rewrite_popf(struct rewriter *r, uint32_t index)
{
    if (flags_live_after(r, index)) {
        report_error(r, &r->statements[index], NULL,
                     "only the direction flag comes back in a box, and flags are used after this: "
                     "keep them with setcc, or with lahf and sahf");
        return;
    }
    uint32_t label = x86(r)->label_number++;
    put_line(r, "cld");
    put_line(r, "btl\t$10, (%rsp)");
    put_branch(r, "jae", "popf", label);
    put_line(r, "std");
    put_own_label(r, "popf", label);
    put_line(r, "popq\t-8(%rsp)");
}
