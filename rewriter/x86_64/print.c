// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Instructions of output, from structure to text. */
#include "x86_64.h"

static void put_register(struct rewriter *r, uint8_t reg)
{
    put_short(&r->out, &x86(r)->register_texts[reg]);
}

static void put_memory(struct rewriter *r, const struct operand *o)
{
    struct writer *w = &r->out;
    if (o->segment) {
        put_register(r, o->segment);
        put_bytes(w, ":", 1);
    }
    if (o->text.size)
        put_span(w, o->text);
    else if (o->value || (!o->base && !o->index))
        put_number(w, o->value);
    if (!o->base && !o->index)
        return;
    put_bytes(w, "(", 1);
    if (o->base)
        put_register(r, o->base);
    if (o->index) {
        put_bytes(w, ",", 1);
        if (reg_class(o->index) == REG_AVX512)
            put_vector(r, o->vector);
        else
            put_register(r, o->index);
        if (o->scale) {
            put_bytes(w, ",", 1);
            put_number(w, o->scale);
        }
    }
    put_bytes(w, ")", 1);
}

void put_operand(struct rewriter *r, const struct operand *o)
{
    struct writer *w = &r->out;
    if (o->star)
        put_bytes(w, "*", 1);
    switch (o->kind) {
    case OPERAND_REG:
        if (reg_class(o->reg) == REG_AVX512)
            put_vector(r, o->vector);
        else
            put_register(r, o->reg);
        if (o->decoration.size) {
            put_bytes(w, " ", 1);
            put_span(w, o->decoration);
        }
        return;
    case OPERAND_IMM:
        put_bytes(w, "$", 1);
        if (o->text.size)
            put_span(w, o->text);
        else
            put_number(w, o->value);
        return;
    case OPERAND_TARGET:
    case OPERAND_ROUNDING:
        put_span(w, o->text);
        return;
    default:
        break;
    }
    put_memory(r, o);
    if (o->decoration.size)
        put_span(w, o->decoration);
}

void put_insn(struct rewriter *r, const struct x86_64_insn *in, const struct operand *operands)
{
    struct writer *w = &r->out;
    put_bytes(w, "\t", 1);
    if (in->pseudo) {
        put(w, in->pseudo);
        put_bytes(w, " ", 1);
    }
    if (in->prefixes) {
        if (in->prefixes & PREFIX_LOCK)
            put(w, "lock ");
        if (in->prefixes & PREFIX_REP)
            put(w, "rep ");
        if (in->prefixes & PREFIX_REPNE)
            put(w, "repne ");
    }
    put_span(w, in->mnemonic);
    for (unsigned i = 0; i < in->count; i++) {
        put(w, i ? ", " : "\t");
        put_operand(r, &operands[i]);
    }
    put_bytes(w, "\n", 1);
}

void put_statement(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    put_bytes(&r->out, "\t", 1);
    put_bytes(&r->out, s->at, s->size);
    put_bytes(&r->out, "\n", 1);
}

void put_line(struct rewriter *r, const char *text)
{
    put_bytes(&r->out, "\t", 1);
    put(&r->out, text);
    put_bytes(&r->out, "\n", 1);
}

static void put_own_name(struct rewriter *r, const char *name, uint32_t number)
{
    put(&r->out, ".Llfi_");
    put(&r->out, name);
    put_number(&r->out, number);
}

void put_own_label(struct rewriter *r, const char *name, uint32_t number)
{
    put_own_name(r, name, number);
    put(&r->out, ":\n");
}

void put_branch(struct rewriter *r, const char *op, const char *name, uint32_t number)
{
    put(&r->out, "\t");
    put(&r->out, op);
    put(&r->out, "\t");
    put_own_name(r, name, number);
    put(&r->out, "\n");
}

void put_op2(struct rewriter *r, const char *op, const struct operand *from, uint8_t to)
{
    struct writer *w = &r->out;
    put_bytes(w, "\t", 1);
    put(w, op);
    put_bytes(w, "\t", 1);
    put_operand(r, from);
    put(w, ", ");
    put_register(r, to);
    put_bytes(w, "\n", 1);
}

void put_op_regs(struct rewriter *r, const char *op, uint8_t from, uint8_t to)
{
    struct operand source = {.kind = OPERAND_REG, .reg = from};
    put_op2(r, op, &source, to);
}

void group_begin(struct rewriter *r)
{
    put(&r->out, "\t.bundle_lock\n");
}

void group_end(struct rewriter *r)
{
    put(&r->out, "\t.bundle_unlock\n");
}

void end_bundle(struct rewriter *r)
{
    put(&r->out, "\t.p2align\t5\n");
}
