// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Works bundle by bundle: a bundle start is an instruction start, because the assembler lets no
 * instruction cross one. (Long runs of alignment nops are the exception: they are split on the
 * way.)
 *
 * Decoding everything would take most of the time, so a bundle is decoded only if its bytes can
 * mean one of the things that are repaired or reported here (suspicious()).
 */
#include "x86_64.h"

#include <Zydis/Zydis.h>
#include <string.h>

#include <lfi/abi.h>

#define BUNDLE ((uint64_t)LFI_BUNDLE_SIZE)
#define INT3   X86_64_TRAP

enum kind {
    OTHER,
    NOP,
    PADDED_NOP,    /* a nop with the prefixes of alignment fill: 2e, or 66 twice */
    DIRECT_CALL,   /* e8 rel32 */
    RELAXED_CALL,  /* 67 e8 rel32: what the linker makes of call *f@GOTPCREL(%rip) */
    MASK,          /* andl $-32,%eX */
    ADD_BASE,      /* addq %gs:0x2f020,%rX */
    INDIRECT_CALL, /* call *%rX */
    LOAD_RETURN,   /* leaq N(%rip),%r11 */
    RUNTIME_JUMP,  /* jmpq *%gs:N, N a slot of the runtime table */
    TLSDESC_CALL,  /* call *(%rax), which the linker should have replaced */
    FS_LOAD,       /* movq %fs:0,%rX: the linker's version of general-dynamic TLS */
};

struct insn {
    uint8_t offset; /* in the bundle */
    uint8_t length;
    uint8_t kind; /* enum kind */
    uint8_t reg;  /* X of MASK, ADD_BASE, INDIRECT_CALL: 0 … 15 */
    /*
     * Offset in the instruction of a 32-bit field that is relative to its end; 0 if there is none.
     */
    uint8_t relative;
};

struct bundle {
    uint8_t *bytes;
    uint64_t address; /* of the bundle's start */
    uint8_t start;    /* first byte that belongs to the code: 0 but at the start of a run */
    uint8_t end;      /* BUNDLE but at the end of a run */
    uint8_t count;
    uint8_t decoded; /* end of the last decoded instruction; more than `end` if that one crosses */
    struct insn insns[LFI_BUNDLE_SIZE];
};

struct pass {
    const struct elf_file *elf;
    const struct x86_64_code *code;
    struct postlink_stats *stats;
    ZydisDecoder decoder;
    bool ok;
};

static const uint8_t ud2[] = {0x0f, 0x0b};

