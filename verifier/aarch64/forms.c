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

static uint32_t bad_registers(enum use use, unsigned field, bool confined, bool confined_sp)
{
    const uint32_t promised =
        (uint32_t)1 << CONTEXT | (uint32_t)1 << BASE | (uint32_t)1 << ADDRESS | (uint32_t)1 << LINK;
    const uint32_t sp = (uint32_t)1 << SP;
    switch (use) {
    case WRITTEN:
        return promised;
    case WRITTEN_SP:
        return promised | (confined_sp ? sp : 0);
    case PAIR: /* the first of two */
        return promised | promised >> 1;
    case BASED:
        return confined ? ~((uint32_t)1 << ADDRESS | (field == AT_5 ? sp : 0)) : 0;
    case BASED_BACK:
        return ~sp;
    case BASED_OTHER:
        return confined ? ~(uint32_t)0 : 0;
    default:
        return 0;
    }
}

static enum quick quick_answer(const struct form *form)
{
    if (form->rule != RULE_NONE || (form->flags & (STATUS | STATUS2)) != 0 ||
        ((form->flags & TN) != 0 && form->use[AT_5] == BASED))
        return DECIDE;
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
        break;
    case BELOW:
        if (form->use[AT_5] == BASED_BACK && (form->access & W) == 0)
            return DECIDE;
        break;
    case BRANCH14:
    case BRANCH19:
    case BRANCH26:
    case CALL26:
        return CHECK_TARGET;
    default:
        return DECIDE;
    }
    return (form->flags & TT2) != 0 ? CHECK_PAIR : ACCEPT;
}

static void make_quick(const struct form *form, unsigned confine, struct quick_form *quick)
{
    bool confined = (form->access & confine) != 0;
    quick->mask = form->mask;
    quick->value = form->value;
    for (unsigned field = 0; field < FIELDS; field++)
        quick->bad[field] = bad_registers(form->use[field], field, confined, confine != 0);
    quick->quick = (uint8_t)quick_answer(form);
    quick->bits = form->kind == BRANCH14 ? 14 : form->kind == BRANCH19 ? 19 : 26;
}

/* ---- the index --------------------------------------------------------------------------------
 */

/*
 * The numbers below `size` that agree with `value` where `mask` is set, ascending; starts with
 * value & mask, returns `size` or more behind the last.
 */
static unsigned next_number(unsigned number, unsigned mask, unsigned value, unsigned size)
{
    number = (number | mask) + 1;
    return number < size ? (number & ~mask) | (value & mask) : number;
}

/* For each slot where `form` may be found: counts it, or if `fill`, enters it. */
static void enter(struct form_index *index, const struct form *form, unsigned id, bool fill)
{
    unsigned mask = form->mask >> 21, value = form->value >> 21;
    unsigned sub_mask = form->mask >> 10 & (SUBSLOTS - 1);
    unsigned sub_value = form->value >> 10 & (SUBSLOTS - 1);
    for (unsigned key = value; key < KEYS; key = next_number(key, mask, value, KEYS)) {
        bool several = index->keys[key].mask != 0;
        for (unsigned sub = several ? sub_value : 0; sub < (several ? SUBSLOTS : 1);
             sub = next_number(sub, several ? sub_mask : 0, sub_value, SUBSLOTS)) {
            uint16_t *end = &index->slots[index->keys[key].slot + sub];
            if (fill)
                index->ids[*end] = (uint16_t)id;
            ++*end;
        }
    }
}

/* Gives each key one slot, or SUBSLOTS if more than two forms begin with its bits. */
static void make_slots(struct form_index *index)
{
    for (unsigned id = 0; id < LINES; id++) {
        const struct form *form = &index->forms[id];
        unsigned mask = form->mask >> 21, value = form->value >> 21;
        for (unsigned key = value; key < KEYS; key = next_number(key, mask, value, KEYS))
            index->keys[key].slot++;
    }
    for (unsigned key = 0; key < KEYS; key++) {
        bool several = index->keys[key].slot > 3; /* the last line matches, too */
        index->keys[key].slot = (uint16_t)index->slot_count;
        index->keys[key].mask = several ? SUBSLOTS - 1 : 0;
        index->slot_count += several ? SUBSLOTS : 1;
    }
}

void lfi_aarch64_index(struct form_index *index, unsigned confine)
{
    index->form_count = LINES;
    for (unsigned id = 0; id < LINES; id++) {
        read_line(&lines[id], &index->forms[id]);
        make_quick(&index->forms[id], confine, &index->quick[id]);
    }
    make_slots(index);
    for (unsigned id = 0; id < LINES; id++)
        enter(index, &index->forms[id], id, false);
    for (unsigned slot = 0; slot < index->slot_count; slot++) {
        unsigned count = index->slots[slot];
        index->slots[slot] = (uint16_t)index->id_count;
        index->id_count += count;
    }
    for (unsigned id = 0; id < LINES; id++)
        enter(index, &index->forms[id], id, true);
    /* Filling moved each slot to its end, which is where the next one starts. */
    for (unsigned slot = index->slot_count; slot-- > 1;)
        index->slots[slot] = index->slots[slot - 1];
    index->slots[0] = 0;
}
