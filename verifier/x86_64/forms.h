// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The instruction table: insns.def and evex.def as `struct form`, one for each line, and columns.
 */
#ifndef LFI_VERIFIER_X86_64_FORMS_H
#define LFI_VERIFIER_X86_64_FORMS_H

#include "../arch.h"

/* The opcode maps; EVEX alone has the last two. */
enum { ONE, M0F, M38, M3A, M5, M6, MAP_COUNT };

/*
 * What selects a form besides map and opcode, in one word: the ModRM byte without its high bit
 * (mod is 3 or not), and the prefixes that count; those of VEX and EVEX as if they were legacy
 * ones. EVEX is PFX_VEX, too.
 */
enum {
    KEY_RM = 0x07,
    KEY_REG = 0x38,
    KEY_MOD3 = 0x40,
    PFX_66 = 0x80,
    PFX_W = 0x100, /* of REX or VEX */
    PFX_L = 0x200, /* of VEX */
    PFX_VEX = 0x400,
    PFX_F2 = 0x800,
    PFX_F3 = 0x1000,
    PFX_EVEX = 0x2000,
    KEY_PREFIXES = 0x3f80,
};

/* The prefixes that no form asks for. */
enum {
    PFX_67 = 1 << 14,
    PFX_F0 = 1 << 15,
    PFX_GS = 1 << 16,
    PFX_FS = 1 << 17,
    PFX_CS = 1 << 18,
    PFX_DS = 1 << 19,
    PFX_ES = 1 << 20,
    PFX_SS = 1 << 21,
    PFX_REX = 1 << 22,
    PFX_L2 = 1 << 23, /* of EVEX, as PFX_L: column length says which may be */
    PFX_B = 1 << 24,  /* column b */
};

enum { REG_RBX = 3, REG_RSP = 4, REG_RDI = 7, REG_RIP = 32, REG_NONE = 33 };

/* Columns rm, reg and vvvv: what an operand is and how it is used. */
enum {
    OP_R = 1 << 0,
    OP_W = 1 << 1,
    OP_GPR = 1 << 2,    /* a general register, if it is a register */
    OP_REG = 1 << 3,    /* rm may be a register */
    OP_MEM = 1 << 4,    /* rm may be memory */
    OP_VSIB = 1 << 5,   /* rm is memory whose index is a vector */
    OP_OPCODE = 1 << 6, /* reg is part of the opcode */
    OP_USED = 1 << 7,   /* there is an operand */
    OP_MASK = 1 << 8,   /* a mask register, if it is a register */
};

/* Columns size, mem and imm. */
enum {
    /* Sizes in bytes, one hexadecimal digit for each of: neither 66 nor W; 66; W; both. */
    SIZE_x = 0,
    SIZE_b = 0x1111,
    SIZE_w = 0x2222,
    SIZE_v = 0x8824,
    SIZE_y = 0x8844,
    SIZE_q = 0x8888,
    SIZE_d = 0x4444,
};
enum { mx = 200, mh, mq, me, md };
enum { I0, I1, I2, I3, Iz, Iv, J1, J4, O };

/* Columns length and b of evex.def. */
enum {
    L128 = 1 << 0,
    L256 = 1 << 1,
    L512 = 1 << 2,
    LALL = L128 | L256 | L512,
    ER = 1 << 3,
    SAE = 1 << 4,
    BC = 1 << 5,
    B2 = 1 << 6,
    T1 = 1 << 7,
    T2 = 1 << 8,
    TW = 1 << 9,
};

/* Column masks of evex.def. */
enum { NO_MASK, MASKED, ZEROED, MUST_MASK };

/* Column flags; those from MODRM on follow from other columns. */
enum {
    LOCK = 1 << 0,
    MAYBE = 1 << 1,
    OFFSET = 1 << 2,
    MODRM = 1 << 3,
    RARE = 1 << 4,  /* has a memory operand that ModRM does not show, or a vector index */
    GROUP = 1 << 5, /* may be the first instruction of a group */
};

/* Which operands are general registers that are written. */
enum { WRITES_REG = 1 << 0, WRITES_RM = 1 << 1, WRITES_VVVV = 1 << 2 };

/* Column kind. */
enum kind {
    PLAIN,
    NOP,
    XCHG, /* 90 + r, of which 90 itself is a nop */
    LEA,
    LOAD,  /* mov from memory or register */
    STORE, /* mov to memory or register */
    ADD,   /* immediate forms */
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
    uint16_t size;
    uint16_t rm, reg, vvvv;
    uint16_t evex; /* columns length and b */
    uint8_t masks, mem, imm, kind, flags;
    uint8_t writes;   /* WRITES_ */
    uint8_t rex_used; /* bits of REX that mean something whatever ModRM is */
    const char *name;
};

extern const struct form lfi_x86_64_forms[];
extern const unsigned lfi_x86_64_form_count;

/* The bits of a REX prefix; VEX has the same. */
enum { REX_W = 8, REX_R = 4, REX_X = 2, REX_B = 1 };

/*
 * The forms that a slot may be: ids[start[slot]] ... ids[start[slot + 1] - 1]. An opcode has one
 * slot, or eight where ModRM.reg is part of the opcode.
 */
enum { OPCODE_COUNT = MAP_COUNT * 256, MAX_EXTENDED = 64 };
enum { SLOT_COUNT = OPCODE_COUNT + 8 * MAX_EXTENDED };
struct form_index {
    uint8_t extended[OPCODE_COUNT]; /* 0, or the number of the opcode's eight slots, from 1 */
    uint16_t start[SLOT_COUNT + 1];
    uint16_t ids[4096];
};

/* Does a form with EVEX have what is said by L'L and b? Of VEX the key has all. */
static inline bool form_has_length(const struct form *f, unsigned prefixes, bool memory)
{
    unsigned length = (prefixes & PFX_L2) != 0 ? 2 : 0;
    length += (prefixes & PFX_L) != 0;
    if ((prefixes & PFX_EVEX) == 0)
        return true;
    if ((prefixes & PFX_B) != 0 && !memory)
        return (f->evex & ER) != 0 || ((f->evex & SAE) != 0 && length == 0);
    return length < 3 && (f->evex >> length & 1) != 0 &&
           ((prefixes & PFX_B) == 0 || (f->evex & (BC | B2)) != 0);
}

static inline unsigned form_slot(const struct form_index *index, unsigned opcode, unsigned modrm)
{
    unsigned n = index->extended[opcode];
    return n == 0 ? opcode : OPCODE_COUNT + 8 * (n - 1) + (modrm >> 3 & 7);
}

void lfi_x86_64_index(struct form_index *index);

#endif