static int32_t get32(const uint8_t *bytes)
{
    int32_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static void put32(uint8_t *bytes, int32_t value)
{
    memcpy(bytes, &value, sizeof value);
}

/*
 * As few nops as possible, as LLVM makes them for processors with fast long ones; the verifier
 * knows their bytes.
 */
static void fill_nops(uint8_t *bytes, uint64_t size)
{
    static const uint8_t longest[] = {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x2e, 0x0f,
                                      0x1f, 0x84, 0,    0,    0,    0,    0};
    enum { PLAIN = 9 };
    while (size > 0) {
        uint64_t one = size < sizeof longest ? size : sizeof longest;
        if (one <= PLAIN)
            ZydisEncoderNopFill(bytes, one);
        else
            memcpy(bytes, longest + (sizeof longest - one), one);
        bytes += one;
        size -= one;
    }
}

void x86_64_fill_trap(uint8_t *bytes, uint64_t size)
{
    memset(bytes, INT3, size);
}

/* ---- decoding ---- */

static bool has_prefix(const ZydisDecodedInstruction *z, uint8_t prefix)
{
    for (unsigned i = 0; i < z->raw.prefix_count; i++) {
        if (z->raw.prefixes[i].value == prefix)
            return true;
    }
    return false;
}

static bool decoded_nop(const ZydisDecodedInstruction *z)
{
    if (has_prefix(z, 0xf0) || has_prefix(z, 0xf2) || has_prefix(z, 0xf3))
        return false;
    if (z->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT)
        return z->opcode == 0x90 && z->raw.rex.B == 0;
    return z->opcode_map == ZYDIS_OPCODE_MAP_0F && z->opcode == 0x1f && z->raw.modrm.reg == 0;
}

/* Assemblers make long nops by prefixes: 66 66 66 2e 0f 1f 84 …. */
static bool is_padded(const ZydisDecodedInstruction *z)
{
    return z->raw.prefix_count > 1 || has_prefix(z, 0x2e);
}

static bool is_table_slot(int32_t displacement)
{
    return displacement >= LFI_SLOT_INSIDE(0) && displacement < LFI_SLOT_INSIDE(LFI_SLOT_COUNT) &&
           displacement % 8 == 0;
}

/* The forms of docs/abi.md have one encoding each, so they are recognized by their bytes. */
static void classify(const uint8_t *b, struct insn *insn)
{
    static const uint8_t gs_disp32[] = {0x24, 0x25};
    unsigned length = insn->length;
    insn->kind = OTHER;
    insn->reg = 0;
    if (length < 2)
        return;
    if (length == 5 && b[0] == 0xe8) {
        insn->kind = DIRECT_CALL;
    } else if (length == 6 && b[0] == 0x67 && b[1] == 0xe8) {
        insn->kind = RELAXED_CALL;
    } else if (length == 7 && b[0] == 0x4c && b[1] == 0x8d && b[2] == 0x1d) {
        insn->kind = LOAD_RETURN;
    } else if (length == 8 && b[0] == 0x65 && b[1] == 0xff && memcmp(b + 2, gs_disp32, 2) == 0 &&
               is_table_slot(get32(b + 4))) {
        insn->kind = RUNTIME_JUMP;
    } else if (length == 9 && b[0] == 0x65 && (b[1] & 0xfb) == 0x48 && b[2] == 0x03 &&
               (b[3] & 0xc7) == 0x04 && b[4] == 0x25 &&
               get32(b + 5) == LFI_SLOT_INSIDE(LFI_SLOT_BASE)) {
        insn->kind = ADD_BASE;
        insn->reg = (uint8_t)((b[3] >> 3 & 7) | (b[1] & 4) << 1);
    } else if (length == 9 && b[0] == 0x64 && (b[1] & 0xfb) == 0x48 && b[2] == 0x8b &&
               (b[3] & 0xc7) == 0x04 && b[4] == 0x25 && get32(b + 5) == 0) {
        insn->kind = FS_LOAD;
    } else if (length == 2 && b[0] == 0xff && b[1] == 0x10) {
        insn->kind = TLSDESC_CALL;
    } else {
        uint8_t high = 0;
        if (length > 2 && b[0] == 0x41) {
            high = 8;
            b++;
            length--;
        }
        insn->reg = (uint8_t)(b[1] & 7) | high;
        if (length == 3 && b[0] == 0x83 && (b[1] & 0xf8) == 0xe0 &&
            b[2] == (uint8_t)-LFI_BUNDLE_SIZE)
            insn->kind = MASK;
        else if (length == 2 && b[0] == 0xff && (b[1] & 0xf8) == 0xd0)
            insn->kind = INDIRECT_CALL;
    }
}

static bool decode(const struct pass *pass, const uint8_t *bytes, uint64_t room, struct insn *insn)
{
    ZydisDecodedInstruction z;
    if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&pass->decoder, NULL, bytes, room, &z)))
        return false;
    insn->length = z.length;
    insn->relative = 0;
    if (decoded_nop(&z)) {
        insn->kind = is_padded(&z) ? PADDED_NOP : NOP;
        return true;
    }
    if ((z.attributes & ZYDIS_ATTRIB_HAS_MODRM) && z.raw.modrm.mod == 0 && z.raw.modrm.rm == 5)
        insn->relative = z.raw.disp.offset;
    else if (z.raw.imm[0].is_relative && z.raw.imm[0].size == 32)
        insn->relative = z.raw.imm[0].offset;
    classify(bytes, insn);
    return true;
}

/*
 * Decodes from the bundle's start to its end, or to the first instruction that does not decode or
 * that crosses the end (which is still recorded).
 */
static void decode_bundle(const struct pass *pass, struct bundle *bundle)
{
    uint64_t rest = pass->code->address + pass->code->size - bundle->address;
    unsigned at = bundle->start;
    bundle->count = 0;
    while (at < bundle->end) {
        struct insn *insn = &bundle->insns[bundle->count];
        if (!decode(pass, bundle->bytes + at, rest - at, insn))
            break;
        insn->offset = (uint8_t)at;
        bundle->count++;
        at += insn->length;
    }
    bundle->decoded = (uint8_t)at;
}

static bool is_nop(unsigned kind)
{
    return kind == NOP || kind == PADDED_NOP;
}

