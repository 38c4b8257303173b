// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Where is the value of %r11 needed? A return takes its address there, and so does much else that
 * the rewriter adds. By the psABI that changes nothing over a call, but people who write assembly
 * know what the functions of their file leave alone. docs/assembly.md has the rules and why they
 * hold; in short: where a value is used behind a call, the returns of what was called leave %r11 in
 * the red zone and the call is followed by a load. That needs all of the called function to be in
 * this file, or the option keep_r11.
 *
 * One backward data-flow problem over all of the file's code, solved before anything is written,
 * and only for files that name the register. A return flows to what stands behind the calls.
 */
#include "x86_64.h"

/* What is known at a point; it only grows while the solution is sought. */
enum {
    NEEDED = 1, /* the value may be read before it is replaced */
    READ = 2,   /* and an instruction that does was found: for errors */
    LEAVES = 4, /* code that is not known may come first */
};

/* A function that a direct call of this file goes to. */
struct callee {
    const struct symbol *symbol;
    struct callee *next;
    bool returns_here; /* every way out of it is one of `returns` */
    uint32_t *returns, count;
    uint8_t behind; /* what is known behind its calls */
};

struct r11 {
    uint8_t *before;   /* of each statement, what is known before it */
    uint8_t *returned; /* of each return, what its callers need */
    uint32_t *next;    /* of each statement, the next of its section */
    struct callee *callees;
    uint8_t at_taken_labels;
    bool by_hand;         /* no compiler wrote the file: they say so with .ident */
    bool kept_everywhere; /* calls to other files keep it, and this one's functions do */
};

bool operand_names_r11(const struct operand *o)
{
    return (o->kind == OPERAND_REG && is_gpr_number(o->reg, NUMBER_R11)) ||
           (o->kind == OPERAND_MEM &&
            (is_gpr_number(o->base, NUMBER_R11) || is_gpr_number(o->index, NUMBER_R11)));
}

enum effect { EFFECT_NONE, EFFECT_NEEDS, EFFECT_KILLS };

static enum effect effect(const struct x86_64_insn *in)
{
    if (!insn_names_r11(in))
        return EFFECT_NONE;
    const struct operand *last = &in->operands[in->count - 1];
    bool written = last->kind == OPERAND_REG && is_gpr_number(last->reg, NUMBER_R11) &&
                   register_width(last->reg) >= 4;
    if (in->count == 2 && in->operands[0].kind == OPERAND_REG && written &&
        in->operands[0].reg == last->reg &&
        (span_starts(in->mnemonic, "xor") || span_starts(in->mnemonic, "sub")))
        return EFFECT_KILLS;
    for (unsigned i = 0; i + 1 < in->count; i++)
        if (operand_names_r11(&in->operands[i]))
            return EFFECT_NEEDS;
    bool replaced = in->info->access == ACCESS_WRITE || in->info->access == ACCESS_LEA ||
                    (in->count == 3 && span_starts(in->mnemonic, "imul"));
    if (written && replaced && in->info->class != CLASS_MASKED)
        return EFFECT_KILLS;
    /* a narrow write keeps the rest: as if it were not there */
    if (last->kind == OPERAND_REG && in->info->access == ACCESS_WRITE)
        return EFFECT_NONE;
    return EFFECT_NEEDS;
}

/* The statement that a direct branch goes to; NO_STATEMENT if it may be another file's. */
static uint32_t target_of(const struct x86_64_insn *in)
{
    bool direct = in->count == 1 && in->operands[0].kind == OPERAND_TARGET;
    const struct symbol *target = direct ? symbol_meant(in->target) : NULL;
    return target && !target->weak ? target->statement : NO_STATEMENT;
}

static uint8_t before(const struct r11 *k, uint32_t index)
{
    return index == NO_STATEMENT ? LEAVES : k->before[index];
}

/* What is known where other code takes over. */
static uint8_t elsewhere(const struct r11 *k)
{
    return k->kept_everywhere ? NEEDED | LEAVES : LEAVES;
}

/*
 * A jump may go to any label whose address is known. Compilers' jumps go to few of them; by hand,
 * a value that is wanted at one of them is wanted.
 */
static uint8_t behind_indirect_jump(const struct r11 *k)
{
    uint8_t wanted = k->by_hand ? NEEDED | READ : NEEDED;
    return elsewhere(k) | (k->at_taken_labels & READ ? wanted : 0);
}

