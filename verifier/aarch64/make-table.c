// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Runs on the machine that builds the verifier: reads insns.def and writes, as C, what forms.h
 * declares: the lines, the index that finds the line of a word, and the tests of each line.
 *
 *     make-table aarch64-table.c
 */
#include <stdio.h>
#include <string.h>

#undef LFI_VERIFIER_FAST
#define LFI_VERIFIER_FAST 1
#include "forms.h"

static const struct line {
    const char *pattern;
    uint8_t access, kind, flags, rule;
    const char *name;
} lines[] = {
#define INSN(pattern, access, kind, flags, name) {pattern, access, kind, flags, RULE_NONE, name},
#define DENY(pattern, rule, name)                {pattern, 0, PLAIN, 0, RULE_##rule, name},
#include "insns.def"
    DENY("", undecodable, "") /* what none of these matches */
#undef INSN
#undef DENY
};

#define LINES (sizeof lines / sizeof *lines)
_Static_assert(LINES <= MAX_FORMS, "MAX_FORMS is too small");

enum { NOT_YET = 0xffff }; /* no line */

static struct {
    struct form_table table;
    struct form forms[MAX_FORMS];
    struct form_tests tests[RW + 1];
    unsigned slot_count, id_count;
} all;

/* ---- one line ---- */

/* What a letter of a register field means; other letters mean nothing. */
static const uint8_t letter_uses[128] = {
    ['w'] = WRITTEN, ['W'] = WRITTEN_SP, ['p'] = PAIR,
    ['b'] = BASED,   ['B'] = BASED_BACK, ['o'] = BASED_OTHER,
};

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

static bool read_line(unsigned id)
{
    const struct line *line = &lines[id];
    struct form *form = &all.forms[id];
    *form = (struct form){.access = line->access,
                          .kind = line->kind,
                          .flags = line->flags,
                          .reach = (uint8_t)reach_of(line->kind),
                          .rule = line->rule,
                          .name = line->name};
    unsigned bit = 32;
    for (const char *p = line->pattern; *p != 0; p++) {
        if (*p == ' ')
            continue;
        if (bit-- == 0)
            break;
        if (*p == '0' || *p == '1')
            all.table.mask[id] |= (uint32_t)1 << bit;
        if (*p == '1')
            all.table.value[id] |= (uint32_t)1 << bit;
        /* By the second lowest bit: the lowest of a pair is 0. */
        for (unsigned field = 0; field < FIELDS; field++)
            if (bit == form_field_bit(field) + 1)
                form->use[field] = letter_uses[*p & 127];
    }
    return bit == 0 || *line->pattern == 0;
}

/* ---- the quick answer ---- */

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

static void make_fails(struct form_tests *tests, bool confined_sp)
{
    for (unsigned field = 0; field < FIELDS; field++)
        for (unsigned reg = 0; reg < 32; reg++)
            tests->field_fails[field][reg] = failed_tests(field, reg, confined_sp);
    for (unsigned i = 0; i < 1 << 10; i++)
        tests->fails[i] = tests->field_fails[AT_0][i & 31] | tests->field_fails[AT_5][i >> 5] |
                          TEST_LATE | TEST_RULES;
}

/* The tests for the kind and for registers that must differ. */
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

/* A base is tested if the access is confined, one that is written back always. */
static void make_tests(struct form_tests *made, const struct form *form, unsigned id,
                       unsigned confine)
{
    bool confined = (form->access & confine) != 0;
    uint32_t tests[FIELDS];
    for (unsigned field = 0; field < FIELDS; field++) {
        bool free = !confined && (form->use[field] == BASED || form->use[field] == BASED_OTHER);
        tests[field] = free ? 0 : test_of(form->use[field], field);
    }
    uint32_t late = tests[AT_10] | tests[AT_16] | ((form->flags & TT2) != 0 ? TEST_PAIR : 0);
    made->late_tests[id] = late;
    made->tests[id] = tests[AT_0] | tests[AT_5] | (late != 0 ? TEST_LATE : 0) | further_tests(form);
}