/* ---- which bundles to look at ---- */

static bool long_nop_near(const uint8_t *start, const uint8_t *end)
{
    static const uint8_t nop[] = {0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0};
    return memmem(start, (size_t)(end - start), nop, sizeof nop) != NULL;
}

/*
 * The opcode of a direct branch with a 32-bit displacement, e8 (call), e9 (jmp), 80 … 8f (jcc,
 * after 0f), and its length; 0 if b[0], b[1] begin none.
 */
static inline unsigned direct_branch(const uint8_t *b, unsigned *length)
{
    *length = b[0] == 0x0f ? 6 : 5;
    if (b[0] == 0xe8 || b[0] == 0xe9)
        return b[0];
    return b[0] == 0x0f && (b[1] & 0xf0) == 0x80 ? b[1] : 0;
}

/*
 * Whether a branch at `address` goes to address 0. So do branches to weak symbols that nobody
 * defined; there are ELF headers, never code.
 */
static inline bool goes_nowhere(const uint8_t *b, uint64_t address, unsigned room)
{
    unsigned length;
    return room >= 5 && direct_branch(b, &length) != 0 && length <= room &&
           address + length + (uint64_t)(int64_t)get32(b + length - 4) == 0;
}

/* Whether b[0], b[1] may begin something of interest. */
static inline bool interesting(uint8_t b0, uint8_t b1)
{
    switch (b0) {
    case 0xe8: /* call */
        return true;
    case 0x67: /* call with a prefix */
        return b1 == 0xe8;
    case 0xff: /* call *%rX, call *(%rax) */
        return (b1 & 0xf8) == 0xd0 || b1 == 0x10;
    case 0x65: /* jmpq *%gs:N */
        return b1 == 0xff;
    case 0x64: /* movq %fs:0, %rX */
        return (b1 & 0xfb) == 0x48;
    case 0x2e: /* alignment fill */
        return b1 == 0x0f;
    case 0x66:
        return b1 == 0x66;
    default:
        return false;
    }
}

/* May say yes too often, never no where this pass would have something to do. */
static bool suspicious(const struct pass *pass, const struct bundle *bundle)
{
    const uint8_t *b = bundle->bytes, *limit = pass->code->bytes + pass->code->size;
    if (b[bundle->end - 1] == INT3 && pass->code->falls_through)
        return true;
    for (unsigned i = bundle->start; i + 1 < bundle->end; i++) {
        if (interesting(b[i], b[i + 1]) ||
            goes_nowhere(b + i, bundle->address + i, bundle->end - i))
            return true;
    }
    /*
     * A nop across the end: the eight bytes at its end begin in the last 7 bytes or in the next 7.
     */
    uint64_t after = (uint64_t)(limit - (b + bundle->end));
    return bundle->end == BUNDLE && after > 0 &&
           long_nop_near(b + BUNDLE - 7, b + BUNDLE + (after < 15 ? after : 15));
}

/* ---- repairs ---- */

static bool fail(struct pass *pass, const struct bundle *bundle, const struct insn *insn,
                 const char *message)
{
    pass->ok = false;
    return elf_error_at(pass->elf, bundle->address + insn->offset, "%s", message);
}

/*
 * Writes nops anew that cross the end of the bundle or have odd prefixes, each by itself, because a
 * label may stand between two. Returns whether that changed anything.
 */
static bool rewrite_nops(struct pass *pass, const struct bundle *bundle)
{
    uint64_t before = pass->stats->nops;
    for (unsigned i = 0; i < bundle->count; i++) {
        const struct insn *insn = &bundle->insns[i];
        unsigned start = insn->offset, end = start + insn->length;
        bool crosses = bundle->end == BUNDLE && end > BUNDLE;
        if (insn->kind != PADDED_NOP && !(insn->kind == NOP && crosses))
            continue;
        unsigned boundary = crosses ? (unsigned)BUNDLE : end;
        uint8_t nops[ZYDIS_MAX_INSTRUCTION_LENGTH];
        fill_nops(nops, boundary - start);
        fill_nops(nops + (boundary - start), end - boundary);
        if (memcmp(bundle->bytes + start, nops, end - start) == 0)
            continue;
        memcpy(bundle->bytes + start, nops, end - start);
        pass->stats->nops++;
    }
    return pass->stats->nops != before;
}

