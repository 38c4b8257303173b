// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Reads insns.def, and makes the index that finds the line of a word. */
#include "forms.h"

static const struct line {
    const char *pattern;
    uint8_t access, kind, flags, rule;
    const char *name;
} lines[] = {
#define INSN(pattern, access, kind, flags, name) {pattern, access, kind, flags, RULE_NONE, name},
#define DENY(pattern, rule, name)                {pattern, 0, PLAIN, 0, RULE_##rule, name},
#include "insns.def"
    DENY("", undecodable, "") /* whatever none of these matches */
#undef INSN
#undef DENY
};

#define LINES (sizeof lines / sizeof *lines)
_Static_assert(LINES <= MAX_FORMS, "MAX_FORMS is too small");

/* ---- one line ---------------------------------------------------------------------------------
 */

/* What a letter of a register field says; of others, nothing. */
static const uint8_t letter_uses[128] = {
    ['w'] = WRITTEN, ['W'] = WRITTEN_SP, ['p'] = PAIR,
    ['b'] = BASED,   ['B'] = BASED_BACK, ['o'] = BASED_OTHER,
};

/* The same bit of 32 letters; that of the first one comes to the top. */
static uint32_t bit_of_letters(const uint8_t letters[32], unsigned bit)
{
    uint32_t bits = 0;
    for (unsigned i = 0; i < 32; i += 8) {
        uint64_t eight = 0;
        for (unsigned k = 0; k < 8; k++)
            eight |= (uint64_t)letters[i + k] << 8 * k;
        /* The product moves the bit of each byte, bit 8 * k, to bit 63 - k. */
        eight = (eight >> bit & 0x0101010101010101) * 0x8040201008040201 >> 56;
        bits = bits << 8 | (uint32_t)eight;
    }
    return bits;
}

/*
 * No branch asks for a letter: it would be guessed wrong at every other one. '0' and '1' are the
 * only ones in a pattern without bit 6.
 */
static void read_line(struct form_index *index, unsigned id)
{
    const struct line *line = &lines[id];
    uint8_t letters[32];
    unsigned bits = 0;
    for (const char *p = line->pattern; *p != 0 && bits < 32; p++) {
        letters[bits] = (uint8_t)*p;
        bits += *p != ' ';
    }
    for (; bits < 32; bits++)
        letters[bits] = 'x';
    index->mask[id] = ~bit_of_letters(letters, 6);
    index->value[id] = bit_of_letters(letters, 0) & index->mask[id];
    struct form *form = &index->forms[id];
    *form = (struct form){.access = line->access,
                          .kind = line->kind,
                          .flags = line->flags,
                          .rule = line->rule,
                          .name = line->name};
    /* By the second lowest bit: the lowest of a pair is 0. */
    for (unsigned field = 0; field < FIELDS; field++)
        form->use[field] = letter_uses[letters[30 - form_field_bit(field)] & 127];
}

/* ---- the quick answer -------------------------------------------------------------------------
 */

static uint32_t test_of(enum use use, unsigned field)
{
    return use == UNUSED ? 0 : (uint32_t)1 << (field * (USES - 1) + use - 1);
}

static bool is_bad(enum use use, unsigned field, unsigned reg, bool confined_sp)
{
    const bool promised = reg == CONTEXT || reg == BASE || reg == ADDRESS || reg == LINK;
    switch (use) {
    case WRITTEN:
        return promised;
    case WRITTEN_SP:
        return promised || (reg == SP && confined_sp);
    case PAIR:
        return promised || is_bad(WRITTEN, field, reg + 1, confined_sp);
    case BASED:
        return reg != ADDRESS && (reg != SP || field != AT_5);
    case BASED_BACK:
        return reg != SP;
    default:
        return true;
    }
}

static uint32_t failed_tests(unsigned field, unsigned reg, bool confined_sp)
{
    uint32_t failed = 0;
    for (unsigned use = WRITTEN; use < USES; use++)
        if (is_bad(use, field, reg, confined_sp))
            failed |= test_of(use, field);
    return failed;
}

static void make_fails(struct form_index *index, bool confined_sp)
{
    for (unsigned field = 0; field < FIELDS; field++)
        for (unsigned reg = 0; reg < 32; reg++)
            index->field_fails[field][reg] = failed_tests(field, reg, confined_sp);
    for (unsigned i = 0; i < 1 << 10; i++)
        index->fails[i] = index->field_fails[AT_0][i & 31] | index->field_fails[AT_5][i >> 5] |
                          TEST_LATE | TEST_RULES;
}

/* Those of the kind and of what must differ. */
static uint32_t further_tests(const struct form *form)
{
    if (form->rule != RULE_NONE || (form->flags & (STATUS | STATUS2)) != 0 ||
        ((form->flags & TN) != 0 && form->use[AT_5] == BASED))
        return TEST_RULES;
    switch (form->kind) {
    case PLAIN:
    case SURE:
    case PAGE:
    case GUARD:
    case JUMP_REG:
    case CALL_REG:
    case CALL_X30:
    case BRANCH14:
    case BRANCH19:
    case BRANCH26:
    case CALL26:
        return 0;
    case SURE7:
    case SURE9: /* may it move sp down? */
        return form->use[AT_5] == BASED_BACK && (form->access & W) == 0 ? TEST_RULES : 0;
    default:
        return TEST_RULES;
    }
}