/* ---- the index ---- */

/*
 * The numbers below `size` that agree with `value` where `mask` is set, ascending; starts with
 * value, returns `size` or more after the last.
 */
static unsigned next_number(unsigned number, unsigned mask, unsigned value, unsigned size)
{
    number = (number | mask) + 1;
    return number < size ? (number & ~mask) | value : number;
}

/* Gives each key one slot, or SUBSLOTS with the bits that leave the fewest forms in each. */
static void make_slots(void)
{
    static const uint8_t shifts[] = {0, 5, 10}; /* the first of equally good ones is taken */
    enum { SHIFTS = sizeof shifts };
    static struct {
        unsigned forms, entries[SHIFTS];
    } counts[KEYS];
    for (unsigned id = 0; id < LINES; id++) {
        unsigned mask = all.table.mask[id] >> 21, value = all.table.value[id] >> 21;
        for (unsigned key = value; key < KEYS; key = next_number(key, mask, value, KEYS)) {
            counts[key].forms++;
            for (unsigned i = 0; i < SHIFTS; i++)
                counts[key].entries[i] +=
                    1U << __builtin_popcount(~all.table.mask[id] >> shifts[i] & (SUBSLOTS - 1));
        }
    }
    for (unsigned key = 0; key < KEYS; key++) {
        unsigned best = 0;
        for (unsigned i = 1; i < SHIFTS; i++)
            if (counts[key].entries[i] < counts[key].entries[best])
                best = i;
        bool several = counts[key].forms > 2; /* the last line is one of them */
        all.table.index.keys[key] = (struct form_key){
            .times = several ? (uint32_t)1 << (26 - shifts[best]) : 0,
            .slot = (uint16_t)all.slot_count,
            .list = (uint16_t)all.id_count,
        };
        all.slot_count += several ? SUBSLOTS : 1;
        all.id_count += counts[key].forms;
    }
}

/* Appends the form to the list of each key that it may have, and enters it in the free slots. */
static void enter(unsigned id, unsigned entered[KEYS])
{
    unsigned top_mask = all.table.mask[id] >> 21, top = all.table.value[id] >> 21;
    for (unsigned k = top; k < KEYS; k = next_number(k, top_mask, top, KEYS)) {
        struct form_key key = all.table.index.keys[k];
        all.table.index.ids[key.list + entered[k]++] = (uint16_t)id;
        /* The bits at the top of the product. */
        unsigned size = key.times != 0 ? SUBSLOTS : 1;
        unsigned mask = all.table.mask[id] * key.times >> 26,
                 value = all.table.value[id] * key.times >> 26;
        for (unsigned sub = value; sub < size; sub = next_number(sub, mask, value, size))
            if (all.table.index.first[key.slot + sub] == NOT_YET)
                all.table.index.first[key.slot + sub] = (uint16_t)id;
    }
}

static bool make_index(void)
{
    static unsigned entered[KEYS];
    make_slots();
    if (all.slot_count > MAX_SLOTS || all.id_count > MAX_IDS) {
        fprintf(stderr, "make-table: %u slots and %u entries, the most are %u and %u (forms.h)\n",
                all.slot_count, all.id_count, (unsigned)MAX_SLOTS, (unsigned)MAX_IDS);
        return false;
    }
    for (unsigned slot = 0; slot < all.slot_count; slot++)
        all.table.index.first[slot] = NOT_YET;
    for (unsigned id = 0; id < LINES; id++)
        enter(id, entered);
    for (unsigned id = 0; id < LINES; id++) {
        all.table.index.reach[id] = all.forms[id].reach;
        all.table.index.times[id] = reach_bits[all.forms[id].reach].times;
    }
    return true;
}

/* ---- output ---- */

/* `size` is that of an item, 1, 2 or 4. */
static void print_array(FILE *f, const char *name, const void *array, size_t size, size_t count)
{
    fprintf(f, "    %s = {", name);
    for (size_t i = 0; i < count; i++) {
        unsigned long item = size == 4   ? ((const uint32_t *)array)[i]
                             : size == 2 ? ((const uint16_t *)array)[i]
                                         : ((const uint8_t *)array)[i];
        fprintf(f, "%s%#lx,", i % 12 == 0 ? "\n        " : " ", item);
    }
    fprintf(f, "\n    },\n");
}