/* `pushq %rax; ret` is a jump, and so is a return after `movq %rax, (%rsp)`. */
bool return_is_jump(const struct rewriter *r, uint32_t index)
{
    const struct section *section = r->statements[index].section;
    for (uint32_t i = index; i-- > 0;) {
        const struct statement *s = &r->statements[i];
        if (!s->in_code || s->section != section)
            continue;
        if (s->kind == STATEMENT_LABEL || s->kind == STATEMENT_RAW)
            return false;
        if (s->kind != STATEMENT_INSN)
            continue;
        const struct x86_64_insn *in = s->insn;
        const struct operand *last = &in->operands[in->count ? in->count - 1 : 0];
        return in->info->class == CLASS_PUSH ||
               (in->count == 2 && last->kind == OPERAND_MEM && last->base == RSP && !last->index &&
                last->literal && last->value == 0 && operand_written(in, 1));
    }
    return false;
}

static uint8_t at_target(const struct r11 *k, const struct x86_64_insn *in)
{
    uint32_t target = target_of(in);
    return target == NO_STATEMENT ? elsewhere(k) : before(k, target);
}

static uint8_t flow(const struct rewriter *r, const struct r11 *k, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    uint8_t after = before(k, k->next[index]);
    if (s->kind == STATEMENT_RAW)
        return NEEDED | LEAVES;
    if (s->kind != STATEMENT_INSN)
        return after;
    enum effect e = effect(in);
    if (e != EFFECT_NONE)
        return e == EFFECT_NEEDS ? NEEDED | READ : 0;
    switch (in->info->class) {
    case CLASS_CALL:
        /* a return of it, if there is one, is not the way back */
        return in->operands[0].kind == OPERAND_TARGET ? at_target(k, in)
               : k->by_hand                           ? behind_indirect_jump(k)
                                                      : elsewhere(k);
    case CLASS_RETURN:
        return k->returned[index] |
               (return_is_jump(r, index) ? behind_indirect_jump(k) & ~LEAVES : 0);
    case CLASS_STOP:
    case CLASS_SYSCALL:
        return 0;
    case CLASS_JUMP:
        if (in->operands[0].kind == OPERAND_TARGET)
            return at_target(k, in);
        return behind_indirect_jump(k);
    case CLASS_BRANCH:
    case CLASS_SHORT:
    case CLASS_SHORT32:
        return at_target(k, in) | after;
    default:
        /* a narrow write, of which the reader may want no more */
        return insn_names_r11(in) ? after & ~READ : after;
    }
}

/* Finds the returns of a function, and whether it ends in no other way. */
static void find_returns(struct rewriter *r, const struct r11 *k, struct callee *callee,
                         uint32_t *seen, uint32_t *stack, uint32_t round)
{
    uint32_t depth = 0, found = 0;
    callee->returns_here = true;
    stack[depth++] = callee->symbol->statement;
    while (depth > 0) {
        uint32_t at = stack[--depth];
        for (; at != NO_STATEMENT && seen[at] != round; at = k->next[at]) {
            const struct statement *s = &r->statements[at];
            const struct x86_64_insn *in = s->insn;
            seen[at] = round;
            if (s->kind == STATEMENT_RAW || is_data(s) || !s->in_code)
                callee->returns_here = false;
            if (s->kind != STATEMENT_INSN)
                continue;
            unsigned class = in->info->class;
            bool jump = class == CLASS_JUMP,
                 branch = class == CLASS_BRANCH || class == CLASS_SHORT || class == CLASS_SHORT32;
            uint32_t target = jump || branch ? target_of(in) : NO_STATEMENT;
            if (target != NO_STATEMENT && seen[target] != round)
                stack[depth++] = target;
            else if (target == NO_STATEMENT && (jump || branch))
                callee->returns_here = false;
            found += class == CLASS_RETURN;
            if (class == CLASS_RETURN && return_is_jump(r, at))
                callee->returns_here = false;
            if (jump || class == CLASS_RETURN || class == CLASS_STOP)
                break;
        }
        if (at == NO_STATEMENT)
            callee->returns_here = false;
    }
    callee->returns = arena_alloc(&r->arena, (found + 1) * sizeof *callee->returns);
    for (uint32_t i = 0; i < r->count; i++)
        if (seen[i] == round && r->statements[i].kind == STATEMENT_INSN &&
            ((const struct x86_64_insn *)r->statements[i].insn)->info->class == CLASS_RETURN)
            callee->returns[callee->count++] = i;
}

