// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The decoder: bytes to `struct insn`, by the table insns.def. It knows nothing of the sandbox but
 * the rules on encodings (docs/verifier.md, "Decoding").
 */
#ifndef LFI_VERIFIER_X86_64_DECODE_H
#define LFI_VERIFIER_X86_64_DECODE_H

#include "forms.h"

/* Prefixes, as found (66, F2, F3 also where VEX.pp says so). */
enum {
    PFX_66 = 1 << 0,
    PFX_67 = 1 << 1,
    PFX_F0 = 1 << 2,
    PFX_F2 = 1 << 3,
    PFX_F3 = 1 << 4,
    PFX_CS = 1 << 5,
    PFX_DS = 1 << 6,
    PFX_ES = 1 << 7,
    PFX_SS = 1 << 8,
    PFX_FS = 1 << 9,
    PFX_GS = 1 << 10,
    PFX_VEX = 1 << 11,
};

/* The bits of a REX prefix; VEX has the same. */
enum { REX_W = 8, REX_R = 4, REX_X = 2, REX_B = 1 };

enum { REG_RBX = 3, REG_RSP = 4, REG_RDI = 7, REG_RIP = 16, REG_NONE = 17 };

struct insn {
    const struct form *form; /* NULL: not in the table, and everything below but rule is unset */
    enum rule rule;          /* the first rule that its encoding breaks, or RULE_NONE */
    const char *detail;      /* of the rule; may be NULL */
    uint16_t prefixes;       /* PFX_ */
    uint8_t length;          /* 0 if unknown */
    uint8_t seen;            /* how many bytes decided on it */
    uint8_t rex;             /* the REX prefix, or the same bits of VEX; 0 if there is none */
    uint8_t opcode, modrm, sib;
    bool memory;    /* there is a memory operand (explicit, or that of XLAT, MASKMOV) */
    uint8_t access; /* of it: OP_R, OP_W */
    uint8_t size;   /* of general registers, in bytes; 0: not general */
    uint8_t mem_size;
    uint8_t reg, rm, vvvv; /* register numbers; rm only if it is no memory */
    uint8_t base, index, scale;
    int64_t disp;
    int64_t imm; /* sign-extended; also the displacement of a branch */
};

enum { DECODE_WINDOW = 32 }; /* bytes that must be readable, whatever they are */

void lfi_x86_64_decode(const struct form_index *index, const uint8_t *bytes, struct insn *insn);

/* Does it write rsp, or a part of it, as an explicit operand? */
bool lfi_x86_64_writes_rsp(const struct insn *insn);

/* The instruction in words. */
void lfi_x86_64_text(const struct insn *insn, char *text, size_t size);

#endif
