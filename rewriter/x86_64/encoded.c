// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Instructions that people write as bytes because some assembler did not know them: `.byte` in
 * code, one instruction a directive. Those of the tables below become text, and from there on what
 * any instruction is; of others only the verifier knows whether they are safe. Encodings: Intel
 * SDM, volume 2, chapter 2.
 */
#include "x86_64.h"

#include <stdio.h>

#define MAX_SIZE 15

/* Instructions without operands. */
static const struct {
    uint8_t size, bytes[4];
    const char *text;
} plain[] = {
    {2, {0xf3, 0xc3}, "ret"},
    {1, {0xc3}, "ret"},
    {2, {0x0f, 0xa2}, "cpuid"},
    {2, {0xf3, 0x90}, "pause"},
    {1, {0x90}, "nop"},
    {1, {0x9e}, "sahf"},
    {1, {0x9f}, "lahf"},
    {3, {0x0f, 0x01, 0xd0}, "xgetbv"},
    {2, {0x0f, 0x05}, "syscall"},
    {2, {0x0f, 0x0b}, "ud2"},
    {1, {0xcc}, "int3"},
    {1, {0xf4}, "hlt"},
    {2, {0x0f, 0x31}, "rdtsc"},
    {4, {0xf3, 0x0f, 0x1e, 0xfa}, "endbr64"},
    {3, {0x0f, 0xae, 0xf0}, "mfence"},
    {3, {0x0f, 0xae, 0xe8}, "lfence"},
    {3, {0x0f, 0xae, 0xf8}, "sfence"},
};

/* Operands as text has them: of ModRM the register or memory, of ModRM the register, of VEX. */
enum order { RM_REG, RM_VEX_REG, VEX_RM_REG };

/* Instructions with a ModRM byte, on general registers of 32 or 64 bits. */
static const struct known_encoding {
    bool vex;
    uint8_t prefix, map, opcode; /* map 1: 0f, 2: 0f 38 */
    uint8_t order;
    const char *name;
} known_encodings[] = {
    {false, 0xf3, 1, 0xb8, RM_REG, "popcnt"},  {false, 0xf3, 1, 0xbc, RM_REG, "tzcnt"},
    {false, 0xf3, 1, 0xbd, RM_REG, "lzcnt"},   {false, 0x66, 2, 0xf6, RM_REG, "adcx"},
    {false, 0xf3, 2, 0xf6, RM_REG, "adox"},    {true, 0xf2, 2, 0xf6, RM_VEX_REG, "mulx"},
    {true, 0xf2, 2, 0xf5, RM_VEX_REG, "pdep"}, {true, 0xf3, 2, 0xf5, RM_VEX_REG, "pext"},
    {true, 0, 2, 0xf2, RM_VEX_REG, "andn"},    {true, 0x66, 2, 0xf7, VEX_RM_REG, "shlx"},
    {true, 0xf2, 2, 0xf7, VEX_RM_REG, "shrx"}, {true, 0xf3, 2, 0xf7, VEX_RM_REG, "sarx"},
    {true, 0, 2, 0xf7, VEX_RM_REG, "bextr"},   {true, 0, 2, 0xf5, VEX_RM_REG, "bzhi"},
};

struct bytes {
    uint8_t at[MAX_SIZE + 4]; /* zeros after the last */
    unsigned size, read;
};

static uint8_t take(struct bytes *b)
{
    return b->read < b->size ? b->at[b->read++] : (b->read = MAX_SIZE + 1, (uint8_t)0);
}

/* What precedes the ModRM byte. */
struct encoding {
    bool vex, wide;
    uint8_t prefix, map, opcode;
    uint8_t reg, index, base; /* the upper bits of their numbers: 0 or 8 */
    uint8_t extra;            /* the register in VEX */
};

static struct encoding take_encoding(struct bytes *b)
{
    struct encoding e = {0};
    uint8_t byte = take(b);
    if (byte == 0xc4) {
        static const uint8_t prefixes[] = {0, 0x66, 0xf3, 0xf2};
        uint8_t first = take(b), second = take(b);
        e.vex = true;
        e.map = second & 4 ? 0 : first & 31; /* of 128 bits, as general registers are */
        e.wide = second & 0x80;
        e.prefix = prefixes[second & 3];
        e.extra = ~(second >> 3) & 15;
        byte = (uint8_t)~first >> 5;
    } else {
        if (byte == 0x66 || byte == 0xf2 || byte == 0xf3) {
            e.prefix = byte;
            byte = take(b);
        }
        uint8_t rex = (byte & 0xf0) == 0x40 ? byte : 0;
        if (rex)
            byte = take(b);
        e.map = byte == 0x0f;
        if (b->at[b->read] == 0x38) {
            e.map *= 2;
            take(b);
        }
        e.wide = rex & 8;
        byte = rex & 7;
    }
    e.reg = byte << 1 & 8;
    e.index = byte << 2 & 8;
    e.base = byte << 3 & 8;
    e.opcode = take(b);
    return e;
}