static bool is_call(const struct statement *s)
{
    return s->in_code && s->kind == STATEMENT_INSN &&
           ((const struct x86_64_insn *)s->insn)->info->class == CLASS_CALL;
}

static struct callee *callee_of(const struct r11 *k, const struct x86_64_insn *in)
{
    struct callee *callee = k->callees;
    if (target_of(in) == NO_STATEMENT)
        return NULL;
    while (callee && callee->symbol != symbol_meant(in->target))
        callee = callee->next;
    return callee;
}

static void find_callees(struct rewriter *r, struct r11 *k)
{
    size_t size = (r->count + 1) * sizeof(uint32_t);
    /* each statement is put on the stack at most once by each branch */
    uint32_t *seen = arena_alloc(&r->arena, size), *stack = arena_alloc(&r->arena, size);
    uint32_t round = 0;
    memset(seen, 0, size);
    for (uint32_t i = 0; i < r->count; i++) {
        const struct x86_64_insn *in = r->statements[i].insn;
        if (!is_call(&r->statements[i]) || target_of(in) == NO_STATEMENT || callee_of(k, in))
            continue;
        struct callee *callee = arena_alloc(&r->arena, sizeof *callee);
        *callee = (struct callee){.symbol = symbol_meant(in->target), .next = k->callees};
        k->callees = callee;
        find_returns(r, k, callee, seen, stack, ++round);
    }
}

/* One round from the end to the beginning; false if it found nothing new. */
static bool improve(struct rewriter *r, struct r11 *k)
{
    bool changed = false;
    for (uint32_t i = r->count; i-- > 0;) {
        const struct statement *s = &r->statements[i];
        if (!s->in_code)
            continue;
        uint8_t found = k->before[i] | flow(r, k, i);
        changed |= found != k->before[i];
        k->before[i] = found;
        if (s->kind == STATEMENT_LABEL && s->symbol->taken && !s->symbol->function)
            k->at_taken_labels |= found;
        struct callee *callee = is_call(s) ? callee_of(k, s->insn) : NULL;
        if (callee)
            callee->behind |= before(k, k->next[i]) & (NEEDED | READ);
    }
    for (struct callee *c = k->callees; c; c = c->next)
        for (uint32_t i = 0; c->returns_here && i < c->count; i++) {
            changed |= c->behind & ~k->returned[c->returns[i]];
            k->returned[c->returns[i]] |= c->behind;
        }
    return changed;
}

/* Does the instruction use the memory where returns leave %r11, seen from either side? */
static bool uses_slot(const struct x86_64_insn *in)
{
    for (unsigned i = 0; i < in->count; i++) {
        const struct operand *o = &in->operands[i];
        if (operand_accessed(in, i) && o->base == RSP && !o->index && o->literal &&
            o->value > KEPT_R11_CALLER - 64 && o->value < KEPT_R11_CALLEE + 8)
            return true;
    }
    return false;
}

void x86_64_prepare(struct rewriter *r)
{
    bool compiled = false, kept = false;
    for (uint32_t i = 0; i < r->count && (x86(r)->uses_r11 || r->options->keep_r11); i++) {
        const struct statement *s = &r->statements[i];
        compiled |= s->kind == STATEMENT_DIRECTIVE && span_is(statement_name(s), ".ident");
    }
    if (!x86(r)->uses_r11 && (compiled || !r->options->keep_r11))
        return;
    struct r11 *k = arena_alloc(&r->arena, sizeof *k);
    size_t count = r->count + 1;
    *k = (struct r11){.before = arena_alloc(&r->arena, count),
                      .returned = arena_alloc(&r->arena, count),
                      .next = arena_alloc(&r->arena, count * sizeof *k->next),
                      .by_hand = !compiled,
                      .kept_everywhere = r->options->keep_r11 && !compiled};
    memset(k->before, 0, count);
    memset(k->returned, k->kept_everywhere ? NEEDED : 0, count);
    for (uint32_t i = 0; i < r->count; i++)
        r->statements[i].section->later = NO_STATEMENT;
    for (uint32_t i = r->count; i-- > 0;) {
        k->next[i] = r->statements[i].section->later;
        if (r->statements[i].in_code)
            r->statements[i].section->later = i;
    }
    find_callees(r, k);
    while (improve(r, k))
        ;
    x86(r)->r11 = k;
    for (uint32_t i = 0; i < r->count; i++)
        kept |= k->returned[i] != 0;
    for (uint32_t i = 0; i < r->count && kept; i++)
        if (r->statements[i].in_code && r->statements[i].kind == STATEMENT_INSN &&
            uses_slot(r->statements[i].insn))
            report_error(r, &r->statements[i], NULL,
                         "in this file returns leave %%r11 here, as it is used behind calls: use "
                         "other memory, or another register than %%r11");
}

