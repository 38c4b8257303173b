// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The decoder against Zydis: whenever ours accepts an instruction, both must agree on its length,
 * memory operand (segment, registers, displacement, size, access), branch displacement, and on
 * whether it writes rsp; and the instruction must be of an extension that is allowed.
 *
 * Tried are all opcodes of all maps with all ModRM bytes after many prefixes, random bytes, and
 * the code of a program. --count says how many random instructions, --seed which.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <Zydis/Zydis.h>

#include <lfi/abi.h>

#include "../../options.h"
#include "x86_64/explain/groups.h"

struct oracle {
    struct form_index index;
    ZydisDecoder zydis;
    uint64_t accepted, refused;
    uint64_t count, random;
};

static uint64_t next_random(struct oracle *o)
{
    return test_random(&o->random);
}

#define AGREE(condition)                       \
    do {                                       \
        if (!(condition))                      \
            disagree(#condition, bytes, ours); \
    } while (0)

static void disagree(const char *condition, const uint8_t *bytes, const struct insn *ours)
{
    char text[64], hex[48];
    lfi_x86_64_text(ours, text, sizeof text);
    for (int i = 0; i < 15; i++)
        snprintf(hex + 3 * i, 4, "%02x ", bytes[i]);
    fail_msg("%s: %s (%s, length %u)", condition, hex, text, ours->length);
}

/* Everything of x86-64-v4, and what docs/verifier.md adds. */
static bool is_allowed_extension(ZydisISAExt extension)
{
    switch (extension) {
    case ZYDIS_ISA_EXT_ADOX_ADCX:
    case ZYDIS_ISA_EXT_AES:
    case ZYDIS_ISA_EXT_AVX:
    case ZYDIS_ISA_EXT_AVX2:
    case ZYDIS_ISA_EXT_AVX2GATHER:
    case ZYDIS_ISA_EXT_AVX512EVEX:
    case ZYDIS_ISA_EXT_AVX512VEX:
    case ZYDIS_ISA_EXT_AVXAES:
    case ZYDIS_ISA_EXT_AVX_VNNI:
    case ZYDIS_ISA_EXT_BASE:
    case ZYDIS_ISA_EXT_BMI1:
    case ZYDIS_ISA_EXT_BMI2:
    case ZYDIS_ISA_EXT_CET: /* endbr64 */
    case ZYDIS_ISA_EXT_F16C:
    case ZYDIS_ISA_EXT_FMA:
    case ZYDIS_ISA_EXT_GFNI:
    case ZYDIS_ISA_EXT_LONGMODE:
    case ZYDIS_ISA_EXT_LZCNT:
    case ZYDIS_ISA_EXT_MMX:
    case ZYDIS_ISA_EXT_MOVBE:
    case ZYDIS_ISA_EXT_MOVDIR:
    case ZYDIS_ISA_EXT_PAUSE:
    case ZYDIS_ISA_EXT_PCLMULQDQ:
    case ZYDIS_ISA_EXT_PREFETCHWT1:
    case ZYDIS_ISA_EXT_RDPID:
    case ZYDIS_ISA_EXT_RDRAND:
    case ZYDIS_ISA_EXT_RDSEED:
    case ZYDIS_ISA_EXT_RDTSCP:
    case ZYDIS_ISA_EXT_SERIALIZE:
    case ZYDIS_ISA_EXT_SHA:
    case ZYDIS_ISA_EXT_SSE:
    case ZYDIS_ISA_EXT_SSE2:
    case ZYDIS_ISA_EXT_SSE3:
    case ZYDIS_ISA_EXT_SSE4:
    case ZYDIS_ISA_EXT_SSSE3:
    case ZYDIS_ISA_EXT_VAES:
    case ZYDIS_ISA_EXT_VPCLMULQDQ:
    case ZYDIS_ISA_EXT_X87:
    case ZYDIS_ISA_EXT_XSAVE:             /* xgetbv */
    case ZYDIS_ISA_EXT_AMD3DNOW_PREFETCH: /* prefetchw */
        return true;
    default:
        return false;
    }
}

static unsigned register_number(ZydisRegister reg)
{
    if (reg == ZYDIS_REGISTER_NONE)
        return REG_NONE;
    if (reg == ZYDIS_REGISTER_RIP || reg == ZYDIS_REGISTER_EIP)
        return REG_RIP;
    return (unsigned)ZydisRegisterGetId(reg);
}

static bool is_rsp(ZydisRegister reg)
{
    return reg == ZYDIS_REGISTER_RSP || reg == ZYDIS_REGISTER_ESP || reg == ZYDIS_REGISTER_SP ||
           reg == ZYDIS_REGISTER_SPL;
}

static bool is_string(const struct insn *ours)
{
    return ours->form->kind >= MOVS && ours->form->kind <= SCAS;
}

static bool moves_stack(const struct insn *ours)
{
    switch (ours->form->kind) {
    case PUSH:
    case POP:
    case POP_RM:
    case CALL:
    case CALL_IND:
    case LEAVE:
    case ENTER:
        return true;
    default:
        return false;
    }
}

static void compare_memory(const uint8_t *bytes, const struct insn *ours,
                           const ZydisDecodedOperand *theirs)
{
    bool address_only = ours->form->kind == LEA || ours->form->kind == NOP;
    bool prefetch = strncmp(ours->form->name, "prefetch", 8) == 0;
    AGREE(ours->memory);
    AGREE(((ours->prefixes & PFX_GS) != 0) == (theirs->mem.segment == ZYDIS_REGISTER_GS));
    AGREE(theirs->mem.segment != ZYDIS_REGISTER_FS);
    AGREE(register_number(theirs->mem.base) == ours->base);
    if (ours->form->kind != XLAT) /* whose index is al */
        AGREE(register_number(theirs->mem.index) == ours->index);
    if (ours->index != REG_NONE)
        AGREE(theirs->mem.scale == 1 << (ours->sib >> 6));
    if (theirs->mem.disp.has_displacement)
        AGREE((uint64_t)theirs->mem.disp.value == (uint64_t)ours->disp ||
              ((ours->prefixes & PFX_67) != 0 &&
               (uint32_t)theirs->mem.disp.value == (uint32_t)ours->disp));
    else
        AGREE(ours->disp == 0);
    if (address_only)
        return;
    AGREE(theirs->size == lfi_x86_64_memory_size(ours) * 8u || prefetch);
    AGREE((theirs->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0 || prefetch ||
          (ours->access & OP_W) != 0);
    AGREE((theirs->actions & ZYDIS_OPERAND_ACTION_MASK_READ) == 0 || (ours->access & OP_R) != 0);
    AGREE((theirs->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0 || (ours->access & OP_W) == 0);
}

static void compare_register(const uint8_t *bytes, const struct insn *ours,
                             const ZydisDecodedOperand *theirs)
{
    ZydisRegisterClass class = ZydisRegisterGetClass(theirs->reg.value);
    if ((theirs->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0)
        return;
    AGREE(class != ZYDIS_REGCLASS_SEGMENT && class != ZYDIS_REGCLASS_CONTROL);
    if (class == ZYDIS_REGCLASS_IP && strcmp(ours->form->name, "int3") != 0)
        AGREE((ours->form->kind >= JUMP && ours->form->kind <= CALL_IND));
    if (is_rsp(theirs->reg.value))
        AGREE(theirs->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN ? moves_stack(ours)
                                                                    : ours->writes_rsp);
}

/* Zydis 4.0 does not know AVX-IFMA; sweep.cpp asks LLVM. */
static bool is_unknown_to_zydis(const struct insn *ours)
{
    return (ours->prefixes & (PFX_VEX | PFX_EVEX)) == PFX_VEX &&
           strncmp(ours->form->name, "vpmadd52", 8) == 0;
}

/* `bytes` has GROUP_WINDOW bytes. */
static void compare(struct oracle *o, const uint8_t *bytes)
{
    struct insn insn, *ours = &insn;
    lfi_x86_64_decode(&o->index, bytes, ours);
    if (ours->rule != RULE_NONE) {
        o->refused++;
        return;
    }
    o->accepted++;
    AGREE(ours->form != NULL && ours->length >= 1 && ours->length <= 15);
    if (is_unknown_to_zydis(ours))
        return;

    ZydisDecodedInstruction theirs;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    AGREE(ZYAN_SUCCESS(ZydisDecoderDecodeFull(&o->zydis, bytes, 15, &theirs, operands)));
    AGREE(theirs.length == ours->length);
    AGREE(is_allowed_extension(theirs.meta.isa_ext));
    AGREE((theirs.attributes & ZYDIS_ATTRIB_IS_PRIVILEGED) == 0 ||
          theirs.mnemonic == ZYDIS_MNEMONIC_HLT);
    AGREE(theirs.address_width == ((ours->prefixes & PFX_67) != 0 ? 32 : 64));

    if (ours->form->flags == 0 && ours->form->kind == NOP) /* the long nops are compared as bytes */
        return;
    bool memory = false, writes_rsp = false;
    for (unsigned i = 0; i < theirs.operand_count; i++) {
        const ZydisDecodedOperand *op = &operands[i];
        bool hidden = op->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN;
        switch (op->type) {
        case ZYDIS_OPERAND_TYPE_MEMORY:
            if (hidden && (moves_stack(ours) || is_string(ours)))
                break;
            memory = true;
            compare_memory(bytes, ours, op);
            break;
        case ZYDIS_OPERAND_TYPE_REGISTER:
            compare_register(bytes, ours, op);
            writes_rsp |= !hidden && is_rsp(op->reg.value) &&
                          (op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
            break;
        case ZYDIS_OPERAND_TYPE_IMMEDIATE:
            if (op->imm.is_relative)
                AGREE(op->imm.value.s == ours->imm && ours->form->kind >= JUMP &&
                      ours->form->kind <= CALL);
            break;
        default:
            AGREE(!"pointer operand");
            break;
        }
    }
    AGREE(memory == ours->memory);
    AGREE(writes_rsp == ours->writes_rsp);
}

/* All opcodes and ModRM bytes after `prefix`, then random bytes. */
static void sweep(struct oracle *o, const uint8_t *prefix, unsigned prefix_size)
{
    for (unsigned op = 0; op < 256; op++) {
        for (unsigned modrm = 0; modrm < 256; modrm++) {
            uint8_t bytes[GROUP_WINDOW];
            for (unsigned i = 0; i < sizeof bytes; i += 8) {
                uint64_t r = next_random(o);
                memcpy(bytes + i, &r, 8);
            }
            memcpy(bytes, prefix, prefix_size);
            bytes[prefix_size] = (uint8_t)op;
            bytes[prefix_size + 1] = (uint8_t)modrm;
            if ((modrm & 7) == 4 && op % 2 == 0)
                bytes[prefix_size + 2] = modrm & 8 ? 0x25 : 0x24; /* absolute; rsp */
            compare(o, bytes);
        }
    }
}

static void every_opcode(void **state)
{
    static const uint8_t before[][4] = {
        {0},
        {1, 0x66},
        {1, 0xf2},
        {1, 0xf3},
        {1, 0xf0},
        {1, 0x67},
        {1, 0x65},
        {1, 0x64},
        {1, 0x2e},
        {1, 0x3e},
        {2, 0x65, 0x67},
        {2, 0x67, 0x65},
        {2, 0x66, 0xf2},
        {2, 0x66, 0xf3},
        {2, 0xf0, 0x66},
        {3, 0x65, 0x67, 0x66},
        {3, 0x65, 0x67, 0xf2},
        {3, 0x65, 0x67, 0xf3},
        {3, 0x65, 0x67, 0xf0},
    };
    static const uint8_t escapes[][3] = {{0}, {1, 0x0f}, {2, 0x0f, 0x38}, {2, 0x0f, 0x3a}};
    struct oracle *o = *state;
    o->accepted = 0;
    for (unsigned b = 0; b < sizeof before / sizeof *before; b++) {
        for (unsigned e = 0; e < sizeof escapes / sizeof *escapes; e++) {
            /* No REX and some of them. */
            static const uint8_t rexes[] = {0, 0x40, 0x41, 0x42, 0x44, 0x48, 0x4d, 0x4f};
            for (unsigned i = 0; i < sizeof rexes; i++) {
                uint8_t prefix[8], rex = rexes[i];
                unsigned n = 0;
                memcpy(prefix, before[b] + 1, before[b][0]);
                n += before[b][0];
                if (rex != 0)
                    prefix[n++] = rex;
                memcpy(prefix + n, escapes[e] + 1, escapes[e][0]);
                n += escapes[e][0];
                sweep(o, prefix, n);
            }
        }
    }
    print_message("%lu instructions accepted\n", (unsigned long)o->accepted);
    assert_true(o->accepted > 1000000);
}

/* Inverted: unused, rsp, r11. */
static bool is_tried_vvvv(unsigned payload)
{
    unsigned vvvv = payload >> 3 & 15;
    return vvvv == 15 || vvvv == 11 || vvvv == 4;
}

static void every_vex_opcode(void **state)
{
    struct oracle *o = *state;
    o->accepted = 0;
    for (unsigned confined = 0; confined < 2; confined++) {
        uint8_t prefix[5] = {0x65, 0x67};
        unsigned n = 2 * confined;
        /* c5: R, L, pp with some vvvv. */
        for (unsigned payload = 0; payload < 256; payload++) {
            if (!is_tried_vvvv(payload))
                continue;
            prefix[n] = 0xc5;
            prefix[n + 1] = (uint8_t)payload;
            sweep(o, prefix, n + 2);
        }
        /* c4: the maps with R, X, B all or none; W, L, pp with some vvvv. */
        for (unsigned map = 0; map < 5; map++) {
            for (unsigned payload = 0; payload < 256; payload++) {
                if (!is_tried_vvvv(payload))
                    continue;
                prefix[n] = 0xc4;
                prefix[n + 1] = (uint8_t)((payload & 1 ? 0xe0 : next_random(o) & 0xe0) | map);
                prefix[n + 2] = (uint8_t)payload;
                sweep(o, prefix, n + 3);
            }
        }
    }
    print_message("%lu instructions accepted\n", (unsigned long)o->accepted);
    assert_true(o->accepted > 1000000);
}

/*
 * EVEX: each map, W, pp, L'L and b, with the other fields at random, mostly as they can be; with gs
 * and 67, or not.
 */
static void every_evex_opcode(void **state)
{
    struct oracle *o = *state;
    o->accepted = 0;
    for (unsigned i = 0; i < 4 * 8 * 8 * 8; i++) {
        const unsigned map = i >> 6 & 7;
        const uint64_t r = next_random(o);
        const uint8_t vvvv = r % 2 == 0 ? 0x78 : (uint8_t)(r >> 8 & 0x78);
        const uint8_t mask = (r >> 16) % 2 == 0 ? 0 : (uint8_t)(r >> 24 & 0x87);
        const uint8_t high = (r >> 17) % 2 == 0 ? 0xf0 : (uint8_t)(r >> 32 & 0xf0);
        uint8_t prefix[6] = {0x65, 0x67};
        unsigned n = (r >> 40) % 2 != 0 ? 2 : 0;
        prefix[n++] = 0x62;
        prefix[n++] = (uint8_t)(high | map | ((r >> 42) % 16 == 0 ? 8 : 0));
        prefix[n++] = (uint8_t)((i & 3) | (i & 4) << 5 | vvvv | ((r >> 46) % 16 == 0 ? 0 : 4));
        prefix[n++] = (uint8_t)((i >> 3 & 7) << 4 | mask | ((r >> 50) % 4 == 0 ? 0 : 8));
        sweep(o, prefix, n);
    }
    print_message("%lu instructions accepted\n", (unsigned long)o->accepted);
    assert_true(o->accepted > 500000);
}

/* Random bytes, mostly after prefixes that make many of them instructions. */
static void random_bytes(void **state)
{
    struct oracle *o = *state;
    o->accepted = 0;
    for (uint64_t i = 0; i < o->count; i++) {
        uint8_t bytes[GROUP_WINDOW] = {0};
        for (unsigned k = 0; k < 16; k += 8) {
            uint64_t r = next_random(o);
            memcpy(bytes + k, &r, 8);
        }
        uint64_t r = next_random(o);
        if (r % 8 == 0) {
            bytes[0] = 0xc4;
            bytes[1] = (uint8_t)((bytes[1] & 0xe0) | (r >> 8) % 3) + 1;
        } else if (r % 8 == 1) {
            bytes[0] = 0x62;
            bytes[1] &= 0xf7;
            bytes[2] |= 4;
        } else if (r % 8 < 4) {
            bytes[0] = 0x65;
            bytes[1] = 0x67;
        }
        compare(o, bytes);
    }
    print_message("%" PRIu64 " instructions, %" PRIu64 " accepted\n", o->count, o->accepted);
    assert_true(o->accepted > o->count / 8);
}

/* The code of this very program. */
static void real_code(void **state)
{
    struct oracle *o = *state;
    FILE *f = fopen("/proc/self/exe", "rb");
    assert_non_null(f);
    size_t capacity = 64 << 20;
    uint8_t *bytes = calloc(1, capacity);
    assert_non_null(bytes);
    size_t size = fread(bytes, 1, capacity - GROUP_WINDOW, f);
    fclose(f);
    o->accepted = 0;
    /* From every byte: most of it is code, data decodes to something, too. */
    for (size_t i = 0; i < size; i++)
        compare(o, bytes + i);
    free(bytes);
    print_message("%lu instructions accepted\n", (unsigned long)o->accepted);
    assert_true(o->accepted > size / 8);
}

int main(int argc, char *argv[])
{
    struct oracle *o = calloc(1, sizeof *o);
    if (o == NULL)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(real_code, o),
        cmocka_unit_test_prestate(every_opcode, o),
        cmocka_unit_test_prestate(every_vex_opcode, o),
        cmocka_unit_test_prestate(every_evex_opcode, o),
        cmocka_unit_test_prestate(random_bytes, o),
    };
    o->count = test_option(argc, argv, "--count=", 2000000);
    o->random = test_option(argc, argv, "--seed=", 1);
    printf("--count=%" PRIu64 " --seed=%" PRIu64 "\n", o->count, o->random);
    lfi_x86_64_index(&o->index);
    ZydisDecoderInit(&o->zydis, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(o);
    return failed;
}
