// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* docs/abi.md, "The stack". */
#include "x86_64.h"

#define NEAR 64 /* statements to look back */

bool writes_stack_pointer(const struct x86_64_insn *in)
{
    if (!(in->names & NAMES_RSP))
        return false;
    for (unsigned i = in->count >= 2 ? in->count - 2u : 0; i < in->count; i++) {
        const struct operand *o = &in->operands[i];
        if (o->kind == OPERAND_REG && is_gpr_number(o->reg, NUMBER_RSP) &&
            (operand_written(in, i) || (in->info->access == ACCESS_LEA && i + 1u == in->count)))
            return true;
    }
    return false;
}

/* Does the next instruction of the output, nops aside, surely access the stack? */
static bool next_accesses(const struct rewriter *r, uint32_t index)
{
    for (uint32_t i = index + 1; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind == STATEMENT_DIRECTIVE &&
            (s->directive == DIRECTIVE_OTHER || s->directive == DIRECTIVE_CFI ||
             s->directive == DIRECTIVE_LOC || s->directive == DIRECTIVE_ALIGN ||
             s->directive == DIRECTIVE_FILE))
            continue;
        if (s->kind == STATEMENT_LABEL || s->kind == STATEMENT_MARKER)
            continue;
        if (s->kind != STATEMENT_INSN || !s->in_code)
            return false;
        const struct x86_64_insn *in = s->insn;
        const struct operand *o = in->operands;
        switch (in->info->class) {
        case CLASS_NOP:
            continue;
        case CLASS_PUSH:
            return in->count == 1 && o->segment != SEG_FS;
        case CLASS_POP:
            return in->count == 1 && o->kind == OPERAND_REG && o->reg != RSP;
        case CLASS_RETURN: /* begins with popq %r11 */
            return true;
        case CLASS_CALL:
            return in->count == 1 && (o->kind == OPERAND_TARGET || is_near_stack(o));
        case CLASS_PLAIN:
            break;
        default:
            return false;
        }
        if (writes_stack_pointer(in))
            return false;
        for (unsigned k = 0; k < in->count; k++)
            if (operand_accessed(in, k) && is_near_stack(&o[k]))
                return true;
        return false;
    }
    return false;
}

/* Does this function keep data below %rsp (the red zone)? Scanned once a function. */
static bool uses_red_zone(struct rewriter *r, uint32_t index)
{
    struct x86_64 *x = x86(r);
    uint32_t first = index;
    if (index < x->function_end)
        return x->below_stack;
    while (first > x->function_end)
        if (r->statements[--first].kind == STATEMENT_LABEL &&
            (r->statements[first].symbol->function || r->statements[first].symbol->global))
            break;
    x->below_stack = false;
    uint32_t i = first;
    for (bool body = false; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind == STATEMENT_LABEL && body && s->in_code &&
            (s->symbol->function || s->symbol->global))
            break;
        if (s->kind == STATEMENT_RAW)
            x->below_stack = true;
        if (s->kind != STATEMENT_INSN)
            continue;
        body = true;
        const struct x86_64_insn *in = s->insn;
        if (in->info->access == ACCESS_LEA && writes_stack_pointer(in))
            continue;
        for (unsigned k = 0; k < in->count; k++) {
            const struct operand *o = &in->operands[k];
            if (o->kind == OPERAND_MEM && (o->base == RSP || o->index == RSP) &&
                (!o->literal || o->value < 0))
                x->below_stack = true;
        }
    }
    x->function_end = i > index ? i : index + 1;
    return x->below_stack;
}

void write_rsp(struct rewriter *r, const char *op, const struct operand *from, bool flags_live)
{
    group_begin(r);
    if (flags_live)
        put_line(r, "movq\t" BASE_SLOT ", %r11");
    put_op2(r, op, from, ESP);
    put_line(r, flags_live ? "leaq\t(%rsp,%r11), %rsp" : "addq\t" BASE_SLOT ", %rsp");
    group_end(r);
}

/* The same with the checks that belong to it: are flags in use, is r11 free? */
static void guard_rsp(struct rewriter *r, uint32_t index, const char *op, struct operand from)
{
    bool live = flags_live_after(r, index);
    if (from.kind == OPERAND_REG)
        from.reg = reg_as(from.reg, REG32);
    if (live && operand_names_r11(&from)) {
        report_error(r, &r->statements[index], NULL,
                     "this write to %%rsp, where the flags are in use, needs %%r11 as scratch");
        return;
    }
    if (live && !r11_free(r, index, "this write to %rsp, where the flags are in use,"))
        return;
    write_rsp(r, op, &from, live);
}

