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
#define LAST  (LINES - 1)
_Static_assert(LINES <= MAX_FORMS, "MAX_FORMS is too small");

/* ---- one line ---------------------------------------------------------------------------------
 */

static enum use letter_use(char letter)
{
    switch (letter) {
    case 'w':
        return WRITTEN;
    case 'W':
        return WRITTEN_SP;
    case 'p':
        return PAIR;
    case 'b':
        return BASED;
    case 'B':
        return BASED_BACK;
    case 'o':
        return BASED_OTHER;
    default:
        return UNUSED;
    }
}

static void read_line(const struct line *line, struct form *form)
{
    *form = (struct form){.access = line->access,
                          .kind = line->kind,
                          .flags = line->flags,
                          .rule = line->rule,
                          .name = line->name};
    int bit = 31;
    for (const char *p = line->pattern; *p != 0; p++) {
        if (*p == ' ')
            continue;
        if (*p == '0' || *p == '1') {
            form->mask |= (uint32_t)1 << bit;
            form->value |= (uint32_t)(*p == '1') << bit;
        } else if (letter_use(*p) != UNUSED) {
            form->use[bit >= 16 ? AT_16 : bit / 5] = (uint8_t)letter_use(*p);
        }
        bit--;
    }
}

/* ---- the quick answer -------------------------------------------------------------------------
 */

/*
 * The bit of the test that a register in a field has to pass. Bases are tested in forms whose
 * access is confined, and those that are written back in all.
 */
static uint32_t test_of(enum use use, unsigned field)
{
    return use == UNUSED ? 0 : (uint32_t)1 << (field * USES + use);
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

static void make_tests(struct form_index *index, bool confined_sp)
{
    uint32_t failed[FIELDS][32];
    for (unsigned field = 0; field < FIELDS; field++)
        for (unsigned reg = 0; reg < 32; reg++)
            failed[field][reg] = failed_tests(field, reg, confined_sp);
    for (unsigned i = 0; i < 1 << 10; i++)
        index->fails_low[i] = failed[AT_0][i & 31] | failed[AT_5][i >> 5] | TEST_NONE;
    for (unsigned i = 0; i < 1 << 11; i++) /* bit 15 of the word is in no field */
        index->fails_high[i] = failed[AT_10][i & 31] | failed[AT_16][i >> 6];
}

/* The tests that are not of one field. */
static uint32_t further_tests(const struct form *form)
{
    if (form->rule != RULE_NONE || (form->flags & (STATUS | STATUS2)) != 0 ||
        ((form->flags & TN) != 0 && form->use[AT_5] == BASED))
        return TEST_NONE;
    switch (form->kind) {
    case PLAIN:
    case SURE:
    case ADR:
    case ADRP:
    case GUARD_SP:
    case GUARD_X30:
    case JUMP_REG:
    case CALL_REG:
    case CALL_X30:
    case BRANCH14:
    case BRANCH19:
    case BRANCH26:
    case CALL26:
        break;
    case SURE7:
    case SURE9:
        if (form->use[AT_5] == BASED_BACK && (form->access & W) == 0)
            return TEST_NONE; /* does it move sp down? */
        break;
    default:
        return TEST_NONE;
    }
    return (form->flags & TT2) != 0 ? TEST_PAIR : 0;
}

static void make_quick(const struct form *form, unsigned confine, struct quick_form *quick)
{
    bool confined = (form->access & confine) != 0;
    quick->mask = form->mask;
    quick->value = form->value;
    for (unsigned field = 0; field < FIELDS; field++)
        if (confined || (form->use[field] != BASED && form->use[field] != BASED_OTHER))
            quick->tests |= test_of(form->use[field], field);
    quick->tests |= further_tests(form);
    /* The displacement counts words, in bits that end at bit 0 (26 of them) or 5. */
    unsigned bits = 0;
    if (form->kind == BRANCH26 || form->kind == CALL26)
        bits = 26;
    else if (form->kind == BRANCH14)
        bits = 14;
    else if (form->kind == BRANCH19 || form->kind == LITERAL4 || form->kind == LITERAL8 ||
             form->kind == LITERAL16)
        bits = 19;
    if (bits != 0)
        quick->times = (uint32_t)1 << (bits == 26 ? 6 : 27 - bits);
    quick->right = (uint8_t)(30 - bits);
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

/* For each slot where the form may be found: counts it, or if `fill`, enters it. */
static void enter(struct form_index *index, unsigned id, bool fill)
{
    const struct form *form = &index->forms[id];
    unsigned top_mask = form->mask >> 21, top = form->value >> 21;
    for (unsigned k = top; k < KEYS; k = next_number(k, top_mask, top, KEYS)) {
        struct form_key key = index->keys[k];
        /* The bits that the product has at the top. */
        unsigned size = key.times != 0 ? SUBSLOTS : 1;
        unsigned mask = form->mask * key.times >> 26, value = form->value * key.times >> 26;
        for (unsigned sub = value; sub < size; sub = next_number(sub, mask, value, size)) {
            uint16_t *end = &index->slots[key.slot + sub];
            if (fill)
                index->ids[*end] = (uint16_t)id;
            ++*end;
        }
    }
}

/* Gives each key one slot, or SUBSLOTS with the bits that make their lists shortest. */
static void make_slots(struct form_index *index)
{
    static const uint8_t shifts[] = {5, 10, 0}; /* of equals, the first is taken */
    enum { SHIFTS = sizeof shifts };
    struct {
        uint16_t forms, entries[SHIFTS];
    } counts[KEYS] = {0};
    for (unsigned id = 0; id < LINES; id++) {
        const struct form *form = &index->forms[id];
        unsigned mask = form->mask >> 21, value = form->value >> 21;
        uint16_t entries[SHIFTS];
        for (unsigned i = 0; i < SHIFTS; i++)
            entries[i] =
                (uint16_t)(1u << __builtin_popcount(~form->mask >> shifts[i] & (SUBSLOTS - 1)));
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
        };
        index->slot_count += several ? SUBSLOTS : 1;
    }
}

void lfi_aarch64_index(struct form_index *index, unsigned confine)
{
    make_tests(index, confine != 0);
    for (unsigned id = 0; id < LINES; id++) {
        read_line(&lines[id], &index->forms[id]);
        make_quick(&index->forms[id], confine, &index->quick[id]);
    }
    make_slots(index);
    for (unsigned id = 0; id < LAST; id++)
        enter(index, id, false);
    for (unsigned slot = 0; slot < index->slot_count; slot++) {
        unsigned count = index->slots[slot];
        index->slots[slot] = (uint16_t)index->id_count;
        index->id_count += count + 1;
    }
    for (unsigned id = 0; id < LAST; id++)
        enter(index, id, true);
    /* Filling moved each slot to its end: there stands the last line, which matches every word. */
    unsigned start = 0;
    for (unsigned slot = 0; slot < index->slot_count; slot++) {
        unsigned end = index->slots[slot];
        index->ids[end] = LAST;
        index->slots[slot] = (uint16_t)start;
        index->first[slot] = index->ids[start];
        start = end + 1;
    }
}
