// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The rules of docs/verifier.md on x86-64 code, in two passes over a run: the first decodes it from
 * start to end, checks each instruction and group, and records where instructions start and what
 * direct branches name; the second compares the two.
 */
#include <stdlib.h>
#include <string.h>

#include <lfi/abi.h>

#include "explain.h"
#include "groups.h"

enum { BUNDLE_MASK = LFI_BUNDLE_SIZE - 1 };

struct verifier {
    const struct lfi_code *code;
    unsigned mode;
    unsigned confine; /* which memory accesses are confined in this mode: OP_R, OP_W */
    lfi_violation_fn *report;
    void *data;
    bool refused, stopped;

    size_t pos;          /* of the current instruction or group */
    const uint8_t *here; /* its bytes, GROUP_WINDOW of them readable */
    uint8_t tail[GROUP_WINDOW];

    bool stepped; /* rsp has moved without a check, at step_pos */
    size_t step_pos;

    /* A bit for each byte of the run. */
    uint64_t *start;  /* an instruction that may be branched to */
    uint64_t *inside; /* an instruction of a group other than the first */
    uint64_t *target; /* a direct branch names it */

    struct form_index index;
};

static void set_bit(uint64_t *bits, size_t i)
{
    bits[i / 64] |= (uint64_t)1 << i % 64;
}

static bool get_bit(const uint64_t *bits, size_t i)
{
    return (bits[i / 64] >> i % 64 & 1) != 0;
}

/* The bytes at pos, readable as far as the decoder may look. */
static const uint8_t *window(struct verifier *v, size_t pos)
{
    size_t left = v->code->size - pos;
    if (left >= GROUP_WINDOW)
        return v->code->bytes + pos;
    memset(v->tail, 0, sizeof v->tail);
    memcpy(v->tail, v->code->bytes + pos, left);
    return v->tail;
}

/* Reports that the instruction at pos breaks a rule. */
static void refuse(struct verifier *v, size_t pos, const struct insn *insn, enum rule rule,
                   const char *detail)
{
    v->refused = true;
    if (v->stopped)
        return;
    if (!v->report) {
        v->stopped = true;
        return;
    }
    struct lfi_violation violation;
    lfi_violation_set(&violation, &lfi_x86_64_arch, rule, detail);
    violation.address = v->code->address + pos;
    size_t left = v->code->size - pos, length = insn->length != 0 ? insn->length : 15;
    violation.length = (uint8_t)(length < left ? length : left);
    if (violation.length > sizeof violation.bytes)
        violation.length = sizeof violation.bytes;
    memcpy(violation.bytes, v->code->bytes + pos, violation.length);
    lfi_x86_64_text(insn, violation.text, sizeof violation.text);
    if (!v->report(v->data, &violation))
        v->stopped = true;
}

/* Decodes the instruction at pos again, to report it. */
static void refuse_at(struct verifier *v, size_t pos, enum rule rule, const char *detail)
{
    struct insn insn;
    lfi_x86_64_decode(&v->index, window(v, pos), &insn);
    refuse(v, pos, &insn, rule, detail);
    v->here = window(v, v->pos);
}

/* ---- memory ---- */

static bool is_base(const struct insn *insn)
{
    return insn->form->kind == LOAD && insn->size == 8 && (insn->modrm & 0xc7) == 4 &&
           insn->sib == 0x25 && (insn->rex & (REX_X | REX_B)) == 0 &&
           insn->disp == (int64_t)LFI_SLOT_INSIDE(LFI_SLOT_BASE);
}

static bool in_image(const struct verifier *v, uint64_t address, unsigned size)
{
    return address >= v->code->image_start && address <= v->code->image_end &&
           v->code->image_end - address >= size;
}

static bool is_stack_operand(const struct insn *insn)
{
    return insn->memory && insn->base == REG_RSP && insn->index == REG_NONE &&
           (insn->prefixes & (PFX_GS | PFX_67)) == 0;
}

static bool in_stack_reach(int64_t displacement)
{
    return displacement >= -LFI_STACK_REACH && displacement <= LFI_STACK_REACH;
}

