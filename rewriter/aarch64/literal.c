// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Addresses relative to the instruction: adr, and literals next to the code. */
#include "aarch64.h"

#include <stdio.h>

/* Is the symbol in this section's code, and near enough? */
static bool is_near(struct rewriter *r, uint32_t index)
{
    const struct aarch64_insn *in = r->statements[index].insn;
    return in->flow.target && in->flow.target->statement != NO_STATEMENT &&
           r->statements[in->flow.target->statement].in_code &&
           !(r->guards->choices[index] & CHOICE_FAR);
}

void rewrite_adr(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    if (!is_general(&in->operands[0])) {
        if (in->operands[0].class == REG_XZR)
            put_op(r, "nop"); /* nothing is kept of the address */
        else
            refuse(r, s, "the operands of this instruction cannot be read");
        return;
    }
    struct span text = in->operands[1].text;
    if (in->operands[1].literal || (text.size > 1 && *text.at == '.' &&
                                    (text.at[1] == ' ' || text.at[1] == '+' || text.at[1] == '-')))
        refuse(r, s, "distances change when code is rewritten: use a label");
    else if (is_near(r, index) && in->flow.offset)
        put_op(r, "adr\tx%u, %.*s", in->operands[0].reg, SPAN(text));
    else if (is_near(r, index) || span_is(text, "."))
        put_original(r, s);
    else {
        unsigned reg = in->operands[0].reg;
        put_op(r, "adrp\tx%u, %.*s", reg, SPAN(text));
        put_op(r, "add\tx%u, x%u, :lo12:%.*s", reg, reg, SPAN(text));
    }
    known_insn_done(r->guards, &in->flow);
}

/* `ldr xN, =number` */
static void put_number_load(struct rewriter *r, const struct operand *to, uint64_t value)
{
    char name = to->class == REG_W ? 'w' : 'x';
    unsigned halves = to->class == REG_W ? 2 : 4;
    bool first = true;
    if (to->class == REG_W)
        value &= UINT32_MAX;
    for (unsigned i = 0; i < halves; i++) {
        unsigned half = value >> (16 * i) & 0xffff;
        if (half == 0 && !(first && i + 1 == halves))
            continue;
        put_op(r, "%s\t%c%u, #%u, lsl #%u", first ? "movz" : "movk", name, to->reg, half, 16 * i);
        first = false;
    }
}

static void put_scratch_load(struct rewriter *r, const struct aarch64_insn *in, struct span text)
{
    put_op(r, "adrp\tx26, %.*s", SPAN(text));
    put_op(r, "add\tx26, x26, :lo12:%.*s", SPAN(text));
    put_access(r, in, NULL, "[x27, w26, uxtw]");
    r->guards->known.sum.kind = SUM_NONE;
}

/* The literal of `ldr d0, =value`, in data. */
static void put_pool(struct rewriter *r, const struct aarch64_insn *in, struct span value)
{
    struct guards *g = r->guards;
    unsigned class = in->operands[0].class;
    const char *directive = class == REG_D ? ".xword" : class == REG_S ? ".word" : ".octa";
    char label[32];
    int size = snprintf(label, sizeof label, ".Llfi_pool%u", a64(r)->label_number);
    if (!g->dry) {
        a64(r)->label_number++;
        put(&r->out, "\t.pushsection\t.rodata.lfi,\"a\",@progbits\n\t.p2align\t4\n");
        put(&r->out, label);
        put(&r->out, ":\n\t");
        put(&r->out, directive);
        put(&r->out, "\t");
        put_span(&r->out, value);
        put(&r->out, "\n\t.popsection\n");
    }
    put_scratch_load(r, in, (struct span){label, (uint32_t)size});
}

/* Of a symbol that may stay undefined, if it is weak, only the linker's table knows the address. */
static void put_table_load(struct rewriter *r, unsigned reg, struct span symbol)
{
    unsigned page = r->options->mode == LFI_MODE_FULL ? ADDRESS : reg;
    put_op(r, "adrp\tx%u, :got:%.*s", page, SPAN(symbol));
    put_op(r, "ldr\tx%u, [x%u, :got_lo12:%.*s]", reg, page, SPAN(symbol));
    if (page == ADDRESS)
        r->guards->known.guarded = 0;
}

void rewrite_literal(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    const struct operand *to = &in->operands[0];
    struct span text = in->address.text;
    int64_t value;
    if (in->address.mode == ADDRESS_LITERAL) {
        if (is_near(r, index) || in->info->class == CLASS_PREFETCH)
            put_original(r, s);
        else
            put_scratch_load(r, in, text);
    } else if (!is_general(to) && literal_value(text, &value)) {
        put_pool(r, in, text);
    } else if (is_general(to) && literal_value(text, &value)) {
        put_number_load(r, to, (uint64_t)value);
    } else if (is_general(to) && to->class == REG_X && in->flow.target &&
               in->flow.target->statement == NO_STATEMENT) {
        put_table_load(r, to->reg, text);
    } else if (is_general(to) && to->class == REG_X) {
        put_op(r, "adrp\tx%u, %.*s", to->reg, SPAN(text));
        put_op(r, "add\tx%u, x%u, :lo12:%.*s", to->reg, to->reg, SPAN(text));
    } else {
        refuse(r, s, "this literal needs a relocation in code: use adrp and :lo12:");
    }
    known_insn_done(r->guards, &in->flow);
}
