// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Instructions in words, for messages: roughly AT&T syntax, sizes shown by the registers. */
#include "decode.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct writer {
    char *text;
    size_t size, used;
    const char *separator;
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(w->text + w->used, w->size - w->used, format, args);
    va_end(args);
    if (n > 0)
        w->used = w->used + (size_t)n < w->size ? w->used + (size_t)n : w->size - 1;
}

static void put_separator(struct writer *w)
{
    put(w, "%s", w->separator);
    w->separator = ", ";
}

/* A general register of `size` bytes. */
static void put_register(struct writer *w, unsigned reg, unsigned size, bool rex)
{
    static const char names[8][3] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    static const char high[4][3] = {"ah", "ch", "dh", "bh"};
    if (reg == REG_RIP)
        put(w, "%%rip");
    else if (reg >= 8)
        put(w, "%%r%u%s", reg, size == 8 ? "" : size == 4 ? "d" : size == 2 ? "w" : "b");
    else if (size == 1 && reg >= 4 && !rex)
        put(w, "%%%s", high[reg - 4]);
    else if (size == 1)
        put(w, reg < 4 ? "%%%.1sl" : "%%%sl", names[reg]);
    else
        put(w, "%%%s%s", size == 8 ? "r" : size == 4 ? "e" : "", names[reg]);
}

static void put_operand(struct writer *w, const struct insn *insn, unsigned operand, unsigned reg)
{
    put_separator(w);
    if ((operand & OP_GPR) != 0)
        put_register(w, reg, insn->size, insn->rex != 0);
    else
        put(w, (operand & OP_MASK) != 0 ? "%%k%u" : "%%v%u", reg);
}

static void put_memory(struct writer *w, const struct insn *insn)
{
    unsigned size = (insn->prefixes & PFX_67) != 0 ? 4 : 8;
    put_separator(w);
    if ((insn->prefixes & PFX_GS) != 0)
        put(w, "%%gs:");
    if ((insn->prefixes & PFX_FS) != 0)
        put(w, "%%fs:");
    if (insn->disp != 0 || (insn->base == REG_NONE && insn->index == REG_NONE))
        put(w, "%s0x%" PRIx64, insn->disp < 0 ? "-" : "",
            insn->disp < 0 ? -(uint64_t)insn->disp : (uint64_t)insn->disp);
    if (insn->base == REG_NONE && insn->index == REG_NONE)
        return;
    put(w, "(");
    if (insn->base != REG_NONE)
        put_register(w, insn->base, size, true);
    if (insn->index != REG_NONE) {
        put(w, ",");
        if ((insn->form->rm & OP_VSIB) != 0)
            put(w, "%%v%u", insn->index);
        else
            put_register(w, insn->index, size, true);
        put(w, ",%u", 1u << (insn->sib >> 6));
    }
    put(w, ")");
}

/* Memory that is broadcast, or the rounding mode. */
static void put_evex(struct writer *w, const struct insn *insn)
{
    if ((insn->prefixes & PFX_B) != 0)
        put(w, insn->memory ? "{1to}" : (insn->form->evex & ER) != 0 ? "{er}" : "{sae}");
}

static void put_rm(struct writer *w, const struct insn *insn)
{
    const struct form *f = insn->form;
    if (insn->memory)
        put_memory(w, insn);
    else if ((f->rm & OP_USED) != 0)
        put_operand(w, insn, f->rm, insn->rm);
    put_evex(w, insn);
}

static void put_branch(struct writer *w, const struct insn *insn)
{
    put_separator(w);
    put(w, ".%+" PRId64, insn->imm + insn->length);
}

void lfi_x86_64_text(const struct insn *insn, char *text, size_t size)
{
    struct writer w = {text, size, 0, " "};
    const struct form *f = insn->form;
    text[0] = 0;
    if (!f)
        return;
    if ((insn->prefixes & PFX_F0) != 0)
        put(&w, "lock ");
    if ((insn->prefixes & PFX_F3) != 0 && f->kind >= MOVS && f->kind <= SCAS)
        put(&w, "rep ");
    bool vex = (insn->prefixes & PFX_VEX) != 0 && f->name[0] != 'v' && insn->size == 0;
    put(&w, "%s%s", vex ? "v" : "", f->name);
    if (f->rule != RULE_NONE)
        return;
    switch (f->imm) {
    case I0:
    case O:
        break;
    case J1:
    case J4:
        put_branch(&w, insn);
        break;
    default:
        put_separator(&w);
        put(&w, "$%" PRId64, insn->imm);
        break;
    }
    /* The destination comes last. */
    bool reg_first = (f->rm & OP_W) != 0;
    if (!reg_first)
        put_rm(&w, insn);
    if ((f->vvvv & OP_USED) != 0 && (insn->prefixes & PFX_VEX) != 0)
        put_operand(&w, insn, f->vvvv, insn->vvvv);
    if ((f->reg & OP_USED) != 0)
        put_operand(&w, insn, f->reg, insn->reg);
    if (reg_first)
        put_rm(&w, insn);
    if (insn->mask != 0)
        put(&w, insn->zeroes ? " {%%k%u} {z}" : " {%%k%u}", insn->mask);
}
