// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Which forms of address an instruction can have, and whether it must be confined. */
#include "aarch64.h"

#include <strings.h>

bool is_confined(const struct rewriter *r, const struct aarch64_insn *in)
{
    switch (r->options->mode) {
    case LFI_MODE_FULL:
        return in->info->access != ACCESS_NONE;
    case LFI_MODE_STORES:
        return in->info->access == ACCESS_W || in->info->access == ACCESS_RW;
    default:
        return false;
    }
}

static unsigned register_size(const struct operand *o)
{
    static const uint8_t sizes[] = {
        [REG_X] = 8, [REG_W] = 4, [REG_XZR] = 8, [REG_WZR] = 4,    [REG_B] = 1,  [REG_H] = 2,
        [REG_S] = 4, [REG_D] = 8, [REG_Q] = 16,  [REG_VECTOR] = 0, [REG_SVE] = 0};
    return o->kind == OPERAND_REG ? sizes[o->class] : 0;
}

/* What a displacement is scaled by; 0 if that is not known. */
static unsigned access_size(const struct aarch64_insn *in)
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

bool can_displace(const struct aarch64_insn *in, int64_t value)
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

char one_vector(const struct aarch64_insn *in, unsigned *number)
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

const char *plain_mnemonic(const struct aarch64_insn *in, int64_t value, char text[16])
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

bool has_direct_form(const struct aarch64_insn *in)
{
    unsigned vector;
    return has_register_form(in) || one_vector(in, &vector);
}

bool has_register_form(const struct aarch64_insn *in)
{
    return in->info->class == CLASS_SINGLE || in->info->class == CLASS_UNSCALED ||
           in->info->class == CLASS_PREFETCH;
}
