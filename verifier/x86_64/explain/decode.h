// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The decoder: bytes to `struct insn`, by the table insns.def. Of the sandbox it knows only the
 * rules on encodings (docs/verifier.md, "Decoding").
 */
#ifndef LFI_VERIFIER_X86_64_EXPLAIN_DECODE_H
#define LFI_VERIFIER_X86_64_EXPLAIN_DECODE_H

#include "../forms.h"

struct insn {
    const struct form *form; /* NULL: not in the table, and only the first lines here are set */
    const char *detail;      /* what the message adds to that of the rule; may be NULL */
    uint32_t prefixes;       /* PFX_ */
    uint8_t rule;            /* the first rule that its encoding breaks, or RULE_NONE */
    uint8_t length;          /* 0 if unknown */
    uint8_t seen;            /* how many bytes were looked at */
    uint8_t rex;             /* the REX prefix, or the same bits of VEX, EVEX; 0 if there is none */
    uint8_t rex_used;        /* the bits of it that mean something */
    uint8_t mask;            /* aaa of EVEX */
    bool zeroes;             /* z of EVEX */
    uint8_t high;            /* of EVEX, what makes a register number larger: HIGH_ */
    uint8_t opcode, modrm, sib; /* modrm and sib are set where they exist */
    uint8_t size;               /* of general registers, in bytes; 0: not general */
    uint8_t reg, rm, vvvv;      /* register numbers; rm is REG_NONE if it is memory */
    bool writes_rsp;            /* or a part of it, as an explicit operand */
    bool memory;                /* there is a memory operand (explicit, or that of XLAT, MASKMOV) */
    uint8_t access;             /* how it is accessed: OP_R, OP_W */
    uint8_t base, index;        /* with a gather or scatter, index is a vector */
    int64_t disp;
    int64_t imm; /* sign-extended; also the displacement of a branch */
};

enum { HIGH_REG = 1, HIGH_VVVV = 2 };

enum { DECODE_WINDOW = 32 }; /* bytes that must be readable, whatever they are */

void lfi_x86_64_decode(const struct form_index *index, const uint8_t *bytes, struct insn *insn);

/* The size of the memory operand, in bytes. */
unsigned lfi_x86_64_memory_size(const struct insn *insn);

/* The instruction in words. */
void lfi_x86_64_text(const struct insn *insn, char *text, size_t size);

#endif
