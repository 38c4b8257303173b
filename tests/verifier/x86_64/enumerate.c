// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Enumerates instruction encodings, and holds each one that the verifier accepts on its own against
 * a second opinion, that of Zydis: the same length, and nothing in its operands that could do harm
 * in that mode. What the verifier refuses is not looked at.
 *
 *     test-verifier-x86_64-enumerate [modes]      modes: full, stores, jumps; all of them by
 * default
 */
#include <Zydis/Zydis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lfi/abi.h>
#include <lfi/verifier.h>

#include "x86_64/explain/decode.h"
#include "x86_64/walk.h"

/*
 * Candidates are verified by the thousand, one a bundle: a step of rsp is refused at its own place
 * because the nops after it and the next candidate do not check it, which is a `nop; ud2` bundle.
 */
enum { BATCH = 4096, SLOT = 2 * LFI_BUNDLE_SIZE, CODE_SIZE = BATCH * SLOT, WINDOW = 64 };
#define ADDRESS     0x40000000u
#define IMAGE_START (ADDRESS - 0x10000)
#define IMAGE_END   (ADDRESS + CODE_SIZE + 0x10000)

struct state {
    unsigned mode;
    uint8_t *code;
    unsigned count;
    bool refused[BATCH];
    struct form_index index;
    ZydisDecoder decoder;
    uint64_t tried, accepted;
    unsigned wrong;
};

static const char *const mode_names[] = {"full", "stores", "jumps"};

static void complain(struct state *s, const uint8_t *bytes, unsigned length, const char *what)
{
    if (s->wrong++ >= 50)
        return;
    printf("%s: %s:", mode_names[s->mode], what);
    for (unsigned i = 0; i < length; i++)
        printf(" %02x", bytes[i]);
    putchar('\n');
}

static bool is_rsp(ZydisRegister reg)
{
    return ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg) == ZYDIS_REGISTER_RSP;
}

static bool is_base_load(const ZydisDecodedInstruction *insn, const ZydisDecodedOperand *op)
{
    return insn->mnemonic == ZYDIS_MNEMONIC_MOV && insn->operand_width == 64 &&
           op->mem.base == ZYDIS_REGISTER_NONE && op->mem.index == ZYDIS_REGISTER_NONE &&
           op->mem.disp.value == LFI_SLOT_INSIDE(LFI_SLOT_BASE) && op->size == 64 &&
           !(op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE);
}

