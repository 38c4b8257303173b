// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The instruction table: insns.def as `struct form`, and how a word finds its line.
 */
#ifndef LFI_VERIFIER_AARCH64_FORMS_H
#define LFI_VERIFIER_AARCH64_FORMS_H

#include "../rules.h"

enum { SP = 31 };

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
    SURE7,
    SURE9,
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
    USES,
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
 * What the plain majority of instructions has to show where x30 and sp keep their promises: the
 * registers in its fields are none of the bad ones, and the target is inside the image. The
 * displacement of a direct branch is (word * times) >> right, but for the lowest two bits; others
 * have none: times is 0.
 */
struct quick_form {
    uint32_t mask, value; /* of the form */
    uint32_t tests;       /* a bit for each test that its registers have to pass */
    uint32_t times;
    uint8_t right;
};

/* Tests beside those of one field: the fields at bits 0 and 10 differ; what every word fails. */
#define TEST_PAIR ((uint32_t)1 << 30)
#define TEST_NONE ((uint32_t)1 << 31)
_Static_assert(30 >= FIELDS * USES, "there are more tests than bits");

enum { MAX_FORMS = 1024, MAX_SLOTS = 24576, MAX_IDS = 65535, KEYS = 2048, SUBSLOTS = 64 };

/*
 * Finds the line of a word. Bits 31 to 21 choose a slot (times is 0), or SUBSLOTS of them, of which
 * six other bits choose one: those that the product with `times` has at the top. ids[slots[slot]]
 * and those behind it are the lines that it may be, in their order; the last one matches every
 * word. first[slot] is the first of them.
 */
struct form_index {
    struct form_key {
        uint32_t times;
        uint16_t slot;
    } keys[KEYS];
    uint16_t first[MAX_SLOTS], slots[MAX_SLOTS];
    uint16_t ids[MAX_IDS];
    unsigned slot_count, id_count;
    struct quick_form quick[MAX_FORMS];
    /* The tests that the registers in the fields at bits 0 and 5, and those at 10 and 16, fail. */
    uint32_t fails_low[1 << 10], fails_high[1 << 11];
    struct form forms[MAX_FORMS];
};

static inline unsigned form_slot(const struct form_index *index, uint32_t word)
{
    struct form_key key = index->keys[word >> 21];
    return key.slot + (word * key.times >> 26);
}

static inline bool form_matches(const struct quick_form *quick, uint32_t word)
{
    return (word & quick->mask) == quick->value;
}

static inline unsigned form_find(const struct form_index *index, uint32_t word)
{
    const uint16_t *id = &index->ids[index->slots[form_slot(index, word)]];
    while (!form_matches(&index->quick[*id], word))
        id++;
    return *id;
}

static inline int64_t form_displacement(const struct quick_form *quick, uint32_t word)
{
    return (int32_t)(word * quick->times) >> quick->right & -4;
}

/*
 * Makes the index for a mode. `confine` says which accesses it confines (R, W); if any, then sp,
 * too. *index is zeroed memory.
 */
void lfi_aarch64_index(struct form_index *index, unsigned confine);

#endif