/*
 * Did the straight-line code before statement `index` write r11, and nothing read it since, `index`
 * itself included? By the psABI such a value is dead where the code leaves for another function;
 * who writes it by hand may mean to pass it.
 */
static bool is_unread(const struct rewriter *r, uint32_t index)
{
    const struct section *section = r->statements[index].section;
    if (effect(r->statements[index].insn) == EFFECT_NEEDS)
        return false;
    for (uint32_t i = index; i-- > 0;) {
        const struct statement *s = &r->statements[i];
        if (!s->in_code || s->section != section)
            continue;
        if (s->kind == STATEMENT_RAW)
            return false;
        if (s->kind != STATEMENT_INSN)
            continue;
        const struct x86_64_insn *in = s->insn;
        switch (in->info->class) {
        case CLASS_CALL: /* does not keep it */
        case CLASS_SYSCALL:
        case CLASS_RETURN:
        case CLASS_STOP:
        case CLASS_JUMP:
            return false;
        default:
            break;
        }
        for (unsigned n = 0; n < in->count; n++)
            if (in->operands[n].kind == OPERAND_REG &&
                is_gpr_number(in->operands[n].reg, NUMBER_R11) &&
                (operand_written(in, n) || in->info->access == ACCESS_LEA))
                return true;
        if (insn_names_r11(in))
            return false;
    }
    return false;
}

static bool r11_live_after(const struct rewriter *r, const struct r11 *k, uint32_t index)
{
    const struct x86_64_insn *in = r->statements[index].insn;
    uint8_t after = before(k, k->next[index]);
    if (in->info->class == CLASS_CALL) /* which by the psABI gets nothing in r11 */
        return (k->kept_everywhere && (after & NEEDED)) ||
               (k->by_hand && (k->at_taken_labels & READ));
    if (in->info->class == CLASS_SHORT32) /* the one conditional branch with a scratch register */
        after |= at_target(k, in);
    if (in->info->class == CLASS_JUMP) /* to anywhere: what follows does not matter */
        after = behind_indirect_jump(k);
    return (after & NEEDED) || ((after & LEAVES) && is_unread(r, index));
}

bool r11_is_free(struct rewriter *r, uint32_t index)
{
    const struct r11 *k = x86(r)->r11;
    return !k || !r11_live_after(r, k, index);
}

bool r11_free(struct rewriter *r, uint32_t index, const char *what)
{
    const struct statement *s = &r->statements[index];
    if (r11_is_free(r, index))
        return true;
    report_error(
        r, s, s->where,
        "%s needs %%r11 as scratch, but its value may be used later: keep it in another register",
        what);
    return false;
}

bool r11_returned(struct rewriter *r, uint32_t index)
{
    const struct r11 *k = x86(r)->r11;
    return k && (k->returned[index] & NEEDED);
}

bool r11_free_at_return(struct rewriter *r, uint32_t index)
{
    const struct r11 *k = x86(r)->r11;
    const struct statement *s = &r->statements[index];
    if (!k || !return_is_jump(r, index) || !(behind_indirect_jump(k) & READ))
        return true;
    report_error(
        r, s, s->where,
        "a return as a jump needs %%r11 as scratch, but its value is used at a label whose "
        "address is taken: keep it in another register");
    return false;
}

bool r11_behind_call(struct rewriter *r, uint32_t index, bool *good)
{
    const struct r11 *k = x86(r)->r11;
    *good = true;
    if (!k || !(before(k, k->next[index]) & NEEDED))
        return false;
    const struct callee *callee = callee_of(k, r->statements[index].insn);
    if (k->kept_everywhere || (callee && callee->returns_here))
        return true;
    *good = !(before(k, k->next[index]) & READ);
    return false;
}
