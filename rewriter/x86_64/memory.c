// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* docs/abi.md, "Memory operands". */
#include "x86_64.h"

static bool has_index(const struct operand *o)
{
    return o->index != NO_REG && o->index != RIZ && o->index != EIZ;
}

static bool is_near(const struct operand *o)
{
    return o->literal && o->value >= -LFI_STACK_REACH && o->value <= LFI_STACK_REACH;
}

bool is_near_stack(const struct operand *o)
{
    return o->kind == OPERAND_MEM && o->base == RSP && !has_index(o) && is_near(o) &&
           o->segment != SEG_FS && o->segment != SEG_GS;
}

bool is_narrow(const struct operand *o)
{
    return reg_class(o->base) == REG32 || reg_class(o->index) == REG32 || o->index == EIZ;
}

/* General- and local-dynamic TLS: linkers relax these sequences into %fs: instructions. */
static bool is_dynamic_tls(struct span text)
{
    return text.size > 6 && memchr(text.at, '@', text.size) &&
           (span_has(text, "@tlsgd") || span_has(text, "@tlsld") || span_has(text, "@TLSGD") ||
            span_has(text, "@TLSLD"));
}

bool confine(struct rewriter *r, uint32_t index, struct operand *o, bool written)
{
    const struct statement *s = &r->statements[index];
    if (o->segment == SEG_GS) {
        report_error(r, s, NULL, "%%gs belongs to the rewriter: leave the override out");
        return false;
    }
    if (o->segment == SEG_FS)
        return confine_thread(r, index, o, written);
    o->segment = NO_REG; /* the others have base 0 in 64-bit code */
    if (o->base == RIP && o->literal) {
        report_error(r, s, NULL, "distances change when code is rewritten: use a label");
        return false;
    }
    if (o->base == RIP)
        return true;
    if (o->base == EIP) {
        report_error(r, s, NULL, "%%eip cannot be confined: use %%rip");
        return false;
    }
    bool narrow = is_narrow(o); /* a 32-bit address is an offset in the box, in every mode */
    if (!narrow &&
        (r->options->mode == LFI_MODE_JUMPS || (r->options->mode == LFI_MODE_STORES && !written)))
        return true;
    if (is_near_stack(o)) {
        o->index = NO_REG;
        return true;
    }
    o->segment = SEG_GS;
    if (reg_class(o->base) == REG64)
        o->base = reg_as(o->base, REG32);
    if (reg_class(o->index) == REG64)
        o->index = reg_as(o->index, REG32);
    else if (o->index == RIZ || (!o->base && !o->index))
        o->index = EIZ; /* `(,%eiz)`: absolute, with the address-size prefix */
    if (o->index == EIZ && o->base)
        o->index = NO_REG;
    if (!o->base && o->literal && o->text.size && o->value != (int32_t)o->value) {
        o->value = (int32_t)o->value;
        o->text.size = 0;
    }
    return true;
}

bool confine_all(struct rewriter *r, uint32_t index, struct operand *operands)
{
    const struct x86_64_insn *in = r->statements[index].insn;
    memcpy(operands, in->operands, in->count * sizeof *operands);
    for (unsigned i = 0; i < in->count; i++) {
        if (operands[i].kind != OPERAND_MEM)
            continue;
        if (is_dynamic_tls(operands[i].text)) {
            report_error(r, &r->statements[index], operands[i].text.at,
                         "this TLS model calls __tls_get_addr, which linkers turn into code that "
                         "no one rewrites: compile with -mtls-dialect=gnu2 or with -fPIE");
            return false;
        }
        if (!operand_accessed(in, i)) {
            if (operands[i].segment && in->info->class != CLASS_NOP) {
                report_error(r, &r->statements[index], NULL,
                             "a segment override means nothing here");
                return false;
            }
            operands[i].segment = NO_REG;
            if (in->info->class == CLASS_NOP && is_narrow(&operands[i])) {
                operands[i].base = RAX;
                operands[i].index = NO_REG;
            }
        } else if (!confine(r, index, &operands[i], operand_written(in, i))) {
            return false;
        }
    }
    return true;
}