/* `sub $N`, `add $N`, `lea N(%rsp)`, `inc`, `dec` of %rsp: by how much. */
static bool step_of(const struct x86_64_insn *in, int64_t *step)
{
    const struct operand *from = &in->operands[0], *to = &in->operands[in->count - 1];
    struct span name = in->mnemonic;
    if (to->reg != RSP)
        return false;
    if (in->count == 1) {
        *step = span_starts(name, "inc") ? 1 : -1;
        return span_starts(name, "inc") || span_starts(name, "dec");
    }
    if (in->count != 2 || !from->literal)
        return false;
    *step = from->value;
    if (from->kind == OPERAND_IMM && from->value >= INT32_MIN && from->value <= INT32_MAX) {
        if (span_starts(name, "add"))
            return true;
        *step = -*step;
        return span_starts(name, "sub");
    }
    return in->info->access == ACCESS_LEA && from->kind == OPERAND_MEM && from->base == RSP &&
           (!from->index || from->index == RIZ) && !from->segment;
}

/*
 * Did the code shortly before statement `index` store below %rsp through another register, as in
 * `movq %rsp, %rbp; movq %rdi, -8(%rbp)`?
 */
static bool stored_below(const struct rewriter *r, uint32_t index)
{
    uint8_t reg = NO_REG;
    int64_t above = 0; /* reg - rsp */
    bool below = false;
    for (uint32_t i = index > NEAR ? index - NEAR : 0; i < index; i++) {
        const struct statement *s = &r->statements[i];
        int64_t step = 0;
        if (s->section != r->statements[index].section || s->kind != STATEMENT_INSN)
            continue;
        const struct x86_64_insn *in = s->insn;
        const struct operand *from = &in->operands[0],
                             *to = &in->operands[in->count ? in->count - 1 : 0];
        bool copied = in->count == 2 && from->kind == OPERAND_REG && from->reg == RSP &&
                      span_starts(in->mnemonic, "mov");
        bool moved = in->count == 2 && in->info->access == ACCESS_LEA && from->base == RSP &&
                     from->literal && (!from->index || from->index == RIZ);
        if ((copied || moved) && to->kind == OPERAND_REG && to->reg != RSP) {
            reg = to->reg;
            above = copied ? 0 : from->value;
            below = false;
        }
        for (unsigned k = 0; k < in->count && reg; k++) {
            const struct operand *o = &in->operands[k];
            if (o->kind == OPERAND_MEM && o->base == reg && operand_written(in, k) && o->literal &&
                !o->index && above + o->value < 0)
                below = true;
        }
        if (in->info->class == CLASS_PUSH || in->info->class == CLASS_POP)
            above += in->info->class == CLASS_PUSH ? 8 : -8;
        else if (writes_stack_pointer(in) && step_of(in, &step))
            above -= step;
        else if (writes_stack_pointer(in) || in->info->class == CLASS_LEAVE)
            reg = NO_REG;
        else if (in->info->class == CLASS_CALL) /* it has written there */
            below = false;
    }
    return below && reg;
}

/*
 * A step that no access follows: we add one where that is shorter than a guard. Below, new stack is
 * written (a push, or a store over it, unless the red zone is in use); above, the stack is read.
 */
static bool add_access(struct rewriter *r, uint32_t index, int64_t step)
{
    bool live = flags_live_after(r, index);
    bool scratch = r11_is_free(r, index);
    bool down = step <= -8 && !uses_red_zone(r, index) && !stored_below(r, index),
         up = step > 0 && (!live || scratch);
    if (!down && !up)
        return false;
    if (!live && (down || scratch) && (step == -8 || step == -16 || step == 8 || step == 16)) {
        bool twice = step == -16 || step == 16;
        const char *access = down ? "pushq\t%rax" : "popq\t%r11";
        put_line(r, access);
        if (twice) {
            put_frame_step(r, step / 2);
            put_line(r, access);
        }
    } else {
        put_statement(r, index);
        put_frame_step(r, step);
        put_line(r, down   ? "movl\t%eax, (%rsp)"
                    : live ? "movl\t(%rsp), %r11d"
                           : "testl\t%eax, (%rsp)");
    }
    put_frame_stepped(r, index);
    return true;
}

static bool rewrite_step(struct rewriter *r, uint32_t index)
{
    int64_t step;
    const struct x86_64_insn *in = r->statements[index].insn;
    if (!step_of(in, &step))
        return false;
    if (in->count == 1) { /* inc, dec */
        struct operand one = {.kind = OPERAND_MEM, .base = RSP, .literal = true, .value = step};
        guard_rsp(r, index, "leal", one);
        return true;
    }
    if (step < -LFI_STACK_REACH || step > LFI_STACK_REACH)
        return false;
    if (next_accesses(r, index)) {
        put_statement(r, index);
        return true;
    }
    return add_access(r, index, step);
}

static bool exchange(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    uint8_t other = in->operands[is_gpr_number(in->operands[0].reg, NUMBER_RSP) ? 1 : 0].reg;
    if (in->count != 2 || in->operands[0].kind != OPERAND_REG ||
        in->operands[1].kind != OPERAND_REG || reg_class(other) != REG64 || other == R11 ||
        !span_starts(in->mnemonic, "xchg") || flags_live_after(r, index)) {
        report_error(r, s, NULL,
                     "exchange %%rsp only with a 64-bit register other than %%r11, where the "
                     "flags are not in use");
        return false;
    }
    if (!r11_free(r, index, "an exchange with %rsp"))
        return false;
    struct operand from = {.kind = OPERAND_REG, .reg = reg_as(other, REG32)};
    put_op_regs(r, "movq", RSP, R11);
    write_rsp(r, "movl", &from, false);
    put_op_regs(r, "movq", R11, other);
    return true;
}

