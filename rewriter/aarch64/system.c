// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* System registers and instructions, and thread-local storage. */
#include "aarch64.h"

#include <strings.h>

static bool is_named(struct span text, const char *name)
{
    return strlen(name) == text.size && strncasecmp(name, text.at, text.size) == 0;
}

static bool starts_named(struct span text, const char *name)
{
    return strlen(name) <= text.size && strncasecmp(name, text.at, strlen(name)) == 0;
}

/* Those that the verifier allows, by name and by number. */
static const struct system_register {
    const char *name, *number;
    bool writable;
} registers[] = {
    {"nzcv", "s3_3_c4_c2_0", true},         {"dit", "s3_3_c4_c2_5", true},
    {"ssbs", "s3_3_c4_c2_6", false},        {"fpcr", "s3_3_c4_c4_0", true},
    {"fpsr", "s3_3_c4_c4_1", true},         {"ctr_el0", "s3_3_c0_c0_1", false},
    {"dczid_el0", "s3_3_c0_c0_7", false},   {"rndr", "s3_3_c2_c4_0", false},
    {"rndrrs", "s3_3_c2_c4_1", false},      {"cntfrq_el0", "s3_3_c14_c0_0", false},
    {"cntvct_el0", "s3_3_c14_c0_2", false}, {"midr_el1", "s3_0_c0_c0_0", false},
    {"mpidr_el1", "s3_0_c0_c0_5", false},   {"revidr_el1", "s3_0_c0_c0_6", false},
};

static bool is_thread_pointer(struct span name)
{
    return is_named(name, "tpidr_el0") || is_named(name, "s3_3_c13_c0_2");
}

static bool is_available(struct span name, bool read)
{
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
        if (is_named(name, registers[i].name) || is_named(name, registers[i].number))
            return read || registers[i].writable;
    if (!read)
        return false;
    if (starts_named(name, "id_aa64"))
        return true;
    return starts_named(name, "s3_0_c0_c") && name.size == 12 && name.at[9] >= '4' &&
           name.at[9] <= '7';
}

/* An immediate must be a bit; else it is a register. */
static bool is_good_value(struct span text)
{
    if (text.size && *text.at == '#')
        text.at++, text.size--;
    bool immediate = text.size && *text.at >= '0' && *text.at <= '9';
    return !immediate || (text.size == 1 && *text.at <= '1');
}

/* mrs, msr */
void rewrite_system(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    bool read = in->info->class == CLASS_MRS;
    struct span name = in->operands[read].text, reg = in->operands[!read].text;
    if (is_thread_pointer(name))
        put_op(r, "%s\t%.*s, [x25, #%d]", read ? "ldr" : "str", SPAN(reg), LFI_CONTEXT_TP);
    else if (is_available(name, read) && (read || is_good_value(reg)))
        put_original(r, s);
    else
        refuse(r, s,
               is_available(name, false)  ? "the system register %.*s takes 0 and 1"
               : is_available(name, true) ? "the system register %.*s cannot be written in a box"
                                          : "the system register %.*s is not available in a box",
               SPAN(name));
    known_insn_done(r->guards, &in->flow);
}

/* dc, ic: the operand is an address. */
void rewrite_cache(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    const struct aarch64_insn *in = s->insn;
    bool zero = in->count == 2 && is_named(in->operands[0].text, "zva");
    static const char *const by_address[] = {"zva",  "ivau",  "cvac", "cvau",
                                             "cvap", "cvadp", "civac"};
    bool known = false;
    for (size_t i = 0; i < sizeof by_address / sizeof *by_address; i++)
        known |= in->count == 2 && is_named(in->operands[0].text, by_address[i]);
    if (!known || !is_general(&in->operands[1])) {
        refuse(r, s, "this cache operation is for operating systems");
    } else if (r->options->mode == LFI_MODE_FULL || (r->options->mode == LFI_MODE_STORES && zero)) {
        guard(r, in->operands[1].reg);
        put_op(r, "%.*s\t%.*s, x28", SPAN(in->mnemonic), SPAN(in->operands[0].text));
    } else {
        put_original(r, s);
    }
}

/* What follows `name`; a span of size 0 if the text does not start with it. */
static struct span after(struct span text, const char *name)
{
    uint32_t n = (uint32_t)strlen(name);
    return span_starts(text, name) ? (struct span){text.at + n, text.size - n}
                                   : (struct span){text.at, 0};
}

/* The statement before it is `.tlsdesccall`. */
static bool is_descriptor_call(const struct rewriter *r, uint32_t index)
{
    while (index-- > 0) {
        const struct statement *s = &r->statements[index];
        if (s->kind == STATEMENT_DIRECTIVE)
            if (span_is((struct span){s->at, s->name_size}, ".tlsdesccall"))
                return true;
        if (s->kind == STATEMENT_INSN || s->kind == STATEMENT_RAW)
            return false;
    }
    return false;
}

/*
 * Programs in a box are linked statically, so where a variable is relative to the thread pointer is
 * known to the linker. Of the descriptor and initial-exec models, which would load that, the first
 * two instructions become those of local-exec.
 */
bool rewrite_thread(struct rewriter *r, uint32_t index)
{
    const struct aarch64_insn *in = r->statements[index].insn;
    const struct operand *o = in->operands;
    struct span symbol;
    if (in->info->class == CLASS_ADRP && in->count == 2) {
        symbol = after(o[1].text, ":tlsdesc:");
        if (!symbol.size)
            symbol = after(o[1].text, ":gottprel:");
        if (!symbol.size)
            return false;
        put_op(r, "movz\tx%u, #:tprel_g1:%.*s", o[0].reg, SPAN(symbol));
    } else if (has_address(in) && in->address.kind == OFFSET_TEXT &&
               in->address.mode == ADDRESS_OFFSET && is_general(&o[0])) {
        bool descriptor = false;
        symbol = after(in->address.text, ":gottprel_lo12:");
        if (!symbol.size) {
            symbol = after(in->address.text, ":tlsdesc_lo12:");
            descriptor = true;
        }
        if (!symbol.size)
            return false;
        unsigned to = descriptor ? in->address.base : o[0].reg;
        if (to != in->address.base)
            put_op(r, "mov\tx%u, x%u", to, in->address.base);
        put_op(r, "movk\tx%u, #:tprel_g0_nc:%.*s", to, SPAN(symbol));
    } else if (in->count == 3 && after(o[2].text, ":tlsdesc_lo12:").size) {
        ; /* x0 is right already */
    } else if (in->info->class != CLASS_CALL_REG || !is_descriptor_call(r, index)) {
        return false;
    }
    known_insn_done(r->guards, &in->flow);
    return true;
}
