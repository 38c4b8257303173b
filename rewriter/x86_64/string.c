// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* docs/abi.md, "Memory operands": string instructions are groups that guard rdi, then rsi. */
#include "x86_64.h"

static bool check_operands(struct rewriter *r, uint32_t index, uint8_t *size)
{
    const struct statement *s = &r->statements[index];
    const struct x86_64_insn *in = s->insn;
    *size = in->width;
    for (unsigned i = 0; i < in->count; i++) {
        const struct operand *o = &in->operands[i];
        if (o->kind == OPERAND_REG && is_gpr(o->reg)) {
            *size = (uint8_t)register_width(o->reg);
        } else if (o->kind != OPERAND_MEM || (o->base != RSI && o->base != RDI) || o->index ||
                   o->segment == SEG_FS || o->segment == SEG_GS || !o->literal || o->value) {
            report_error(
                r, s, NULL,
                "string instructions address (%%rsi) and (%%rdi) only, without %%fs or %%gs");
            return false;
        }
    }
    if (span_is(in->mnemonic, "movsd") || span_is(in->mnemonic, "cmpsd") ||
        span_is(in->mnemonic, "scasd") || span_is(in->mnemonic, "lodsd") ||
        span_is(in->mnemonic, "stosd"))
        *size = 4;
    if (!*size)
        report_error(r, s, NULL, "the operand size is not known: add a suffix (b, w, l, q)");
    return *size != 0;
}

static void put_guard(struct rewriter *r, bool flags_live, const char *low, const char *whole)
{
    struct writer *w = &r->out;
    put(w, "\tmovl\t%");
    put(w, low);
    put(w, ", %");
    put(w, low);
    if (flags_live) {
        put(w, "\n\tleaq\t(%");
        put(w, whole);
        put(w, ",%r11), %");
    } else {
        put(w, "\n\taddq\t" BASE_SLOT ", %");
    }
    put(w, whole);
    put(w, "\n");
}

void rewrite_string(struct rewriter *r, uint32_t index)
{
    const struct x86_64_insn *in = r->statements[index].insn;
    struct writer *w = &r->out;
    uint8_t size;
    if (!check_operands(r, index, &size))
        return;
    char kind = in->mnemonic.at[0] | 32; /* movs, cmps, scas, stos, lods */
    bool scan_or_store = kind == 's',
         store = kind == 'm' || (kind == 's' && (in->mnemonic.at[1] | 32) == 't');
    bool guard_rdi = kind != 'l', guard_rsi = !scan_or_store;
    if (r->options->mode == LFI_MODE_STORES)
        guard_rdi = store, guard_rsi = false;
    if (r->options->mode == LFI_MODE_JUMPS)
        guard_rdi = guard_rsi = false;

    if (guard_rdi || guard_rsi) {
        bool live = flags_live_before(r, index);
        if (live && !r11_free(r, index, "this string instruction, where the flags are in use,"))
            return;
        group_begin(r);
        if (live)
            put_line(r, "movq\t" BASE_SLOT ", %r11");
        if (guard_rdi)
            put_guard(r, live, "edi", "rdi");
        if (guard_rsi)
            put_guard(r, live, "esi", "rsi");
    }
    put(w, "\t");
    if (in->prefixes & PREFIX_REP)
        put(w, "rep ");
    if (in->prefixes & PREFIX_REPNE)
        put(w, "repne ");
    put_bytes(w, in->mnemonic.at, 4);
    put(w, size == 1 ? "b" : size == 2 ? "w" : size == 4 ? "l" : "q");
    put(w, "\n");
    if (guard_rdi || guard_rsi)
        group_end(r);
}