/*
 * Makes branches to address 0 traps of the same length, as if the address had been reached. The
 * call pushes still, because that may be the access that a step of rsp needs (docs/abi.md, "The
 * stack"). Returns whether there were any.
 */
static bool trap_nowhere(struct pass *pass, const struct bundle *bundle)
{
    bool any = false;
    for (unsigned i = 0; i < bundle->count; i++) {
        const struct insn *insn = &bundle->insns[i];
        uint8_t *b = bundle->bytes + insn->offset;
        if (!goes_nowhere(b, bundle->address + insn->offset, insn->length))
            continue;
        unsigned length, opcode = direct_branch(b, &length);
        if (opcode == 0xe8) {
            *b++ = 0x50; /* pushq %rax */
            length--;
        } else if (opcode != 0xe9) {
            *b++ = (uint8_t)(0x70 | ((opcode & 0x0f) ^ 1)); /* the opposite jcc, over the trap */
            *b++ = 2;
            length -= 2;
        }
        memcpy(b, ud2, sizeof ud2);
        fill_nops(b + sizeof ud2, length - sizeof ud2);
        pass->stats->nowhere++;
        any = true;
    }
    return any;
}

/* Turns int3 up to the end of the bundle (the linker's filling) into nops. */
static bool fill_fall_through(struct pass *pass, const struct bundle *bundle)
{
    unsigned start = bundle->end;
    for (unsigned i = bundle->count; i-- > 0 && bundle->bytes[bundle->insns[i].offset] == INT3;)
        start = bundle->insns[i].offset;
    if (start == bundle->end)
        return false;
    fill_nops(bundle->bytes + start, bundle->end - start);
    pass->stats->gap_bytes += bundle->end - start;
    return true;
}

/* Moves insns[first .. last] to the end of the bundle, after the nops that followed them. */
static bool move_to_end(struct pass *pass, struct bundle *bundle, unsigned first, unsigned last)
{
    unsigned start = bundle->insns[first].offset;
    unsigned size = bundle->insns[last].offset + bundle->insns[last].length - start;
    unsigned shift = (unsigned)BUNDLE - size - start;
    for (unsigned i = first; i <= last; i++) {
        const struct insn *insn = &bundle->insns[i];
        if (!insn->relative)
            continue;
        uint8_t *field = bundle->bytes + insn->offset + insn->relative;
        int64_t value = (int64_t)get32(field) - shift;
        if (value < INT32_MIN)
            return fail(pass, bundle, insn, "the target is out of reach after the padding");
        put32(field, (int32_t)value);
    }
    memmove(bundle->bytes + start + shift, bundle->bytes + start, size);
    fill_nops(bundle->bytes + start, shift);
    return true;
}

static bool end_direct_call(struct pass *pass, struct bundle *bundle, unsigned last)
{
    if (!move_to_end(pass, bundle, last, last))
        return false;
    if (bundle->insns[last].offset + bundle->insns[last].length < (int)BUNDLE)
        pass->stats->direct_calls++;
    if (bundle->insns[last].kind == RELAXED_CALL) {
        /* The prefix 67 (one byte, in front) means nothing: it becomes part of the padding. */
        unsigned start = bundle->insns[last].offset;
        fill_nops(bundle->bytes + start, BUNDLE - 5 - start);
        pass->stats->relaxed_calls++;
    }
    return true;
}

static bool end_masked_call(struct pass *pass, struct bundle *bundle, unsigned last)
{
    const struct insn *call = &bundle->insns[last];
    if (last < 2 || call[-1].kind != ADD_BASE || call[-1].reg != call->reg ||
        call[-2].kind != MASK || call[-2].reg != call->reg)
        return true; /* not masked: for the verifier to refuse */
    if (call->offset + call->length == (int)BUNDLE)
        return true;
    pass->stats->masked_calls++;
    return move_to_end(pass, bundle, last - 2, last);
}

static bool end_runtime_call(struct pass *pass, struct bundle *bundle, unsigned last)
{
    const struct insn *jump = &bundle->insns[last];
    if (last < 1 || jump[-1].kind != LOAD_RETURN)
        return true; /* not a group: for the verifier to refuse */
    const struct insn *lea = jump - 1;
    int32_t target = lea->offset + lea->length + get32(bundle->bytes + lea->offset + 3);
    if (target < jump->offset + jump->length || target > (int)BUNDLE)
        return fail(pass, bundle, lea,
                    "the return address of this runtime call is not the end of its bundle; put "
                    "'.p2align 5' and the label directly after the jump");
    if (jump->offset + jump->length < (int)BUNDLE) {
        if (!move_to_end(pass, bundle, last - 1, last))
            return false;
        pass->stats->runtime_calls++;
    }
    /* The field moved with the instruction; whatever its value, it means the end of the bundle. */
    put32(bundle->bytes + BUNDLE - jump->length - 4, jump->length);
    return true;
}