/* Why a memory operand is not confined in this mode, or NULL. */
static const char *memory_fault(const struct state *s, const ZydisDecodedInstruction *insn,
                                const ZydisDecodedOperand *op, uint64_t address)
{
    bool writes = (op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
    bool stack =
        op->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN && op->mem.base == ZYDIS_REGISTER_RSP;
    if (op->mem.type == ZYDIS_MEMOP_TYPE_AGEN || (op->actions == 0))
        return NULL;
    if (op->mem.segment == ZYDIS_REGISTER_FS)
        return "through fs";
    if (op->mem.segment == ZYDIS_REGISTER_GS) {
        if (op->mem.base == ZYDIS_REGISTER_RIP || op->mem.base == ZYDIS_REGISTER_EIP)
            return "gs with rip";
        if (insn->address_width != 32)
            return is_base_load(insn, op) ? NULL : "gs without 67";
        return NULL;
    }
    if (s->mode == LFI_MODE_JUMPS || (s->mode == LFI_MODE_STORES && !writes))
        return NULL;
    if (stack) /* push, pop, call: always by rsp, 67 or not */
        return NULL;
    if (insn->address_width != 64)
        return "67 without gs";
    if (op->visibility != ZYDIS_OPERAND_VISIBILITY_EXPLICIT)
        return "implicit memory operand";
    if (op->mem.base == ZYDIS_REGISTER_RSP && op->mem.index == ZYDIS_REGISTER_NONE)
        return op->mem.disp.value >= -LFI_STACK_REACH && op->mem.disp.value <= LFI_STACK_REACH
                   ? NULL
                   : "far from rsp";
    if (op->mem.base == ZYDIS_REGISTER_RIP) {
        uint64_t at = address + insn->length + (uint64_t)op->mem.disp.value;
        uint64_t size = op->size / 8;
        return size && at >= IMAGE_START && at <= IMAGE_END && IMAGE_END - at >= size
                   ? NULL
                   : "rip target outside the image";
    }
    return "memory operand that is not confined";
}

/* Why this accepted instruction can do harm, or NULL. */
static const char *fault_of(const struct state *s, const ZydisDecodedInstruction *insn,
                            const ZydisDecodedOperand *ops, uint64_t address)
{
    static const ZydisAccessedFlagsMask state_flags =
        ZYDIS_CPUFLAG_TF | ZYDIS_CPUFLAG_IF | ZYDIS_CPUFLAG_IOPL | ZYDIS_CPUFLAG_NT |
        ZYDIS_CPUFLAG_RF | ZYDIS_CPUFLAG_VM | ZYDIS_CPUFLAG_AC | ZYDIS_CPUFLAG_VIF |
        ZYDIS_CPUFLAG_VIP | ZYDIS_CPUFLAG_ID;
    bool trap = insn->mnemonic == ZYDIS_MNEMONIC_HLT || insn->mnemonic == ZYDIS_MNEMONIC_INT3 ||
                insn->mnemonic == ZYDIS_MNEMONIC_UD2;
    bool pushes_or_pops = insn->meta.category == ZYDIS_CATEGORY_PUSH ||
                          insn->meta.category == ZYDIS_CATEGORY_POP ||
                          insn->mnemonic == ZYDIS_MNEMONIC_CALL;
    if (trap || insn->mnemonic == ZYDIS_MNEMONIC_NOP) /* 0f 1f does not access its operand */
        return NULL;
    if (insn->attributes & ZYDIS_ATTRIB_IS_PRIVILEGED)
        return "privileged";
    switch (insn->meta.category) {
    case ZYDIS_CATEGORY_SYSCALL:
    case ZYDIS_CATEGORY_SYSRET:
    case ZYDIS_CATEGORY_SYSTEM:
    case ZYDIS_CATEGORY_INTERRUPT:
    case ZYDIS_CATEGORY_RET:
    case ZYDIS_CATEGORY_IO:
    case ZYDIS_CATEGORY_IOSTRINGOP:
    case ZYDIS_CATEGORY_SEGOP:
    case ZYDIS_CATEGORY_XSAVE:
    case ZYDIS_CATEGORY_XSAVEOPT:
        if (insn->mnemonic != ZYDIS_MNEMONIC_RDTSC && insn->mnemonic != ZYDIS_MNEMONIC_RDTSCP &&
            insn->mnemonic != ZYDIS_MNEMONIC_XGETBV)
            return "of the operating system";
        break;
    case ZYDIS_CATEGORY_UNCOND_BR:
    case ZYDIS_CATEGORY_COND_BR:
    case ZYDIS_CATEGORY_CALL:
        if (insn->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR || !insn->raw.imm[0].is_relative)
            return "branch that is not direct";
        if (insn->operand_width != 64 && insn->mnemonic != ZYDIS_MNEMONIC_JRCXZ)
            return "branch of another width";
        break;
    default:
        break;
    }
    if (insn->encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY &&
        insn->encoding != ZYDIS_INSTRUCTION_ENCODING_VEX &&
        insn->encoding != ZYDIS_INSTRUCTION_ENCODING_EVEX)
        return "encoding";
    if (insn->cpu_flags && ((insn->cpu_flags->modified | insn->cpu_flags->set_0 |
                             insn->cpu_flags->set_1 | insn->cpu_flags->undefined) &
                            state_flags))
        return "changes flags of the machine";
    for (unsigned i = 0; i < insn->operand_count; i++) {
        const ZydisDecodedOperand *op = &ops[i];
        bool writes = (op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
        if (op->type == ZYDIS_OPERAND_TYPE_MEMORY) {
            const char *fault = memory_fault(s, insn, op, address);
            if (fault)
                return fault;
        }
        if (op->type != ZYDIS_OPERAND_TYPE_REGISTER || !writes)
            continue;
        ZydisRegisterClass class = ZydisRegisterGetClass(op->reg.value);
        if (class == ZYDIS_REGCLASS_SEGMENT || class == ZYDIS_REGCLASS_CONTROL ||
            class == ZYDIS_REGCLASS_DEBUG || class == ZYDIS_REGCLASS_TABLE ||
            op->reg.value == ZYDIS_REGISTER_PKRU || op->reg.value == ZYDIS_REGISTER_XCR0)
            return "writes a register of the system";
        if (!is_rsp(op->reg.value) || s->mode == LFI_MODE_JUMPS)
            continue;
        if (pushes_or_pops && op->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN)
            continue;
        if (insn->mnemonic == ZYDIS_MNEMONIC_AND && insn->operand_width == 64 &&
            ops[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && ops[1].imm.value.s < 0)
            continue;
        return "writes rsp";
    }
    return NULL;
}

static bool mark(void *data, const struct lfi_violation *violation)
{
    struct state *s = data;
    s->refused[(violation->address - ADDRESS) / SLOT] = true;
    return true;
}

/* Verifies the batch, and asks for a second opinion on what was accepted. */
static void flush(struct state *s)
{
    struct lfi_code run = {.bytes = s->code,
                           .size = (size_t)s->count * SLOT,
                           .address = ADDRESS,
                           .image_start = IMAGE_START,
                           .image_end = IMAGE_END};
    memset(s->refused, 0, sizeof s->refused);
    if (s->count && lfi_verify_code(LFI_ARCH_X86_64, s->mode, &run, mark, s) == LFI_UNABLE) {
        puts("out of memory");
        exit(1);
    }
    /* The verdict is on all of them, and which are refused is said by another: without those it
     * must be another verdict. */
    for (unsigned i = 0; i < s->count; i++)
        if (s->refused[i])
            memset(s->code + (size_t)i * SLOT, 0x90, SLOT);
    if (s->count && lfi_verify_code(LFI_ARCH_X86_64, s->mode, &run, NULL, NULL) != LFI_ACCEPTED) {
        puts("the verifier refuses what no message is about");
        s->wrong++;
    }
    for (unsigned i = 0; i < s->count; i++) {
        if (s->refused[i])
            continue;
        const uint8_t *at = s->code + (size_t)i * SLOT;
        /* A call stands at the end of its bundle. */
        while (*at == 0x90 && at < s->code + (size_t)i * SLOT + LFI_BUNDLE_SIZE - 1)
            at++;
        struct insn insn;
        ZydisDecodedInstruction zydis;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        const char *fault = NULL;
        s->accepted++;
        lfi_x86_64_decode(&s->index, at, &insn);
        /* AVX-IFMA is newer than Zydis 4.0; LLVM is asked in tests/rewriter/x86_64/oracle.cpp. */
        if (insn.form && strncmp(insn.form->name, "vpmadd52", 8) == 0 &&
            (insn.prefixes & PFX_EVEX) == 0)
            continue;
        if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&s->decoder, at, 15, &zydis, operands)))
            fault = "Zydis cannot decode it";
        else if (!insn.form || insn.rule != RULE_NONE)
            fault = "taken, though the decoder refuses it";
        else if (zydis.length != insn.length)
            fault = "Zydis sees another length";
        else
            fault = fault_of(s, &zydis, operands, ADDRESS + (uint64_t)(at - s->code));
        if (fault)
            complain(s, at, insn.length, fault);
    }
    s->count = 0;
}

