// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The instruction table: insns.def as `struct form`, and how a word finds its line.
 */
#ifndef LFI_VERIFIER_AARCH64_FORMS_H
#define LFI_VERIFIER_AARCH64_FORMS_H

#include "../rules.h"

enum { SP = 31, ZR = 31 };

/* The registers with a promise (docs/abi.md). */
enum { CONTEXT = 25, BASE = 27, ADDRESS = 28, LINK = 30 };

/* Column access. */
enum { R = 1 << 0, W = 1 << 1, RW = R | W };

/* Column flags. */
enum { TT2 = 1 << 0, TN = 1 << 1, T2N = 1 << 2, STATUS = 1 << 3, STATUS2 = 1 << 4 };

/* Column kind. */
enum kind {
    PLAIN,
    SURE,
    BELOW,
    BY_REG,
    ADR,
    ADRP,
    LITERAL4, /* a literal of 4 bytes; ... */
    LITERAL8,
    LITERAL16,
    STEP_UP, /* sp, by an immediate */
    STEP_DOWN,
    GUARD_SP,
    GUARD_X30,
    WRITES_X30, /* implicitly */
    TABLE,      /* x30 becomes an entry of the runtime table */
    BRANCH14,   /* direct; the number says how many bits the displacement has */
    BRANCH19,
    BRANCH26,
    CALL26,
    JUMP_REG,
    CALL_REG, /* through x28 */
    CALL_X30,
};

/* What the letters of a register field say. */
enum use {
    UNUSED,
    WRITTEN,     /* w */
    WRITTEN_SP,  /* W */
    PAIR,        /* p */
    BASED,       /* b */
    BASED_BACK,  /* B */
    BASED_OTHER, /* o */
};

/* The register fields, by their lowest bit. */
enum { AT_0, AT_5, AT_10, AT_16, FIELDS };

/* A line of insns.def. */
struct form {
    uint32_t mask, value; /* it matches a word if (word & mask) == value */
    uint8_t use[FIELDS];  /* enum use */
    uint8_t access, kind, flags;
    uint8_t rule; /* enum rule by which it is refused, or RULE_NONE */
    const char *name;
};

static inline unsigned form_register(uint32_t word, unsigned field)
{
    return word >> (field == AT_16 ? 16 : 5 * field) & 31;
}

/*
 * What the plain majority of instructions has to show where x30 and sp keep their promises: no bit
 * of `bad` is that of the register in the field, and then what `quick` says.
 */
enum quick { ACCEPT, CHECK_PAIR, CHECK_TARGET, DECIDE /* the rules have to look at it */ };
struct quick_form {
    uint32_t mask, value; /* of the form */
    uint32_t bad[FIELDS]; /* a bit for each register */
    uint8_t quick;        /* enum quick */
    uint8_t bits;         /* of the displacement of a direct branch */
};

enum { MAX_FORMS = 1024, MAX_SLOTS = 16384, MAX_IDS = 65535, KEYS = 2048, SUBSLOTS = 64 };

/*
 * Finds the line of a word: bits 31 to 21 choose a range of slots, and where there are several, bits
 * 15 to 10 choose one of them. ids[slots[slot]] and those behind it are the lines that it may be, in
 * their order; the last one matches every word.
 */
struct form_index {
    struct {
        uint16_t slot, mask;
    } keys[KEYS];
    uint16_t slots[MAX_SLOTS];
    uint16_t ids[MAX_IDS];
    unsigned form_count, slot_count, id_count;
    struct quick_form quick[MAX_FORMS];
    struct form forms[MAX_FORMS];
};

static inline unsigned form_find(const struct form_index *index, uint32_t word)
{
    unsigned key = word >> 21;
    const uint16_t *id =
        &index->ids[index->slots[index->keys[key].slot + (word >> 10 & index->keys[key].mask)]];
    while ((word & index->quick[*id].mask) != index->quick[*id].value)
        id++;
    return *id;
}

/* The displacement of a direct branch whose form has `bits` of it: 26 from bit 0, others from 5. */
static inline int64_t form_displacement(uint32_t word, unsigned bits)
{
    unsigned low = bits == 26 ? 0 : 5;
    return (int64_t)((int32_t)(word << (32 - low - bits)) >> (32 - bits)) * 4;
}

/*
 * Makes the index for a mode. `confine` says which accesses it confines (R, W); if any, then sp, too.
 * *index is zeroed memory.
 */
void lfi_aarch64_index(struct form_index *index, unsigned confine);

#endif