/* The rule that the memory operand breaks; `pos` is that of the instruction. */
static enum rule check_memory(const struct verifier *v, size_t pos, const struct insn *insn)
{
    if (!insn->memory || insn->access == 0)
        return RULE_NONE;
    if ((insn->prefixes & PFX_GS) != 0) {
        if ((insn->prefixes & PFX_67) != 0)
            return RULE_NONE; /* base + 32 bits */
        return is_base(insn) ? RULE_NONE : RULE_table_slot;
    }
    if ((insn->access & v->confine) == 0)
        return RULE_NONE;
    if (insn->form->kind == XLAT || insn->form->kind == MASKMOV)
        return RULE_implicit_operand;
    if (insn->base == REG_RIP) {
        uint64_t next = v->code->address + pos + insn->length;
        return in_image(v, next + (uint64_t)insn->disp, lfi_x86_64_memory_size(insn))
                   ? RULE_NONE
                   : RULE_rip_target;
    }
    if (is_stack_operand(insn))
        return in_stack_reach(insn->disp) ? RULE_NONE : RULE_stack_displacement;
    return (insn->access & OP_W) != 0 ? RULE_store_address : RULE_load_address;
}

/* Which pointers of a string instruction must be guarded? */
static void string_needs(const struct verifier *v, enum kind kind, bool *rdi, bool *rsi)
{
    bool reads = (v->confine & OP_R) != 0, writes = (v->confine & OP_W) != 0;
    *rdi = (writes && (kind == STOS || kind == MOVS)) || (reads && (kind == SCAS || kind == CMPS));
    *rsi = reads && (kind == LODS || kind == MOVS || kind == CMPS);
}

static bool is_string(const struct insn *insn)
{
    return insn->form->kind >= MOVS && insn->form->kind <= SCAS;
}

static enum rule check_string(const struct verifier *v, const struct insn *insn, bool guards_rdi,
                              bool guards_rsi)
{
    bool rdi, rsi;
    string_needs(v, insn->form->kind, &rdi, &rsi);
    return (rdi && !guards_rdi) || (rsi && !guards_rsi) ? RULE_string_operand : RULE_NONE;
}

/* ---- the stack pointer ---- */

/* Is the instruction certain to fault if the step before it took rsp out of the box? */
static bool checks_step(const struct insn *insn)
{
    switch (insn->form->kind) {
    case PUSH:
    case POP:
    case POP_RM:
    case CALL:
        return true;
    default:
        return is_stack_operand(insn) && insn->access != 0 && (insn->form->flags & MAYBE) == 0 &&
               in_stack_reach(insn->disp);
    }
}

/* A write to rsp outside a group. */
static enum rule check_stack_write(struct verifier *v, const struct insn *insn)
{
    int64_t distance;
    if (insn->size != 8)
        return RULE_stack_write;
    switch (insn->form->kind) {
    case AND:
        return insn->imm < 0 ? RULE_NONE : RULE_stack_write;
    case ADD:
        distance = insn->imm;
        break;
    case SUB:
        distance = -insn->imm;
        break;
    case LEA:
        if (!is_stack_operand(insn))
            return RULE_stack_write;
        distance = insn->disp;
        break;
    default:
        return RULE_stack_write;
    }
    if (!in_stack_reach(distance))
        return RULE_stack_step;
    v->stepped = true;
    v->step_pos = v->pos;
    return RULE_NONE;
}

/* ---- single instructions ---- */

static enum rule check_branch(struct verifier *v, enum kind kind, unsigned length,
                              int64_t displacement)
{
    uint64_t next = v->pos + length, target = next + (uint64_t)displacement;
    if (kind == CALL && (next & BUNDLE_MASK) != 0)
        return RULE_call_end;
    if (target >= v->code->size)
        return RULE_branch_target;
    set_bit(v->target, target);
    return RULE_NONE;
}

/*
 * `addq BASE,%rX` outside a group: if the instruction after it shows that it was meant to end a
 * group, that one names the mistake better.
 */