/* Takes an encoding into the batch unless the verifier's table and the reader refuse it. */
static void try(struct state *s, const uint8_t *bytes)
{
    struct insn insn;
    struct found found = find(bytes);
    s->tried++;
    lfi_x86_64_decode(&s->index, bytes, &insn);
    unsigned length = insn.length;
    if (!insn.form || insn.rule != RULE_NONE) {
        if ((found.class & REFUSED) != 0)
            return;
        length = found.length;
    }
    uint8_t *slot = s->code + (size_t)s->count * SLOT;
    memset(slot, 0x90, SLOT);
    slot[SLOT - 2] = 0x0f, slot[SLOT - 1] = 0x0b;
    unsigned at = insn.form && insn.form->kind == CALL ? LFI_BUNDLE_SIZE - length : 0;
    memcpy(slot + at, bytes, length);
    if (++s->count == BATCH)
        flush(s);
}

/* A ModRM byte, with the SIB bytes and displacements that matter. */
static void try_modrm(struct state *s, uint8_t bytes[WINDOW], unsigned at, unsigned modrm)
{
    /* (%rsp), (%r12) by B; no base; base 5 and index; ... */
    static const uint8_t sibs[] = {0x24, 0x25, 0x64, 0x05, 0x00};
    static const uint8_t base[] = {0x20, 0xf0, 0x02, 0x00, 0x20, 0xf0, 0x02, 0x00};
    bool has_sib = (modrm & 7) == 4 && modrm < 0xc0;
    bool all = (modrm >> 3 & 7) % 4 == 0;
    for (unsigned i = 0; i < (has_sib ? all ? sizeof sibs : 2 : 1); i++) {
        unsigned n = at;
        bytes[n++] = (uint8_t)modrm;
        if (has_sib)
            bytes[n++] = sibs[i];
        memset(bytes + n, 0, sizeof base);
        try(s, bytes);
        if (modrm < 0x40 ? has_sib : modrm >= 0xc0) {
            memcpy(bytes + n, base, sizeof base);
            try(s, bytes);
        }
    }
}