/* Calls that do not end their bundle and have no padding, and leftovers of TLS relaxation. */
static bool check_insn(struct pass *pass, const struct bundle *bundle, unsigned i, bool at_end)
{
    const struct insn *insn = &bundle->insns[i];
    switch (insn->kind) {
    case TLSDESC_CALL:
        return fail(pass, bundle, insn,
                    "a call through a TLS descriptor (or an unmasked one), which the linker "
                    "resolves in programs only; link with -static-pie");
    case FS_LOAD:
        return fail(pass, bundle, insn,
                    "the linker made this read of %fs of general-dynamic TLS code; compile with "
                    "-fPIE or -mtls-dialect=gnu2");
    case DIRECT_CALL:
        return at_end || fail(pass, bundle, insn,
                              "a call that does not end its bundle, without padding after it; "
                              "was the object assembled by lfi-as?");
    case RELAXED_CALL:
        return at_end || fail(pass, bundle, insn,
                              "the linker relaxed call *f@GOTPCREL(%rip) to a call that does not "
                              "end its bundle; call f itself, or link with --no-relax");
    case RUNTIME_JUMP:
        return at_end || i == 0 || bundle->insns[i - 1].kind != LOAD_RETURN ||
               fail(pass, bundle, insn,
                    "a runtime call that does not end its bundle, without padding after it");
    default:
        return true;
    }
}

static bool repair_bundle(struct pass *pass, struct bundle *bundle)
{
    decode_bundle(pass, bundle);
    bool whole = bundle->decoded == bundle->end;
    bool nop_crosses = bundle->end == BUNDLE && bundle->decoded > BUNDLE &&
                       is_nop(bundle->insns[bundle->count - 1].kind);
    if (!whole && !nop_crosses) { /* data, or for the verifier to refuse */
        pass->stats->bundles_left++;
        return true;
    }
    bool changed = rewrite_nops(pass, bundle);
    if (trap_nowhere(pass, bundle) || changed)
        decode_bundle(pass, bundle);
    if (pass->code->falls_through && fill_fall_through(pass, bundle))
        decode_bundle(pass, bundle);

    unsigned after = bundle->count; /* first of the nops at the end */
    while (after > 0 && is_nop(bundle->insns[after - 1].kind))
        after--;
    for (unsigned i = 0; i < after; i++) {
        if (!check_insn(pass, bundle, i, i + 1 == after && bundle->end == BUNDLE))
            return false;
    }
    if (after == 0 || bundle->end != BUNDLE)
        return true;
    switch (bundle->insns[after - 1].kind) {
    case DIRECT_CALL:
    case RELAXED_CALL:
        return end_direct_call(pass, bundle, after - 1);
    case INDIRECT_CALL:
        return end_masked_call(pass, bundle, after - 1);
    case RUNTIME_JUMP:
        return end_runtime_call(pass, bundle, after - 1);
    default:
        return true;
    }
}

bool x86_64_postlink(const struct elf_file *elf, const struct x86_64_code *code,
                     struct postlink_stats *stats)
{
    struct pass pass = {.elf = elf, .code = code, .stats = stats, .ok = true};
    if (ZYAN_FAILED(
            ZydisDecoderInit(&pass.decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64)))
        return elf_error(elf, "the decoder (Zydis) does not start");
    uint64_t end = code->address + code->size;
    struct bundle bundle = {0};
    for (uint64_t at = code->address & -BUNDLE; at < end; at += BUNDLE) {
        bundle.address = at;
        bundle.start = at < code->address ? (uint8_t)(code->address - at) : 0;
        bundle.end = end - at < BUNDLE ? (uint8_t)(end - at) : LFI_BUNDLE_SIZE;
        bundle.bytes =
            at < code->address ? code->bytes - bundle.start : code->bytes + (at - code->address);
        if (suspicious(&pass, &bundle))
            repair_bundle(&pass, &bundle);
    }
    return pass.ok;
}