/* Any other instruction: computes in %r11, then moves. */
static void through_r11(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    struct operand operands[MAX_OPERANDS];
    struct operand from = {.kind = OPERAND_REG, .reg = R11D};
    if (insn_names_r11(in) || flags_live_after(r, index) || (in->prefixes & PREFIX_LOCK)) {
        report_error(r, s, NULL,
                     "this write to %%rsp has no safe form here: compute in another register and "
                     "move the result to %%rsp");
        return;
    }
    if (!r11_free(r, index, "this write to %rsp") || !confine_all(r, index, operands))
        return;
    for (unsigned i = 0; i < in->count; i++)
        if (operand_names_r11(&operands[i])) { /* from %fs */
            report_error(r, s, NULL, "%%rsp cannot be computed from %%fs: use another register");
            return;
        }
    operands[in->count - 1].reg = reg_as(R11, reg_class(operands[in->count - 1].reg));
    put_op_regs(r, "movq", RSP, R11);
    put_insn(r, in, operands);
    write_rsp(r, "movl", &from, false);
}

void rewrite_stack_write(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    struct operand operands[MAX_OPERANDS];
    struct operand from = in->operands[0];
    const struct operand *to = &in->operands[in->count - 1];
    struct span name = in->mnemonic;
    if (r->options->mode == LFI_MODE_JUMPS) {
        if (!confine_all(r, index, operands))
            return;
        put_insn(r, in, operands);
        return;
    }
    if (in->info->access == ACCESS_BOTH) {
        exchange(r, index);
        return;
    }
    if (register_width(to->reg) < 4) {
        report_error(r, s, NULL, "writes to parts of %%rsp are not possible");
        return;
    }
    if (in->info->class == CLASS_POP) {
        struct operand top = {.kind = OPERAND_MEM, .base = RSP, .literal = true};
        guard_rsp(r, index, "movl", top);
        return;
    }
    if (rewrite_step(r, index))
        return;
    if (in->count != 2 || in->info->class == CLASS_MASKED || in->prefixes) {
        through_r11(r, index);
        return;
    }
    if (span_starts(name, "and") && to->reg == RSP && from.kind == OPERAND_IMM && from.literal &&
        from.value < 0 && from.value >= INT32_MIN) {
        put_statement(r, index); /* it cannot leave the box */
        return;
    }
    const char *op = in->info->access == ACCESS_LEA ? "leal"
                     : span_starts(name, "add")     ? "addl"
                     : span_starts(name, "sub")     ? "subl"
                     : span_starts(name, "and")     ? "andl"
                                                    : "movl";
    bool move = span_starts(name, "mov") && name.size <= 4;
    if (in->info->access == ACCESS_LEA) {
        if (from.segment)
            report_error(r, s, NULL, "a segment override means nothing here");
        guard_rsp(r, index, op, from);
    } else if (!move && (*op == 'm' || from.kind == OPERAND_MEM)) {
        through_r11(r, index);
    } else if (from.kind == OPERAND_MEM) {
        if (confine_all(r, index, operands))
            guard_rsp(r, index, op, operands[0]);
    } else if (from.kind == OPERAND_REG && !is_gpr(from.reg)) {
        through_r11(r, index);
    } else {
        guard_rsp(r, index, op, from);
    }
}

/* movq %rbp, %rsp; popq %rbp */
void rewrite_leave(struct rewriter *r, uint32_t index)
{
    if (r->options->mode == LFI_MODE_JUMPS) {
        put_statement(r, index);
        return;
    }
    guard_rsp(r, index, "movl", (struct operand){.kind = OPERAND_REG, .reg = RBP});
    put_line(r, "popq\t%rbp");
}

/* pushq %rbp; movq %rsp, %rbp; subq $N, %rsp */
void rewrite_enter(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    if (in->count != 2 || in->operands[0].kind != OPERAND_IMM ||
        in->operands[1].kind != OPERAND_IMM || !in->operands[1].literal || in->operands[1].value ||
        !in->operands[0].literal || in->operands[0].value < 0 || in->operands[0].value > 65535) {
        report_error(r, s, NULL,
                     "enter is possible with a literal number of bytes, up to 65535, and a literal "
                     "nesting level of 0 only");
        return;
    }
    struct operand frame = {
        .kind = OPERAND_MEM, .base = RSP, .literal = true, .value = -in->operands[0].value};
    put_line(r, "pushq\t%rbp");
    put_line(r, "movq\t%rsp, %rbp");
    if (r->options->mode == LFI_MODE_JUMPS)
        put_op2(r, "leaq", &frame, RSP);
    else
        guard_rsp(r, index, "leal", frame);
}
