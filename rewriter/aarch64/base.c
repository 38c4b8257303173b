// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Through which register an operand in memory goes. What costs nothing comes first: sp at a known
 * distance, x28 where it is a guard already, and [x27, wN, uxtw] where there is no displacement.
 * Else one instruction makes x28 the guard, or the sum in x26.
 */
#include "aarch64.h"

#include <stdlib.h>

/* Where the register is a page whose adrp was left out: x28 becomes it. */
static void page(struct rewriter *r, unsigned reg)
{
    struct guards *g = r->guards;
    if ((g->known.guarded & BIT(reg)) && g->known.delta[reg] == 0)
        return;
    const struct aarch64_insn *adrp = r->statements[g->local.page[reg]].insn;
    put_op(r, "adrp\tx28, %.*s", SPAN(adrp->operands[1].text));
    known_page(g, reg);
}

static void put_displaced(struct rewriter *r, const struct aarch64_insn *in, const char *base,
                          int64_t value)
{
    char text[16];
    const char *mnemonic = plain_mnemonic(in, value, text);
    if (value)
        put_access(r, in, mnemonic, "[%s, #%lld]", base, (long long)value);
    else
        put_access(r, in, mnemonic, "[%s]", base);
}

static bool is_immediate(int64_t value)
{
    uint64_t size = (uint64_t)llabs(value);
    return size < 4096 || (size % 4096 == 0 && size < 4096 * 4096);
}

/* The access at the address in x26. */
static void put_summed(struct rewriter *r, const struct aarch64_insn *in)
{
    char text[16];
    put_access(r, in, plain_mnemonic(in, 0, text), "[x27, w26, uxtw]");
}

static bool has_sum(struct rewriter *r, unsigned reg, int64_t value)
{
    struct sum sum = {.kind = SUM_NUMBER, .base = (uint8_t)reg, .value = value};
    return same_sum(&sum, &r->guards->known.sum);
}

static void make_sum(struct rewriter *r, unsigned reg, int64_t value)
{
    put_op(r, "%s\tw26, w%u, #%lld", value < 0 ? "sub" : "add", reg, llabs(value));
    r->guards->known.sum = (struct sum){.kind = SUM_NUMBER, .base = (uint8_t)reg, .value = value};
}

void put_based(struct rewriter *r, uint32_t index, unsigned reg, int64_t value, struct span text)
{
    struct guards *g = r->guards;
    const struct known *k = &g->known;
    const struct aarch64_insn *in = r->statements[index].insn;
    unsigned vector = 0;
    char letter = one_vector(in, &vector);
    if (text.size) {
        if (g->local.paged & BIT(reg))
            page(r, reg);
        else
            guard(r, reg);
        put_access(r, in, NULL, "[x28, %.*s]", SPAN(text));
        return;
    }
    if (reg == SP) {
        put_displaced(r, in, "sp", value);
        return;
    }
    if ((k->stacked & BIT(reg)) && can_displace(in, k->stack_delta[reg] + value)) {
        put_displaced(r, in, "sp", k->stack_delta[reg] + value);
        return;
    }
    if ((k->guarded & BIT(reg)) && can_displace(in, k->delta[reg] + value)) {
        put_displaced(r, in, "x28", k->delta[reg] + value);
        return;
    }
    if (value == 0 && letter) {
        put_op(r, "%.*sr\t%c%u, [x27, w%u, uxtw]", 2, in->mnemonic.at, letter, vector, reg);
    } else if (value == 0 && has_register_form(in)) {
        char mnemonic[16];
        put_access(r, in, plain_mnemonic(in, 0, mnemonic), "[x27, w%u, uxtw]", reg);
    } else if (has_register_form(in) && has_sum(r, reg, value)) {
        put_summed(r, in);
    } else if (has_register_form(in) && is_immediate(value) && keep_guard(r, index, reg)) {
        make_sum(r, reg, value);
        put_summed(r, in);
    } else {
        guard(r, reg);
        put_displaced(r, in, "x28", value);
    }
}

void put_indexed(struct rewriter *r, uint32_t index)
{
    struct guards *g = r->guards;
    const struct aarch64_insn *in = r->statements[index].insn;
    const struct address *address = &in->address;
    struct sum sum = {
        .kind = SUM_REG, .base = address->base, .index = address->index, .shift = address->shift};
    if (address->index == 31) {
        put_based(r, index, address->base, 0, (struct span){0});
        return;
    }
    if (!same_sum(&sum, &g->known.sum)) {
        if (address->base == SP && address->shift)
            put_op(r, "add\tx26, sp, x%u, lsl #%u", address->index, address->shift);
        else if (address->base == SP)
            put_op(r, "add\tx26, sp, x%u", address->index);
        else if (address->shift)
            put_op(r, "add\tw26, w%u, w%u, lsl #%u", address->base, address->index, address->shift);
        else
            put_op(r, "add\tw26, w%u, w%u", address->base, address->index);
        g->known.sum = sum;
    }
    put_summed(r, in);
}