static bool is_failed_guard(struct verifier *v, const struct insn *insn)
{
    if (!lfi_x86_64_is_add_base(v->here))
        return false;
    struct insn next;
    lfi_x86_64_decode(&v->index, v->here + insn->length, &next);
    if (!next.form || next.rule != RULE_NONE)
        return false;
    return next.form->kind == JUMP_IND || next.form->kind == CALL_IND ||
           (is_string(&next) && check_string(v, &next, false, false) != RULE_NONE);
}

static enum rule check_insn(struct verifier *v, const struct insn *insn)
{
    bool confined_stack = v->mode != LFI_MODE_JUMPS;
    switch (insn->form->kind) {
    case JUMP:
    case LOOP:
    case CALL:
        return check_branch(v, insn->form->kind, insn->length, insn->imm);
    case JUMP_IND:
    case CALL_IND:
        return insn->memory && (insn->prefixes & (PFX_GS | PFX_67)) == PFX_GS
                   ? RULE_runtime_call
                   : RULE_indirect_branch;
    case MOVS:
    case CMPS:
    case STOS:
    case LODS:
    case SCAS:
        return check_string(v, insn, false, false);
    case ENTER:
        return confined_stack ? RULE_implicit_operand : RULE_NONE;
    case LEAVE:
        return confined_stack ? RULE_stack_write : RULE_NONE;
    case BIT:
        if (insn->memory)
            return RULE_bit_offset;
        break;
    default:
        break;
    }
    if (confined_stack && insn->writes_rsp) {
        enum rule rule = check_stack_write(v, insn);
        if (rule != RULE_NONE)
            return rule;
    }
    return check_memory(v, v->pos, insn);
}

/* ---- groups ---- */

static bool crosses(const struct verifier *v, unsigned length)
{
    return (v->pos & BUNDLE_MASK) + length > LFI_BUNDLE_SIZE;
}

static void check_group(struct verifier *v, const struct insn *first, const struct group *group)
{
    bool ends_bundle = ((v->pos + group->length) & BUNDLE_MASK) == 0;
    size_t insn_pos = v->pos + group->insn_at;
    enum rule rule = RULE_NONE;
    if (crosses(v, group->length)) {
        refuse(v, v->pos, first, RULE_group_crossing, NULL);
        return;
    }
    for (unsigned i = 1; i < group->length; i++)
        if ((group->inside >> i & 1) != 0)
            set_bit(v->inside, v->pos + i);
    switch (group->kind) {
    case MASKED_JUMP:
        break;
    case MASKED_CALL:
        if (!ends_bundle)
            refuse(v, v->pos, first, RULE_call_end, NULL);
        break;
    case RUNTIME_CALL:
        if (!ends_bundle)
            refuse(v, v->pos, first, RULE_runtime_call, "it does not end its bundle");
        break;
    case GUARDED_STRING:
        rule = check_string(v, &group->insn, group->guards_rdi, group->guards_rsi);
        break;
    case GUARDED_WRITE:
        rule = check_memory(v, insn_pos, &group->insn);
        break;
    }
    if (rule != RULE_NONE)
        refuse(v, insn_pos, &group->insn, rule, NULL);
}

/* ---- passes ---- */

/*
 * Continues at the next bundle: instructions do not cross into it. What starts before it is
 * unknown; the code is refused, and with both bits set the second pass says no more about it.
 */
static size_t skip_bundle(struct verifier *v, size_t pos)
{
    size_t next = (pos | BUNDLE_MASK) + 1;
    for (; pos < next && pos < v->code->size; pos++) {
        set_bit(v->start, pos);
        set_bit(v->inside, pos);
    }
    return pos;
}

static bool is_nop(const struct insn *insn)
{
    return insn->form->kind == NOP ||
           (insn->form->kind == XCHG && insn->opcode == 0x90 && insn->reg == 0);
}

