// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* docs/abi.md, "Control". */
#include "x86_64.h"

#include <stdio.h>

/* The fields of an operand in the memory where r11 is kept. */
#define KEPT(offset) .kind = OPERAND_MEM, .base = RSP, .literal = true, .value = (offset)

/* The group that ends with `op *%reg`. */
static void masked_branch(struct rewriter *r, const char *op, uint8_t reg)
{
    struct writer *w = &r->out;
    group_begin(r);
    put(w, "\tandl\t$-32, %");
    put(w, register_name(reg_as(reg, REG32)));
    put(w, "\n\taddq\t" BASE_SLOT ", %");
    put(w, register_name(reg));
    put(w, "\n\t");
    put(w, op);
    put(w, "\t*%");
    put(w, register_name(reg));
    put(w, "\n");
    group_end(r);
}

/* The register that holds the target of an indirect branch; NO_REG after an error. */
static uint8_t target_register(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    struct operand o = in->operands[0];
    if (o.kind == OPERAND_REG) {
        if (reg_class(o.reg) == REG64 && o.reg != RSP)
            return o.reg;
        report_error(r, s, NULL, "an indirect branch needs a 64-bit register other than %%rsp");
        return NO_REG;
    }
    o.star = false;
    if (o.segment == SEG_FS && operand_names_r11(&o)) {
        report_error(r, s, NULL, "%%fs: with %%r11 cannot be rewritten: use another register");
        return NO_REG;
    }
    if (!r11_free(r, index, "a branch through memory") || !confine(r, index, &o, false))
        return NO_REG;
    put_op2(r, "movq", &o, R11);
    return R11;
}

static bool direct_target(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    const struct operand *o = &in->operands[0];
    const char *sign = o->text.size > 1 ? memchr(o->text.at + 1, '+', o->text.size - 1) : NULL;
    if (!sign && o->text.size > 1)
        sign = memchr(o->text.at + 1, '-', o->text.size - 1);
    if (*o->text.at == '"' || (!sign && is_name_char(*o->text.at) &&
                               (*o->text.at < '0' || *o->text.at > '9' || in->target)))
        return true;
    struct span digits = o->text;
    while (digits.size && *digits.at >= '0' && *digits.at <= '9')
        digits.at++, digits.size--;
    if (span_is(digits, "b") && o->text.size > 1)
        report_error(r, s, o->text.at, "no label '%.*s' stands before this branch",
                     (int)o->text.size - 1, o->text.at);
    else
        report_error(r, s, o->text.at,
                     "branch to a label: distances change when code is rewritten");
    return false;
}

static bool one_operand(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    if (in->count == 1 && in->operands[0].kind != OPERAND_IMM &&
        (in->operands[0].star || in->operands[0].kind == OPERAND_TARGET))
        return true;
    report_error(r, s, NULL, "expected one target: a label, *%%register or *memory");
    return false;
}

/* Indirect branches change the flags. */
static bool flags_free(struct rewriter *r, uint32_t index, const char *what)
{
    const struct statement *s = &r->statements[index];
    if (!flags_wanted_at_taken_label(r))
        return true;
    report_error(r, s, s->where,
                 "an indirect %s does not keep the flags, which code at a label whose address is "
                 "taken uses: compute them there",
                 what);
    return false;
}

/* jmp label | masked jump */
void rewrite_jump(struct rewriter *r, uint32_t index)
{
    if (!one_operand(r, index))
        return;
    const struct x86_64_insn *in = r->statements[index].insn;
    if (in->operands[0].kind == OPERAND_TARGET) {
        if (direct_target(r, index))
            put_insn(r, in, in->operands);
        return;
    }
    if (!flags_free(r, index, "jump"))
        return;
    uint8_t reg = target_register(r, index);
    if (reg)
        masked_branch(r, "jmpq", reg);
}

/* call label | masked call; both end their bundle */
void rewrite_call(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    if (!one_operand(r, index))
        return;
    const struct operand *o = &in->operands[0];
    if (span_has(o->text, "@tlscall") || span_has(o->text, "@TLSCALL")) {
        put_statement(r, index); /* the linker makes a nop of the same length of it */
        return;
    }
    bool good, reload = r11_behind_call(r, index, &good);
    if (!good) {
        report_error(r, s, NULL,
                     "%%r11 is used after this call, and what is called is not known to keep it: "
                     "use another register, or assemble all files with --keep-r11");
        return;
    }
    if (flags_used_behind(r, index)) {
        report_error(r, s, NULL,
                     "the flags are used after this call, and returns do not keep them: compute "
                     "them here, or return a value in a register");
        return;
    }
    if (o->kind == OPERAND_TARGET) {
        if (!direct_target(r, index))
            return;
        put_insn(r, in, in->operands);
    } else {
        uint8_t reg = flags_free(r, index, "call") ? target_register(r, index) : NO_REG;
        if (!reg)
            return;
        masked_branch(r, "callq", reg);
    }
    end_bundle(r);
    if (reload)
        put_op2(r, "movq", &(struct operand){KEPT(KEPT_R11_CALLER)}, R11);
}

