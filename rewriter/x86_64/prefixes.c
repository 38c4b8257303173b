// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Prefixes that are written as bytes before an instruction (bytes.c). Intel SDM, volume 2, 2.1.1.
 */
#include "x86_64.h"

static bool is_segment(uint8_t byte) /* of those that mean nothing in 64-bit code */
{
    return byte == 0x26 || byte == 0x2e || byte == 0x36 || byte == 0x3e;
}

bool x86_64_is_prefix_byte(uint8_t byte)
{
    return is_segment(byte) || (byte >= 0x64 && byte <= 0x67) || byte == 0xf0 || byte == 0xf2 ||
           byte == 0xf3 || (byte & 0xf0) == 0x40;
}

bool x86_64_names_symbol(const void *insn)
{
    const struct x86_64_insn *in = insn;
    for (unsigned i = 0; i < in->count; i++)
        if (in->operands[i].kind != OPERAND_REG &&
            (!in->operands[i].literal || in->operands[i].base == RIP))
            return true;
    return false;
}

/* Of a direct branch also the sizes, and what once was BND or a hint. */
bool x86_64_prefixes_are_idle(const void *insn, const uint8_t *prefixes, unsigned count)
{
    const struct x86_64_insn *in = insn;
    bool branch = in->count == 1 && in->operands[0].kind == OPERAND_TARGET;
    for (unsigned i = 0; i < count; i++)
        if (!is_segment(prefixes[i]) && !(branch && (prefixes[i] == 0x66 || prefixes[i] == 0x48 ||
                                                     prefixes[i] == 0xf2 || prefixes[i] == 0xf3)))
            return false;
    return true;
}
