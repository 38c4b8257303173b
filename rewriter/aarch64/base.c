// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Through which register an operand in memory goes. What costs nothing comes first: sp at a known
 * distance, x28 where it is a guard already, and [x27, wN, uxtw] where there is no displacement.
 * Else one instruction makes x28 the guard, or the sum in x26.
 */
#include "aarch64.h"

#include <stdlib.h>
#include <strings.h>

static unsigned register_size(const struct operand *o)
{
    static const uint8_t sizes[] = {
        [REG_X] = 8, [REG_W] = 4, [REG_XZR] = 8, [REG_WZR] = 4,    [REG_B] = 1,  [REG_H] = 2,
        [REG_S] = 4, [REG_D] = 8, [REG_Q] = 16,  [REG_VECTOR] = 0, [REG_SVE] = 0};
    return o->kind == OPERAND_REG ? sizes[o->class] : 0;
}

/* What a displacement is scaled by; 0 if that is not known. */
static unsigned access_size(const struct insn *in)
{
    char last = in->mnemonic.at[in->mnemonic.size - 1];
    switch (last | 32) {
    case 'b':
        return 1;
    case 'h':
        return 2;
    case 'w':
        return 4;
    case 'm':
        return 8; /* prefetch */
    default:
        return register_size(&in->operands[0]);
    }
}

static bool can_displace(const struct insn *in, int64_t value)
{
    int64_t size = access_size(in);
    bool unscaled = value >= -256 && value <= 255;
    switch (in->info->class) {
    case CLASS_SINGLE:
    case CLASS_PREFETCH:
    case CLASS_UNSCALED:
        return unscaled || (size && value >= 0 && value % size == 0 && value / size < 4096);
    case CLASS_UNPRIVILEGED:
    case CLASS_ORDERED:
        return unscaled;
    case CLASS_PAIR:
        return size && value % size == 0 && value / size >= -64 && value / size <= 63;
    default:
        return value == 0;
    }
}

/* `ld1 {v0.16b}, [x0]` is `ldr q0, [x0]`: the letter of the register, or 0. */
static char one_vector(const struct insn *in, unsigned *number)
{
    const struct operand *o = &in->operands[0];
    struct operand reg;
    if (in->info->class != CLASS_STRUCTURE || in->count != 1 || o->text.size < 2 ||
        in->mnemonic.size != 3 || in->mnemonic.at[2] != '1' || *o->text.at != '{' ||
        o->text.at[o->text.size - 1] != '}')
        return 0;
    struct span inside = span_trim((struct span){o->text.at + 1, o->text.size - 2});
    if (memchr(inside.at, ',', inside.size) || memchr(inside.at, '-', inside.size) ||
        !register_read(inside, &reg) || reg.class != REG_VECTOR)
        return 0;
    *number = reg.reg;
    static const char *const whole[] = {".16b", ".8h", ".4s", ".2d", ".8b", ".4h", ".2s", ".1d"};
    for (unsigned i = 0; i < 8; i++)
        if (inside.size > strlen(whole[i]) &&
            strncasecmp(inside.at + inside.size - strlen(whole[i]), whole[i], strlen(whole[i])) ==
                0)
            return i < 4 ? 'q' : 'd';
    return 0;
}

/* The same for any displacement: ldr for ldur, and of prfm and prfum what can have it. */
static const char *plain_mnemonic(const struct insn *in, int64_t value, char text[16])
{
    uint32_t to = 0;
    if (in->info->class == CLASS_PREFETCH)
        return value >= 0 && value % 8 == 0 ? "prfm" : "prfum";
    if (in->info->class != CLASS_UNSCALED)
        return NULL;
    for (uint32_t i = 0; i < in->mnemonic.size && to < 15; i++)
        if ((in->mnemonic.at[i] | 32) != 'u')
            text[to++] = in->mnemonic.at[i];
    text[to] = 0;
    return text;
}

bool has_direct_form(const struct insn *in)
{
    unsigned vector;
    return has_register_form(in) || one_vector(in, &vector);
}

bool has_register_form(const struct insn *in)
{
    return in->info->class == CLASS_SINGLE || in->info->class == CLASS_UNSCALED ||
           in->info->class == CLASS_PREFETCH;
}

void guard(struct rewriter *r, unsigned reg)
{
    struct known *k = &a64(r)->known;
    if ((k->guarded & BIT(reg)) && k->delta[reg] == 0)
        return;
    put_op(r, "add\tx28, x27, w%u, uxtw", reg);
    state_guard(a64(r), reg);
}

/* Where the register is a page whose adrp was left out: x28 becomes it. */
static void page(struct rewriter *r, unsigned reg)
{
    struct aarch64 *a = a64(r);
    if ((a->known.guarded & BIT(reg)) && a->known.delta[reg] == 0)
        return;
    const struct insn *adrp = r->statements[a->local.page[reg]].insn;
    put_op(r, "adrp\tx28, %.*s", SPAN(adrp->operands[1].text));
    state_page(a, reg);
}

static void put_displaced(struct rewriter *r, const struct insn *in, const char *base,
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
static void put_summed(struct rewriter *r, const struct insn *in)
{
    char text[16];
    put_access(r, in, plain_mnemonic(in, 0, text), "[x27, w26, uxtw]");
}

static bool has_sum(struct rewriter *r, unsigned reg, int64_t value)
{
    struct sum sum = {.kind = SUM_NUMBER, .base = (uint8_t)reg, .value = value};
    return same_sum(&sum, &a64(r)->known.sum);
}

static void make_sum(struct rewriter *r, unsigned reg, int64_t value)
{
    put_op(r, "%s\tw26, w%u, #%lld", value < 0 ? "sub" : "add", reg, llabs(value));
    a64(r)->known.sum = (struct sum){.kind = SUM_NUMBER, .base = (uint8_t)reg, .value = value};
}

void put_based(struct rewriter *r, uint32_t index, unsigned reg, int64_t value, struct span text)
{
    struct aarch64 *a = a64(r);
    const struct known *k = &a->known;
    const struct insn *in = r->statements[index].insn;
    unsigned vector = 0;
    char letter = one_vector(in, &vector);
    if (text.size) {
        if (a->local.paged & BIT(reg))
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
    struct aarch64 *a = a64(r);
    const struct insn *in = r->statements[index].insn;
    const struct address *address = &in->address;
    struct sum sum = {
        .kind = SUM_REG, .base = address->base, .index = address->index, .shift = address->shift};
    if (address->index == 31) {
        put_based(r, index, address->base, 0, (struct span){0});
        return;
    }
    if (!same_sum(&sum, &a->known.sum)) {
        if (address->base == SP && address->shift)
            put_op(r, "add\tx26, sp, x%u, lsl #%u", address->index, address->shift);
        else if (address->base == SP)
            put_op(r, "add\tx26, sp, x%u", address->index);
        else if (address->shift)
            put_op(r, "add\tw26, w%u, w%u, lsl #%u", address->base, address->index, address->shift);
        else
            put_op(r, "add\tw26, w%u, w%u", address->base, address->index);
        a->known.sum = sum;
    }
    put_summed(r, in);
}