/* Leaves r11 where callers look for it, if they do; `popped` bytes come off with the address. */
static void put_kept(struct rewriter *r, uint32_t index, int64_t popped)
{
    if (!r11_returned(r, index))
        return;
    put(&r->out, "\tmovq\t%r11, ");
    put_operand(r, &(struct operand){KEPT(KEPT_R11_CALLEE + popped)});
    put(&r->out, "\n");
}

static void put_return(struct rewriter *r, uint32_t index)
{
    put_kept(r, index, 0);
    put_line(r, "popq\t%r11");
    put_frame_popped(r);
    masked_branch(r, "jmpq", R11);
    put_frame_returned(r, index);
}

/* popq %r11; [add N to rsp;] masked jump on r11 */
void rewrite_return(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    if (in->count > 1 || (in->count == 1 && in->operands[0].kind != OPERAND_IMM)) {
        report_error(r, s, NULL, "expected a number of bytes, or nothing");
        return;
    }
    if (in->count == 1 && in->operands[0].literal &&
        (in->operands[0].value < 0 || in->operands[0].value > 65535)) {
        report_error(r, s, NULL, "a return takes 0 to 65535 bytes from the stack");
        return;
    }
    if (!r11_free_at_return(r, index) ||
        (return_is_jump(r, index) && !flags_free(r, index, "jump")))
        return;
    if (in->count == 0) {
        put_return(r, index);
        return;
    }
    if (r11_returned(r, index) && (!in->operands[0].literal || in->operands[0].value > 64)) {
        report_error(r, s, NULL, "a return that keeps %%r11 takes at most 64 bytes from the stack");
        return;
    }
    put_kept(r, index, in->operands[0].value);
    put_line(r, "popq\t%r11");
    if (r->options->mode == LFI_MODE_JUMPS)
        put_op2(r, "addq", &in->operands[0], RSP);
    else
        write_rsp(r, "addl", &in->operands[0], false);
    masked_branch(r, "jmpq", R11);
}

void rewrite_branch(struct rewriter *r, uint32_t index)
{
    const struct x86_64_insn *in = r->statements[index].insn;
    if (one_operand(r, index) && direct_target(r, index))
        put_insn(r, in, in->operands);
}

/* Is the target within the 127 bytes of a short branch, however the code grows? */
static bool is_near_target(const struct rewriter *r, uint32_t index, const struct symbol *target)
{
    if (!target || target->statement == NO_STATEMENT)
        return false;
    uint32_t first = target->statement < index ? target->statement : index + 1;
    uint32_t end = target->statement < index ? index : target->statement;
    unsigned count = 0;
    for (uint32_t i = first; i < end && count <= 2; i++) {
        const struct statement *s = &r->statements[i];
        count += s->kind != STATEMENT_LABEL && s->kind != STATEMENT_MARKER &&
                 !(s->kind == STATEMENT_DIRECTIVE &&
                   (s->directive == DIRECTIVE_LOC || s->directive == DIRECTIVE_CFI ||
                    s->directive == DIRECTIVE_FILE));
    }
    return count <= 2;
}

/*
 * loop, jrcxz: they reach 127 bytes. Where code that was near may not be any more, they branch to a
 * jump.
 */
void rewrite_short_branch(struct rewriter *r, uint32_t index)
{
    const struct x86_64_insn *in = r->statements[index].insn;
    struct writer *w = &r->out;
    if (!one_operand(r, index) || !direct_target(r, index))
        return;
    if (is_near_target(r, index, in->target)) {
        put_insn(r, in, in->operands);
        return;
    }
    char op[16];
    uint32_t number = x86(r)->label_number++;
    snprintf(op, sizeof op, "%.*s", (int)in->mnemonic.size, in->mnemonic.at);
    put_branch(r, op, "near", number);
    put_branch(r, "jmp", "next", number);
    put_own_label(r, "near", number);
    put(w, "\tjmp\t");
    put_operand(r, &in->operands[0]);
    put(w, "\n");
    put_own_label(r, "next", number);
}

/* jecxz: jrcxz on the lower half, with the whole of rcx in r11 meanwhile. */
void rewrite_jecxz(struct rewriter *r, uint32_t index)
{
    const struct x86_64_insn *in = r->statements[index].insn;
    if (!one_operand(r, index) || !direct_target(r, index) || !r11_free(r, index, "jecxz"))
        return;
    uint32_t number = x86(r)->label_number++;
    put_line(r, "movq\t%rcx, %r11");
    put_line(r, "movl\t%ecx, %ecx");
    put_branch(r, "jrcxz", "near", number);
    put_line(r, "movq\t%r11, %rcx");
    put_branch(r, "jmp", "next", number);
    put_own_label(r, "near", number);
    put_line(r, "movq\t%r11, %rcx");
    put(&r->out, "\tjmp\t");
    put_operand(r, &in->operands[0]);
    put(&r->out, "\n");
    put_own_label(r, "next", number);
}