/* Checks what is at v->pos; returns the position after it. */
static size_t check_next(struct verifier *v)
{
    size_t left = v->code->size - v->pos;
    v->here = window(v, v->pos);
    struct insn insn;
    lfi_x86_64_decode(&v->index, v->here, &insn);
    set_bit(v->start, v->pos);
    if (insn.seen > left) {
        refuse(v, v->pos, &insn, RULE_truncated, NULL);
        return v->code->size;
    }
    if (insn.rule != RULE_NONE) {
        v->stepped = false;
        refuse(v, v->pos, &insn, insn.rule, insn.detail);
        return insn.length != 0 ? v->pos + insn.length : skip_bundle(v, v->pos);
    }

    if (v->stepped && !is_nop(&insn)) {
        if (!checks_step(&insn))
            refuse_at(v, v->step_pos, RULE_stack_step, NULL);
        v->stepped = false;
    }

    struct group group;
    if (((insn.form->flags & GROUP) != 0 || insn.writes_rsp) &&
        lfi_x86_64_explain_group(&v->index, v->here, &insn, &group)) {
        if (group.length > left) {
            refuse(v, v->pos, &insn, RULE_truncated, NULL);
            return v->code->size;
        }
        check_group(v, &insn, &group);
        return v->pos + group.length;
    }
    enum rule rule = crosses(v, insn.length) ? RULE_bundle_crossing : check_insn(v, &insn);
    if (rule == RULE_table_slot && is_failed_guard(v, &insn))
        v->refused = true; /* reported with the next instruction */
    else if (rule != RULE_NONE)
        refuse(v, v->pos, &insn, rule, NULL);
    return v->pos + insn.length;
}

static void first_pass(struct verifier *v)
{
    const struct lfi_code *code = v->code;
    while (v->pos < code->size && !v->stopped) {
        v->pos = check_next(v);
    }
    if (v->stepped && !v->stopped)
        refuse_at(v, v->step_pos, RULE_stack_step, "the code ends");
}

/* Reports the branches whose target is not a start. */
static void report_targets(struct verifier *v)
{
    for (size_t pos = 0; pos < v->code->size && !v->stopped; pos++) {
        if (!get_bit(v->start, pos) || get_bit(v->inside, pos))
            continue;
        struct insn insn;
        lfi_x86_64_decode(&v->index, window(v, pos), &insn);
        if (!insn.form || insn.rule != RULE_NONE ||
            (insn.form->kind != JUMP && insn.form->kind != LOOP && insn.form->kind != CALL))
            continue;
        uint64_t target = pos + insn.length + (uint64_t)insn.imm;
        if (target >= v->code->size || get_bit(v->start, target))
            continue;
        refuse(v, pos, &insn,
               get_bit(v->inside, target) ? RULE_branch_into_group : RULE_branch_target, NULL);
    }
}

static void second_pass(struct verifier *v)
{
    uint64_t bad = 0;
    for (size_t i = 0; i <= v->code->size / 64; i++)
        bad |= v->target[i] & ~v->start[i];
    if (bad != 0) {
        v->refused = true;
        report_targets(v);
    }
}

static unsigned confined_accesses(unsigned mode)
{
    return mode == LFI_MODE_FULL ? OP_R | OP_W : mode == LFI_MODE_STORES ? OP_W : 0;
}

enum lfi_verdict lfi_x86_64_explain(unsigned mode, const struct lfi_code *code,
                                    lfi_violation_fn *report, void *data)
{
    size_t words = code->size / 64 + 1;
    struct verifier *v = calloc(1, sizeof *v);
    uint64_t *bits = calloc(words, 3 * sizeof *bits);
    enum lfi_verdict verdict = LFI_UNABLE;
    if (v && bits) {
        v->code = code;
        v->mode = mode;
        v->confine = confined_accesses(mode);
        v->report = report;
        v->data = data;
        v->start = bits;
        v->inside = bits + words;
        v->target = bits + 2 * words;
        lfi_x86_64_index(&v->index);
        first_pass(v);
        if (!v->stopped)
            second_pass(v);
        verdict = v->refused ? LFI_REFUSED : LFI_ACCEPTED;
    }
    free(bits);
    free(v);
    return verdict;
}
