// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The instruction table: insns.def as `struct form`, one for each line, and how the line of a word
 * is found. All of it is constant: make-table.c reads insns.def and writes aarch64-table.c when the
 * verifier is built.
 */
#ifndef LFI_VERIFIER_AARCH64_FORMS_H
#define LFI_VERIFIER_AARCH64_FORMS_H

#include <lfi/abi.h>

#include "../arch.h"

enum { WORD = LFI_INSN_SIZE, ADRP_PAGE = 4096 }; /* bytes */

enum { SP = 31 };

/* The registers that keep a promise (docs/abi.md). */
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
    PLACE,    /* x28 becomes what adr names */
    PAGE,     /* or adrp */
    LITERAL4, /* a literal of 4 bytes; ... */
    LITERAL8,
    LITERAL16,
    STEP_UP, /* sp, by an immediate */
    STEP_DOWN,
    GUARD,      /* of x28, x30 or sp, but not if it writes x29 */
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

/* What the letters of a register field mean. */
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

/*
 * Which bits are a displacement: 14 or 19 at bit 5, 26 at bit 0, in instructions; or those 19 of
 * adrp that count 4 pages.
 */
enum reach { REACH_NONE, REACH_14, REACH_19, REACH_26, REACH_PAGE, REACHES };

/* In bytes or pages it is (word * times) >> right, but for the lowest two bits. */
static const struct {
    uint32_t times;
    uint8_t right;
} reach_bits[REACHES] = {{0, 30}, {1 << 13, 16}, {1 << 8, 11}, {1 << 6, 4}, {1 << 8, 11}};

static inline int64_t form_displacement(enum reach reach, uint32_t word)
{
    return (int32_t)(word * reach_bits[reach].times) >> reach_bits[reach].right & -4;
}

/* A line of insns.def. */
struct form {
    uint8_t use[FIELDS]; /* enum use */
    uint8_t access, kind, flags;
    uint8_t reach; /* enum reach */
    uint8_t rule;  /* enum rule by which it is refused, or RULE_NONE */
    const char *name;
};

static inline unsigned form_field_bit(unsigned field)
{
    return field == AT_16 ? 16 : 5 * field;
}

static inline unsigned form_register(uint32_t word, unsigned field)
{
    return word >> form_field_bit(field) & 31;
}

enum { MAX_FORMS = 1024 };

/* The lines in their order; the last one matches every word. */
extern const struct form lfi_aarch64_forms[MAX_FORMS];

enum { MAX_SLOTS = 24576, MAX_IDS = 16384, KEYS = 2048, SUBSLOTS = 64 };

/*
 * Finds the line of a word. Bits 31 to 21, the key, choose a slot (times is 0), or SUBSLOTS of
 * them, of which six other bits choose one: those that the product with `times` has at the top.
 * first[slot] is the first line that it may be; ids[list] and those after it are all lines that a
 * word with this key may be, in their order; the last one matches every word.
 */
struct form_index {
    struct form_key {
        uint32_t times;
        uint16_t slot, list;
    } keys[KEYS];
    uint16_t first[MAX_SLOTS], ids[MAX_IDS];
    /* Columns of the lines, each in one piece: the address of an item is then one addition. */
    uint32_t times[MAX_FORMS]; /* of its reach */
    uint8_t reach[MAX_FORMS];
};

struct form_table {
    uint32_t mask[MAX_FORMS], value[MAX_FORMS]; /* of each line */
#if LFI_VERIFIER_FAST
    struct form_index index;
#endif
};
extern const struct form_table lfi_aarch64_table;

static inline bool form_matches(const struct form_table *table, unsigned id, uint32_t word)
{
    return (word & table->mask[id]) == table->value[id];
}

/* ---- the fast path (docs/verifier.md), which a build without LFI_VERIFIER_FAST does not have ----
 */

/*
 * What a plain instruction has to pass where x30 and sp keep their promises: no register in its
 * fields is a bad one, and the target of a direct branch is inside the image. Each use of a field
 * is a test, one bit; those of the fields at bits 10 and 16, which few instructions need, come
 * late.
 */
#define TEST_PAIR  ((uint32_t)1 << 29) /* late: the fields at bits 0 and 10 differ */
#define TEST_LATE  ((uint32_t)1 << 30) /* there are late tests; every word fails this at first */
#define TEST_RULES ((uint32_t)1 << 31) /* only the rules can tell; every word fails this */
_Static_assert(29 >= FIELDS * (USES - 1), "there are more tests than bits");

/* The tests for what a mode confines. */
struct form_tests {
    uint32_t tests[MAX_FORMS], late_tests[MAX_FORMS]; /* of each line */
    /* The tests that a register in a field fails, and those in the fields at bits 0 and 5 together.
     */
    uint32_t field_fails[FIELDS][32], fails[1 << 10];
};
extern const struct form_tests lfi_aarch64_tests[RW + 1]; /* by the accesses that are confined */

#if LFI_VERIFIER_FAST
static inline unsigned form_slot(const struct form_table *table, uint32_t word)
{
    struct form_key key = table->index.keys[word >> 21];
    return key.slot + (word * key.times >> 26);
}
#endif

/* The first line that the word matches, found by the index or from the top. */
unsigned lfi_aarch64_search(const struct form_table *table, uint32_t word);

static inline unsigned form_find(const struct form_table *table, uint32_t word)
{
#if LFI_VERIFIER_FAST
    unsigned id = table->index.first[form_slot(table, word)];
    if (__builtin_expect(form_matches(table, id, word), 1))
        return id;
#endif
    return lfi_aarch64_search(table, word);
}

#endif
