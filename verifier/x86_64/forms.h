// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The instruction table: insns.def as `struct form`, one for each line, and its columns.
 */
#ifndef LFI_VERIFIER_X86_64_FORMS_H
#define LFI_VERIFIER_X86_64_FORMS_H

#include "../rules.h"

/* The opcode maps. */
enum { ONE, M0F, M38, M3A, MAP_COUNT };

/*
 * What selects a form beside map and opcode, in one word: the ModRM byte but its high bit (mod is
 * 3 or not), prefixes or VEX.pp, VEX, W and L.
 */
enum {
    KEY_RM = 0x07,
    KEY_REG = 0x38,
    KEY_MOD3 = 0x40,
    KEY_66 = 0x80,
    KEY_F2 = 0x100,
    KEY_F3 = 0x200,
    KEY_VEX = 0x400,
    KEY_W = 0x800,
    KEY_L = 0x1000,
};

/* Columns rm, reg and vvvv: what an operand is and what is done with it. */
enum {
    OP_R = 1 << 0,
    OP_W = 1 << 1,
    OP_GPR = 1 << 2,    /* a general register, if it is a register */
    OP_REG = 1 << 3,    /* rm may be a register */
    OP_MEM = 1 << 4,    /* rm may be memory */
    OP_VSIB = 1 << 5,   /* rm is memory whose index is a vector */
    OP_OPCODE = 1 << 6, /* reg stands in the opcode */
    OP_USED = 1 << 7,   /* there is an operand */
};

/* Columns size, mem and imm. */
enum { SIZE_x, SIZE_b, SIZE_w, SIZE_v, SIZE_y, SIZE_q, SIZE_d };
enum { mx = 200, mh, mq, me, md };
enum { I0, I1, I2, I3, Iz, Iv, J1, J4, O };

/* Column flags; MODRM is from column modrm. */
enum {
    LOCK = 1 << 0,
    MAYBE = 1 << 1,
    GUARD = 1 << 2,
    MODRM = 1 << 3,
};

/* Column kind. */
enum kind {
    PLAIN,
    NOP,
    XCHG, /* 90 + r, of which 90 itself is a nop */
    LEA,
    LOAD, /* mov from memory */
    ADD,  /* immediate forms */
    SUB,
    AND,
    PUSH,
    POP,
    POP_RM,
    LEAVE,
    ENTER,
    JUMP, /* direct */
    LOOP,
    CALL,
    JUMP_IND,
    CALL_IND,
    MOVS,
    CMPS,
    STOS,
    LODS,
    SCAS,
    XLAT,
    MASKMOV,
    BIT, /* bt, bts, btr, btc with a register offset */
};

/* A line of insns.def. */
struct form {
    uint8_t map, first, last;
    uint8_t rule;         /* enum rule by which it is refused, or RULE_NONE */
    uint16_t mask, value; /* it matches a key if (key & mask) == value */
    uint8_t size, rm, reg, vvvv, mem, imm, kind, flags;
    const char *name;
};

extern const struct form lfi_x86_64_forms[];
extern const unsigned lfi_x86_64_form_count;

/* The forms of opcode `op` of `map`: i = map * 256 + op; ids[start[i]] ... ids[start[i + 1] - 1].
 */
struct form_index {
    uint16_t start[MAP_COUNT * 256 + 1];
    uint16_t ids[2048];
};

void lfi_x86_64_index(struct form_index *index);

#endif