/* What follows the opcode: nothing or an immediate, or the ModRM bytes that matter. */
static void try_operands(struct state *s, uint8_t bytes[WINDOW], unsigned at, unsigned map)
{
    unsigned slot = map * 256 + bytes[at - 1];
    bool modrm = s->index.extended[slot] != 0;
    for (unsigned i = s->index.start[slot]; i < s->index.start[slot + 1]; i++) {
        const struct form *form = &lfi_x86_64_forms[s->index.ids[i]];
        modrm |= form->rule == RULE_NONE && (form->flags & MODRM) != 0;
    }
    if (!modrm) {
        try_modrm(s, bytes, at, 0);
        try_modrm(s, bytes, at, 0xff);
        return;
    }
    for (unsigned byte = 0; byte < 256; byte++)
        if (byte >= 0xc0 || (byte & 7) == 0 || (byte & 6) == 4)
            try_modrm(s, bytes, at, byte);
}

static void legacy(struct state *s)
{
    static const uint8_t segments[][3] = {{0}, {0x65}, {0x65, 0x67}, {0x67}, {0x64}, {0x2e}};
    static const uint8_t repeats[] = {0, 0xf2, 0xf3, 0xf0};
    static const uint8_t rexes[] = {0, 0x40, 0x48, 0x41, 0x44, 0x4a, 0x4d};
    static const uint8_t maps[][3] = {{0}, {0x0f}, {0x0f, 0x38}, {0x0f, 0x3a}};
    for (unsigned seg = 0; seg < 6; seg++)
        for (unsigned rep = 0; rep < 4; rep++)
            for (unsigned wide = 0; wide < 2; wide++)
                for (unsigned r = 0; r < sizeof rexes; r++)
                    for (unsigned op = 0; op < 4 * 256; op++) {
                        uint8_t bytes[WINDOW] = {0};
                        unsigned n = 0;
                        for (const uint8_t *p = segments[seg]; *p; p++)
                            bytes[n++] = *p;
                        if (repeats[rep])
                            bytes[n++] = repeats[rep];
                        if (wide)
                            bytes[n++] = 0x66;
                        if (rexes[r])
                            bytes[n++] = rexes[r];
                        for (const uint8_t *p = maps[op / 256]; *p; p++)
                            bytes[n++] = *p;
                        bytes[n++] = (uint8_t)op;
                        try_operands(s, bytes, n, op / 256);
                    }
}

