// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The rules of docs/verifier.md on AArch64 code, in one pass: each word is looked up in the table
 * and checked against the state that the words before it leave.
 *
 * One pass is enough, because every branch requires that x30 and sp keep their promises
 * (docs/abi.md). Code that reaches an instruction by a branch, from anywhere, therefore has them
 * kept, and what was proven for code that falls through to it holds for the branch as well.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lfi/abi.h>

#include "forms.h"
#if LFI_VERIFIER_FAST
#include "quick.h"
#endif

struct verifier {
    const struct lfi_code *code;
    unsigned confine; /* which accesses are confined in this mode; 0: sp is not, either */
    lfi_violation_fn *report;
    void *data;
    bool refused, stopped;

    size_t pos; /* of the current instruction */
    enum { IN_BOX, ANYWHERE, TABLE_ENTRY } x30;
    enum { STEADY, STEPPED_DOWN, STEPPED_UP } stack; /* has sp moved without a check? */
    size_t step_pos;

#if LFI_VERIFIER_FAST
    const struct form_tests *tests; /* of the mode */
#endif
};

static uint32_t read_word(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Reports that the instruction at pos breaks a rule. */
static void refuse(struct verifier *v, size_t pos, enum rule rule, const char *detail)
{
    v->refused = true;
    v->x30 = IN_BOX; /* one report is enough */
    v->stack = STEADY;
    if (v->stopped)
        return;
    if (!v->report) {
        v->stopped = true;
        return;
    }
    const uint8_t *bytes = v->code->bytes + pos;
    size_t left = v->code->size - pos;
    struct lfi_violation violation;
    lfi_violation_set(&violation, &lfi_aarch64_arch, rule, detail);
    violation.address = v->code->address + pos;
    violation.length = (uint8_t)(left < WORD ? left : WORD);
    memcpy(violation.bytes, bytes, violation.length);
    if (left >= WORD)
        snprintf(violation.text, sizeof violation.text, "%s",
                 lfi_aarch64_forms[form_find(&lfi_aarch64_table, read_word(bytes))].name);
    if (!v->report(v->data, &violation))
        v->stopped = true;
}

/* Does [pos + displacement, ... + size) lie inside the image? */
static bool in_image(const struct verifier *v, uint64_t pos, int64_t displacement, unsigned size)
{
    uint64_t address = v->code->address + pos + (uint64_t)displacement;
    return address >= v->code->image_start && address <= v->code->image_end &&
           v->code->image_end - address >= size;
}

/* ---- memory ---- */

/* Is the memory operand always accessed, and is its displacement negative? */
static bool is_sure(uint32_t word, enum kind kind, bool *negative)
{
    *negative =
        (kind == SURE7 && (word >> 21 & 1) != 0) || (kind == SURE9 && (word >> 20 & 1) != 0);
    return kind == SURE || kind == SURE7 || kind == SURE9;
}

/* An access through sp: does it check a step, and if it writes sp back, may it? */
static enum rule check_stack_access(struct verifier *v, uint32_t word, const struct form *form)
{
    bool negative, sure = is_sure(word, form->kind, &negative);
    bool stores = (form->access & W) != 0, back = form->use[AT_5] == BASED_BACK;
    if (sure && (stores || (v->stack == STEPPED_UP && !negative)))
        v->stack = STEADY;
    if (!back)
        return RULE_NONE;
    if (v->stack != STEADY)
        return RULE_stack_step;
    return sure && (stores || !negative) ? RULE_NONE : RULE_stack_write;
}

static enum rule check_memory(struct verifier *v, uint32_t word, const struct form *form)
{
    unsigned field = form->use[AT_0] == BASED ? AT_0 : AT_5;
    enum use use = form->use[field];
    if (use != BASED && use != BASED_BACK && use != BASED_OTHER)
        return RULE_NONE;
    unsigned base = form_register(word, field);
    bool is_sp = field == AT_5 && base == SP;
    if ((form->access & v->confine) != 0 && (use == BASED_OTHER || (base != ADDRESS && !is_sp)))
        return (form->access & W) != 0 ? RULE_store_address : RULE_load_address;
    return is_sp && v->confine != 0 && use != BASED_OTHER ? check_stack_access(v, word, form)
                                                          : RULE_NONE;
}

static enum rule check_literal(const struct verifier *v, int64_t displacement, unsigned size)
{
    return (v->confine & R) != 0 && !in_image(v, v->pos, displacement, size) ? RULE_literal_target
                                                                             : RULE_NONE;
}

/* ---- registers ---- */

static enum rule check_write(struct verifier *v, unsigned reg)
{
    switch (reg) {
    case CONTEXT:
    case BASE:
    case ADDRESS:
        return RULE_reserved_register;
    case LINK:
        v->x30 = ANYWHERE;
        return RULE_NONE;
    default:
        return RULE_NONE;
    }
}

static enum rule check_writes(struct verifier *v, uint32_t word, const struct form *form)
{
    enum rule rule = RULE_NONE;
    for (unsigned field = 0; field < FIELDS && rule == RULE_NONE; field++) {
        unsigned reg = form_register(word, field);
        switch (form->use[field]) {
        case WRITTEN_SP:
            if (reg == SP)
                return v->confine != 0 ? RULE_stack_write : RULE_NONE;
            rule = check_write(v, reg);
            break;
        case WRITTEN:
        case BASED_BACK: /* of sp: check_memory() */
            rule = check_write(v, reg);
            break;
        case PAIR:
            rule = check_write(v, reg);
            if (rule == RULE_NONE)
                rule = check_write(v, reg + 1);
            break;
        default:
            break;
        }
    }
    return rule;
}

/* Do the registers differ that must, for the instruction to do what its page says? */
static bool is_predictable(uint32_t word, const struct form *form)
{
    unsigned t = form_register(word, AT_0), n = form_register(word, AT_5),
             t2 = form_register(word, AT_10), s = form_register(word, AT_16);
    return !((form->flags & TT2) != 0 && t == t2) &&
           !((form->flags & TN) != 0 && t == n && n != SP) &&
           !((form->flags & T2N) != 0 && t2 == n && n != SP) &&
           !((form->flags & STATUS) != 0 && (s == t || (s == n && n != SP))) &&
           !((form->flags & STATUS2) != 0 && s == t2);
}

/* ---- the stack pointer and control flow ---- */

static enum rule check_step(struct verifier *v, uint32_t word, enum kind kind)
{
    uint32_t distance = (word >> 10 & 0xfff) << ((word >> 22 & 1) != 0 ? 12 : 0);
    if (v->confine == 0)
        return RULE_NONE;
    if (v->stack != STEADY || distance > LFI_STACK_REACH)
        return RULE_stack_step;
    v->stack = kind == STEP_UP ? STEPPED_UP : STEPPED_DOWN;
    v->step_pos = v->pos;
    return RULE_NONE;
}

/* A branch: x30 has to be in the box unless the branch writes it. */
static enum rule check_branch(struct verifier *v, enum kind kind, int64_t displacement)
{
    bool direct = kind <= CALL26, links = kind == CALL26 || kind == CALL_REG;
    if (v->stack != STEADY)
        return RULE_stack_step;
    if (v->x30 == ANYWHERE && !links)
        return RULE_link_register;
    v->x30 = IN_BOX; /* after a call through an entry of the table it is, too */
    return direct && !in_image(v, v->pos, displacement, WORD) ? RULE_branch_target : RULE_NONE;
}

/* adr and adrp of x28: the address has to be in the image. */
static enum rule check_address(const struct verifier *v, uint32_t word, enum kind kind)
{
    int64_t value = ((int32_t)(word << 8) >> 11 & -4) | (int32_t)(word >> 29 & 3);
    if (kind == PAGE)
        value = value * ADRP_PAGE - (int64_t)((v->code->address + v->pos) % ADRP_PAGE);
    return in_image(v, v->pos, value, 1) ? RULE_NONE : RULE_reserved_register;
}

static enum rule check_kind(struct verifier *v, uint32_t word, enum kind kind, int64_t displacement)
{
    switch (kind) {
    case LITERAL4:
        return check_literal(v, displacement, 4);
    case LITERAL8:
        return check_literal(v, displacement, 8);
    case LITERAL16:
        return check_literal(v, displacement, 16);
    case PLACE:
    case PAGE:
        return check_address(v, word, kind);
    case STEP_UP:
    case STEP_DOWN:
        return check_step(v, word, kind);
    case GUARD:
        if (form_register(word, AT_0) == LINK)
            v->x30 = IN_BOX;
        else if (form_register(word, AT_0) == SP)
            v->stack = STEADY;
        return RULE_NONE;
    case WRITES_X30:
        v->x30 = ANYWHERE;
        return RULE_NONE;
    case TABLE:
        v->x30 = TABLE_ENTRY;
        return RULE_NONE;
    case BRANCH14:
    case BRANCH19:
    case BRANCH26:
    case CALL26:
    case JUMP_REG:
    case CALL_REG:
    case CALL_X30:
        return check_branch(v, kind, displacement);
    default:
        return RULE_NONE;
    }
}

static enum rule check(struct verifier *v, uint32_t word, unsigned id)
{
    const struct form *form = &lfi_aarch64_forms[id];
    if (v->x30 == TABLE_ENTRY && form->kind != CALL_X30)
        return RULE_runtime_call;
    if (form->rule != RULE_NONE)
        return form->rule;
    if (!is_predictable(word, form))
        return RULE_unpredictable;
    enum rule rule = check_memory(v, word, form);
    if (rule == RULE_NONE)
        rule = check_writes(v, word, form);
    if (rule == RULE_NONE)
        rule = check_kind(v, word, form->kind, form_displacement(form->reach, word));
    return rule;
}

/* ---- the pass ---- */

/* A function of its own, so that the loop over plain words has all registers to itself. */
__attribute__((noinline)) static void check_word(struct verifier *v)
{
    uint32_t word = read_word(v->code->bytes + v->pos);
    unsigned id = form_find(&lfi_aarch64_table, word);
    enum rule rule = check(v, word, id);
    if (rule != RULE_NONE)
        refuse(v, v->pos, rule, rule == RULE_feature ? lfi_aarch64_forms[id].name : NULL);
    v->pos += WORD;
}

#if LFI_VERIFIER_FAST
static size_t skip_plain(const struct form_table *table, const struct form_tests *tests,
                         const struct reaches *reaches, const uint8_t *bytes, size_t pos,
                         size_t end)
{
    while (pos < end && is_plain(table, tests, reaches, read_word(bytes + pos)))
        pos += WORD;
    return pos;
}

/* A function of its own, or compilers recompute the address of *tests for each word. */
__attribute__((noinline)) static void run_chunk(struct verifier *v, size_t end)
{
    const struct reaches reaches = make_reaches(v->code, v->pos, end);
    while (v->pos < end && !v->stopped) {
        if (v->x30 == IN_BOX && v->stack == STEADY)
            v->pos =
                skip_plain(&lfi_aarch64_table, v->tests, &reaches, v->code->bytes, v->pos, end);
        if (v->pos < end)
            check_word(v);
    }
}
#endif

static void run(struct verifier *v)
{
    size_t end = v->code->size / WORD * WORD;
    while (v->pos < end && !v->stopped)
#if LFI_VERIFIER_FAST
        run_chunk(v, end - v->pos < CHUNK ? end : v->pos + CHUNK);
#else
        check_word(v);
#endif
    if (v->stopped)
        return;
    if (v->stack != STEADY)
        refuse(v, v->step_pos, RULE_stack_step, "the code ends");
    else if (v->x30 != IN_BOX)
        refuse(v, end - WORD, v->x30 == ANYWHERE ? RULE_link_register : RULE_runtime_call,
               "the code ends");
    if (v->code->size != end)
        refuse(v, end, RULE_truncated, NULL);
}

static enum lfi_verdict verify(unsigned mode, const struct lfi_code *code, lfi_violation_fn *report,
                               void *data)
{
    struct verifier *v = calloc(1, sizeof *v);
    if (!v)
        return LFI_UNABLE;
    v->code = code;
    v->confine = mode == LFI_MODE_FULL ? RW : mode == LFI_MODE_STORES ? W : 0;
    v->report = report;
    v->data = data;
#if LFI_VERIFIER_FAST
    v->tests = &lfi_aarch64_tests[v->confine];
#endif
    run(v);
    enum lfi_verdict verdict = v->refused ? LFI_REFUSED : LFI_ACCEPTED;
    free(v);
    return verdict;
}

const struct verify_arch lfi_aarch64_arch = {
    .name = "aarch64",
    .machine = LFI_ARCH_AARCH64,
    .alignment = LFI_INSN_SIZE,
    .unit = "an instruction",
    .page_sizes = {4096, 16384, 65536},
    .verify = verify,
    .messages =
        {
            [RULE_link_register] = "branch where x30 is not guarded",
            [RULE_reserved_register] = "write to x25, x27 or x28 that is not a guard",
        },
};