static int32_t take_displacement(struct bytes *b, unsigned size)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint32_t)take(b) << 8 * i;
    return size == 1 ? (int8_t)value : (int32_t)value;
}

/* The operand of ModRM that may be memory; false for addresses without a base register. */
static bool take_operand(struct bytes *b, const struct encoding *e, uint8_t modrm, unsigned class,
                         char text[static 64])
{
    uint8_t mod = modrm >> 6, base = modrm & 7, index = 4, scale = 0;
    if (mod == 3) {
        snprintf(text, 64, "%%%s", register_name(REG(class, base | e->base)));
        return true;
    }
    if (base == 4) {
        uint8_t sib = take(b);
        scale = sib >> 6;
        index = (sib >> 3 & 7) | e->index;
        base = sib & 7;
    }
    if (base == 5 && mod == 0)
        return false;
    int32_t displacement = take_displacement(b, mod == 2 ? 4 : mod);
    int length = displacement ? snprintf(text, 64, "%d", displacement) : 0;
    length += snprintf(text + length, 64 - (size_t)length, "(%%%s",
                       register_name(REG(REG64, base | e->base)));
    if (index != 4)
        length += snprintf(text + length, 64 - (size_t)length, ",%%%s,%d",
                           register_name(REG(REG64, index)), 1 << scale);
    snprintf(text + length, 64 - (size_t)length, ")");
    return true;
}

static const char *text_of(struct rewriter *r, struct bytes *b)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (plain[i].size == b->size && memcmp(plain[i].bytes, b->at, b->size) == 0)
            return plain[i].text;

    struct encoding e = take_encoding(b);
    const struct known_encoding *known = known_encodings,
                                *end = known_encodings +
                                       sizeof known_encodings / sizeof *known_encodings;
    while (known < end && (known->vex != e.vex || known->prefix != e.prefix ||
                           known->map != e.map || known->opcode != e.opcode))
        known++;
    unsigned class = e.wide ? REG64 : REG32;
    uint8_t modrm = take(b);
    char operand[64];
    if (known == end || !take_operand(b, &e, modrm, class, operand) || b->read != b->size)
        return NULL;
    const char *reg = register_name(REG(class, (modrm >> 3 & 7) | e.reg));
    const char *extra = register_name(REG(class, e.extra));
    char *text = arena_alloc(&r->arena, 128);
    if (known->order == RM_REG)
        snprintf(text, 128, "%s\t%s, %%%s", known->name, operand, reg);
    else if (known->order == RM_VEX_REG)
        snprintf(text, 128, "%s\t%s, %%%s, %%%s", known->name, operand, extra, reg);
    else
        snprintf(text, 128, "%s\t%%%s, %s, %%%s", known->name, extra, operand, reg);
    return text;
}

/* The values of a `.byte`; false if they cannot be one instruction. */
static bool read_bytes(const struct statement *s, struct bytes *b)
{
    struct span rest = statement_arguments(s), argument;
    while (next_argument(&rest, &argument)) {
        int64_t value;
        if (b->size == MAX_SIZE || !literal_value(argument, &value))
            return false;
        b->at[b->size++] = (uint8_t)value;
    }
    return true;
}

static bool is_bytes(const struct statement *s)
{
    return s->directive == DIRECTIVE_DATA && span_is((struct span){s->at, s->name_size}, ".byte");
}

const char *x86_64_encoded(struct rewriter *r, const struct statement *s)
{
    struct bytes b = {0};
    return is_bytes(s) && read_bytes(s, &b) ? text_of(r, &b) : NULL;
}

/* Bytes that are not an instruction of the tables stay, but do not cross a bundle boundary. */
bool x86_64_rewrite_data(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    struct bytes b = {0};
    if (s->directive == DIRECTIVE_NOPS)
        return false;
    if (!is_bytes(s)) {
        report_error(r, s, NULL, "data in a section of code does not verify: move it to .rodata");
        return true;
    }
    if (!read_bytes(s, &b)) {
        report_error(r, s, NULL,
                     "this is not an instruction, and data in a section of code does not verify: "
                     "move it to .rodata");
        return true;
    }
    if (b.size > 1) {
        put(&r->out, "\t.p2align\t5, , ");
        put_number(&r->out, b.size - 1);
        put(&r->out, "\n");
    }
    return false;
}