/* Bases are tested in forms whose access is confined, and those that are written back in all. */
static void make_tests(struct form_index *index, unsigned id, unsigned confine)
{
    const struct form *form = &index->forms[id];
    bool confined = (form->access & confine) != 0;
    uint32_t tests[FIELDS];
    for (unsigned field = 0; field < FIELDS; field++) {
        bool free = !confined && (form->use[field] == BASED || form->use[field] == BASED_OTHER);
        tests[field] = free ? 0 : test_of(form->use[field], field);
    }
    uint32_t late = tests[AT_10] | tests[AT_16] | ((form->flags & TT2) != 0 ? TEST_PAIR : 0);
    index->late_tests[id] = late;
    index->tests[id] =
        tests[AT_0] | tests[AT_5] | (late != 0 ? TEST_LATE : 0) | further_tests(form);
}

static enum reach reach_of(enum kind kind)
{
    switch (kind) {
    case BRANCH14:
        return REACH_14;
    case BRANCH19:
    case LITERAL4:
    case LITERAL8:
    case LITERAL16:
        return REACH_19;
    case BRANCH26:
    case CALL26:
        return REACH_26;
    case PAGE:
        return REACH_PAGE;
    default:
        return REACH_NONE;
    }
}

/* ---- the index --------------------------------------------------------------------------------
 */

/*
 * The numbers below `size` that agree with `value` where `mask` is set, ascending; starts with
 * value, returns `size` or more behind the last.
 */
static unsigned next_number(unsigned number, unsigned mask, unsigned value, unsigned size)
{
    number = (number | mask) + 1;
    return number < size ? (number & ~mask) | value : number;
}

/* Gives each key one slot, or SUBSLOTS with the bits that leave the fewest forms in each. */
static void make_slots(struct form_index *index)
{
    static const uint8_t shifts[] = {0, 5, 10}; /* of equals, the first is taken */
    enum { SHIFTS = sizeof shifts };
    struct {
        uint16_t forms, entries[SHIFTS];
    } counts[KEYS] = {0};
    for (unsigned id = 0; id < LINES; id++) {
        unsigned mask = index->mask[id] >> 21, value = index->value[id] >> 21;
        uint16_t entries[SHIFTS];
        for (unsigned i = 0; i < SHIFTS; i++)
            entries[i] = (uint16_t)(1u << __builtin_popcount(~index->mask[id] >> shifts[i] &
                                                             (SUBSLOTS - 1)));
        for (unsigned key = value; key < KEYS; key = next_number(key, mask, value, KEYS)) {
            counts[key].forms++;
            for (unsigned i = 0; i < SHIFTS; i++)
                counts[key].entries[i] = (uint16_t)(counts[key].entries[i] + entries[i]);
        }
    }
    for (unsigned key = 0; key < KEYS; key++) {
        unsigned best = 0;
        for (unsigned i = 1; i < SHIFTS; i++)
            if (counts[key].entries[i] < counts[key].entries[best])
                best = i;
        bool several = counts[key].forms > 2; /* the last line is one of them */
        index->keys[key] = (struct form_key){
            .times = several ? (uint32_t)1 << (26 - shifts[best]) : 0,
            .slot = (uint16_t)index->slot_count,
            .list = (uint16_t)index->id_count,
        };
        index->slot_count += several ? SUBSLOTS : 1;
        index->id_count += counts[key].forms;
    }
}

/* Enters the form in front of the list of each key that it may have, and in the slots. */
static void enter(struct form_index *index, unsigned id, uint16_t starts[KEYS])
{
    unsigned top_mask = index->mask[id] >> 21, top = index->value[id] >> 21;
    for (unsigned k = top; k < KEYS; k = next_number(k, top_mask, top, KEYS)) {
        struct form_key key = index->keys[k];
        index->ids[--starts[k]] = (uint16_t)id;
        /* The bits that the product has at the top. */
        unsigned size = key.times != 0 ? SUBSLOTS : 1;
        unsigned mask = index->mask[id] * key.times >> 26,
                 value = index->value[id] * key.times >> 26;
        uint16_t *first = &index->first[key.slot];
        if (mask == 0)
            for (unsigned sub = 0; sub < size; sub++)
                first[sub] = (uint16_t)id;
        else
            for (unsigned sub = value; sub < size; sub = next_number(sub, mask, value, size))
                first[sub] = (uint16_t)id;
    }
}

unsigned lfi_aarch64_search(const struct form_index *index, uint32_t word)
{
    const uint16_t *id = &index->ids[index->keys[word >> 21].list];
    while (!form_matches(index, *id, word))
        id++;
    return *id;
}

void lfi_aarch64_index(struct form_index *index, unsigned confine)
{
    make_fails(index, confine != 0);
    for (unsigned id = 0; id < LINES; id++) {
        read_line(index, id);
        make_tests(index, id, confine);
        index->reach[id] = (uint8_t)reach_of(index->forms[id].kind);
        index->times[id] = reach_bits[index->reach[id]].times;
    }
    make_slots(index);
    uint16_t starts[KEYS];
    for (unsigned key = 0; key < KEYS; key++)
        starts[key] = key + 1 < KEYS ? index->keys[key + 1].list : (uint16_t)index->id_count;
    for (unsigned id = LINES; id-- > 0;)
        enter(index, id, starts);
}