static void print_forms(FILE *f)
{
    fprintf(f, "const struct form lfi_aarch64_forms[MAX_FORMS] = {\n");
    for (unsigned id = 0; id < LINES; id++) {
        const struct form *form = &all.forms[id];
        fprintf(f, "    {{%u, %u, %u, %u}, %u, %u, %u, %u, %u, \"%s\"},\n", form->use[AT_0],
                form->use[AT_5], form->use[AT_10], form->use[AT_16], form->access, form->kind,
                form->flags, form->reach, form->rule, form->name);
    }
    fprintf(f, "};\n\n");
}

static void print_table(FILE *f)
{
    const struct form_index *index = &all.table.index;
    fprintf(f, "const struct form_table lfi_aarch64_table = {\n");
    print_array(f, ".mask", all.table.mask, sizeof *all.table.mask, LINES);
    print_array(f, ".value", all.table.value, sizeof *all.table.value, LINES);
    fprintf(f, "#if LFI_VERIFIER_FAST\n    .index.keys = {\n");
    for (unsigned key = 0; key < KEYS; key++)
        fprintf(f, "        {%#lx, %u, %u},\n", (unsigned long)index->keys[key].times,
                index->keys[key].slot, index->keys[key].list);
    fprintf(f, "    },\n");
    print_array(f, ".index.first", index->first, sizeof *index->first, all.slot_count);
    print_array(f, ".index.ids", index->ids, sizeof *index->ids, all.id_count);
    print_array(f, ".index.times", index->times, sizeof *index->times, LINES);
    print_array(f, ".index.reach", index->reach, sizeof *index->reach, LINES);
    fprintf(f, "#endif\n};\n\n");
}

static void print_tests(FILE *f)
{
    fprintf(f, "#if LFI_VERIFIER_FAST\nconst struct form_tests lfi_aarch64_tests[RW + 1] = {\n");
    for (unsigned confine = 0; confine <= RW; confine++) {
        const struct form_tests *tests = &all.tests[confine];
        fprintf(f, "    [%u] = {\n", confine);
        print_array(f, ".tests", tests->tests, sizeof *tests->tests, LINES);
        print_array(f, ".late_tests", tests->late_tests, sizeof *tests->late_tests, LINES);
        for (unsigned field = 0; field < FIELDS; field++) {
            char name[24];
            snprintf(name, sizeof name, ".field_fails[%u]", field);
            print_array(f, name, tests->field_fails[field], sizeof **tests->field_fails, 32);
        }
        print_array(f, ".fails", tests->fails, sizeof *tests->fails, 1U << 10);
        fprintf(f, "    },\n");
    }
    fprintf(f, "};\n#endif\n");
}

int main(int argc, char **argv)
{
    FILE *f;
    if (argc != 2 || !(f = fopen(argv[1], "w"))) {
        fprintf(stderr, "usage: make-table FILE\n");
        return 2;
    }
    for (unsigned id = 0; id < LINES; id++) {
        if (!read_line(id)) {
            fprintf(stderr, "make-table: %s is not 32 bits\n", lines[id].pattern);
            return 1;
        }
    }
    for (unsigned confine = 0; confine <= RW; confine++) {
        make_fails(&all.tests[confine], confine != 0);
        for (unsigned id = 0; id < LINES; id++)
            make_tests(&all.tests[confine], &all.forms[id], id, confine);
    }
    if (!make_index())
        return 1;
    fprintf(f, "/* Made by make-table from insns.def. */\n#include \"aarch64/forms.h\"\n\n");
    print_forms(f);
    print_table(f);
    print_tests(f);
    if (ferror(f) != 0 || fclose(f) != 0) {
        fprintf(stderr, "make-table: cannot write %s\n", argv[1]);
        return 1;
    }
    return 0;
}
