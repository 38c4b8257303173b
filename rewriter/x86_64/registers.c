// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Names of registers, to numbers and back. */
#include "x86_64.h"

static const char *const names[256] = {
    [REG(REG64, 0)] = "rax",
    "rcx",
    "rdx",
    "rbx",
    "rsp",
    "rbp",
    "rsi",
    "rdi",
    "r8",
    "r9",
    "r10",
    "r11",
    "r12",
    "r13",
    "r14",
    "r15",
    [REG(REG32, 0)] = "eax",
    "ecx",
    "edx",
    "ebx",
    "esp",
    "ebp",
    "esi",
    "edi",
    "r8d",
    "r9d",
    "r10d",
    "r11d",
    "r12d",
    "r13d",
    "r14d",
    "r15d",
    [REG(REG16, 0)] = "ax",
    "cx",
    "dx",
    "bx",
    "sp",
    "bp",
    "si",
    "di",
    "r8w",
    "r9w",
    "r10w",
    "r11w",
    "r12w",
    "r13w",
    "r14w",
    "r15w",
    [REG(REG8, 0)] = "al",
    "cl",
    "dl",
    "bl",
    "spl",
    "bpl",
    "sil",
    "dil",
    "r8b",
    "r9b",
    "r10b",
    "r11b",
    "r12b",
    "r13b",
    "r14b",
    "r15b",
    [REG(REG8_HIGH, 0)] = "ah",
    "ch",
    "dh",
    "bh",
    [REG(REG_XMM, 0)] = "xmm0",
    "xmm1",
    "xmm2",
    "xmm3",
    "xmm4",
    "xmm5",
    "xmm6",
    "xmm7",
    "xmm8",
    "xmm9",
    "xmm10",
    "xmm11",
    "xmm12",
    "xmm13",
    "xmm14",
    "xmm15",
    [REG(REG_YMM, 0)] = "ymm0",
    "ymm1",
    "ymm2",
    "ymm3",
    "ymm4",
    "ymm5",
    "ymm6",
    "ymm7",
    "ymm8",
    "ymm9",
    "ymm10",
    "ymm11",
    "ymm12",
    "ymm13",
    "ymm14",
    "ymm15",
    [REG(REG_MM, 0)] = "mm0",
    "mm1",
    "mm2",
    "mm3",
    "mm4",
    "mm5",
    "mm6",
    "mm7",
    [REG(REG_X87, 0)] = "st(0)",
    "st(1)",
    "st(2)",
    "st(3)",
    "st(4)",
    "st(5)",
    "st(6)",
    "st(7)",
    "st",
    [REG(REG_SEGMENT, 0)] = "es",
    "cs",
    "ss",
    "ds",
    "fs",
    "gs",
    [REG(REG_SYSTEM, 0)] = "cr0",
    "cr2",
    "cr3",
    "cr4",
    "cr8",
    "dr0",
    "dr1",
    "dr2",
    "dr3",
    "dr6",
    "dr7",
    [REG(REG_SPECIAL, 0)] = "rip",
    "eip",
    "riz",
    "eiz",
};

/* A name of at most eight characters as a number, in small letters: 0x20 is set in digits too. */
static uint64_t key_of(const char *name, size_t size)
{
    uint64_t key = 0;
    for (size_t i = 0; i < size; i++)
        key = key << 8 | (unsigned char)name[i] | 0x20;
    return key;
}

static uint8_t hash(uint64_t key)
{
    return (uint8_t)((key * 0x9e3779b97f4a7c15u) >> 56);
}

void registers_start(struct rewriter *r)
{
    struct x86_64 *x = x86(r);
    for (unsigned i = 1; i < 256; i++) {
        if (!names[i])
            continue;
        size_t size = strlen(names[i]);
        uint64_t key = key_of(names[i], size);
        uint8_t slot = hash(key);
        while (x->register_slots[slot].key)
            slot++;
        x->register_slots[slot].key = key;
        x->register_slots[slot].reg = (uint8_t)i;
        x->register_texts[i].size = (uint8_t)(size + 1);
        x->register_texts[i].bytes[0] = '%';
        memcpy(x->register_texts[i].bytes + 1, names[i], size);
    }
}

enum { NO_VECTOR = 255 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* zmm0…31, xmm16…31, ymm16…31, k0…7 */
uint8_t vector_number(struct span name)
{
    unsigned kind = (name.at[0] | 32u) - 'x', number = 0, digits = name.size - 3;
    if (name.size == 2 && (*name.at | 32) == 'k' && name.at[1] >= '0' && name.at[1] <= '7')
        return (uint8_t)(FIRST_MASK + name.at[1] - '0');
    if (name.size < 4 || name.size > 5 || kind > 2 || (name.at[1] | 32) != 'm' ||
        (name.at[2] | 32) != 'm' || (digits == 2 && name.at[3] == '0'))
        return NO_VECTOR;
    for (unsigned i = 3; i < name.size; i++) {
        if (!is_digit(name.at[i]))
            return NO_VECTOR;
        number = number * 10 + (unsigned)(name.at[i] - '0');
    }
    return number > 31 || (kind < 2 && number < 16) ? NO_VECTOR : (uint8_t)(kind * 32 + number);
}

void put_vector(struct rewriter *r, uint8_t vector)
{
    static const char *const kinds[] = {"%xmm", "%ymm", "%zmm", "%k"};
    put(&r->out, kinds[vector / 32]);
    put_number(&r->out, vector % 32);
}

uint8_t register_parse(const struct rewriter *r, struct span name)
{
    const struct x86_64 *x = r->arch_state;
    if (name.size < 2 || name.size > 5)
        return NO_REG;
    uint64_t key = key_of(name.at, name.size);
    for (uint8_t slot = hash(key); x->register_slots[slot].key; slot++)
        if (x->register_slots[slot].key == key)
            return x->register_slots[slot].reg;
    return vector_number(name) != NO_VECTOR ? REG(REG_AVX512, 0) : NO_REG;
}

/* Without state, and slower. */
bool x86_64_is_register(struct span name)
{
    char lower[8] = "";
    if (name.size < 2 || name.size > 5)
        return false;
    for (uint32_t i = 0; i < name.size; i++)
        lower[i] = (char)(name.at[i] >= 'A' && name.at[i] <= 'Z' ? name.at[i] | 32 : name.at[i]);
    for (unsigned i = 0; i < 256; i++)
        if (names[i] && strcmp(names[i], lower) == 0)
            return true;
    return vector_number((struct span){lower, name.size}) != NO_VECTOR;
}

const char *register_name(uint8_t reg)
{
    return names[reg];
}

unsigned register_width(uint8_t reg)
{
    static const uint8_t width[16] = {
        [REG64] = 8, [REG32] = 4, [REG16] = 2, [REG8] = 1, [REG8_HIGH] = 1};
    return width[reg_class(reg)];
}