static void vex(struct state *s)
{
    static const uint8_t segments[][3] = {{0}, {0x65}, {0x65, 0x67}, {0x64}};
    static const uint8_t vvvv[] = {15, 15 ^ 4, 0};
    static const uint8_t high[] = {0xe0, 0x60, 0xa0, 0xc0, 0x00}; /* R, X, B, inverted */
    for (unsigned seg = 0; seg < 4; seg++)
        for (unsigned three = 0; three < 2; three++)
            for (unsigned map = 1; map <= (three ? 3 : 1); map++)
                for (unsigned h = 0; h < (three ? 5 : 2); h++)
                    for (unsigned v = 0; v < 3; v++)
                        for (unsigned wlpp = 0; wlpp < (three ? 16 : 8); wlpp++)
                            for (unsigned op = 0; op < 256; op++) {
                                uint8_t bytes[WINDOW] = {0};
                                unsigned n = 0;
                                for (const uint8_t *p = segments[seg]; *p; p++)
                                    bytes[n++] = *p;
                                bytes[n++] = three ? 0xc4 : 0xc5;
                                uint8_t last = (uint8_t)(vvvv[v] << 3 | (wlpp & 7));
                                if (three) {
                                    bytes[n++] = (uint8_t)(high[h] | map);
                                    last |= (uint8_t)((wlpp & 8) << 4);
                                } else {
                                    last |= (uint8_t)(high[h] & 0x80);
                                }
                                bytes[n++] = last;
                                bytes[n++] = (uint8_t)op;
                                try_operands(s, bytes, n, map);
                            }
}

static void evex(struct state *s)
{
    static const uint8_t segments[][3] = {{0}, {0x65}, {0x65, 0x67}, {0x64}};
    static const uint8_t vvvv[] = {15, 15 ^ 4, 0};
    static const uint8_t high[] = {0xf0, 0x70, 0xb0, 0xd0, 0xe0, 0x00}; /* R, X, B, R', inverted */
    static const uint8_t maps[8] = {ONE, M0F, M38, M3A, ONE, M5, M6, ONE};
    static const uint8_t masks[] = {0x08, 0x09, 0x89, 0x00, 0x01}; /* z, V', aaa */
    for (unsigned seg = 0; seg < 4; seg++)
        for (unsigned map = 1; map < 8; map++)
            for (unsigned h = 0; h < sizeof high; h++)
                for (unsigned v = 0; v < 3; v++)
                    for (unsigned wpp = 0; wpp < 8; wpp++)
                        for (unsigned m = 0; m < sizeof masks; m++)
                            for (unsigned lb = 0; lb < 8; lb++)
                                for (unsigned op = 0; op < 256; op++) {
                                    uint8_t bytes[WINDOW] = {0};
                                    unsigned n = 0;
                                    /* one of the fields is not as usual, or the segment */
                                    if ((h != 0) + (v != 0) + (m != 0) + (seg % 2 != 0) > 1)
                                        continue;
                                    for (const uint8_t *p = segments[seg]; *p; p++)
                                        bytes[n++] = *p;
                                    bytes[n++] = 0x62;
                                    bytes[n++] = (uint8_t)(high[h] | map);
                                    bytes[n++] =
                                        (uint8_t)(vvvv[v] << 3 | (wpp & 3) | (wpp & 4) << 5 | 4);
                                    bytes[n++] = (uint8_t)(lb << 4 | masks[m]);
                                    bytes[n++] = (uint8_t)op;
                                    try_operands(s, bytes, n, maps[map]);
                                }
}

static bool run(struct state *s, unsigned mode)
{
    s->mode = mode;
    s->tried = s->accepted = 0;
    s->wrong = 0;
    legacy(s);
    vex(s);
    evex(s);
    flush(s);
    printf("%s: %" PRIu64 " encodings, %" PRIu64 " accepted, %u wrong\n", mode_names[mode],
           s->tried, s->accepted, s->wrong);
    /* The numbers are large, or the enumeration is broken. */
    return s->wrong == 0 && s->accepted > 100000;
}

int main(int argc, char **argv)
{
    struct state *s = calloc(1, sizeof *s);
    uint8_t *code = malloc(CODE_SIZE);
    bool ok = true;
    if (!s || !code)
        abort();
    s->code = code;
    lfi_x86_64_index(&s->index);
    ZydisDecoderInit(&s->decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    for (unsigned mode = 0; mode < 3; mode++)
        if (argc < 2 || !strcmp(argv[1], mode_names[mode]))
            ok &= run(s, mode);
    free(code);
    free(s);
    return !ok;
}
