// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Part of hostile-code.c: code of x86-64 that may do harm, and what holds of its registers. With
 * HOSTILE_BYTES_ONLY just the code.
 */

#include "x86_64/explain/decode.h"

#define ARCH        LFI_ARCH_X86_64
#define FLAGS(regs) (regs)->rflags
#define FLAGS_SET   0xcd5 /* the arithmetic flags and DF */

static void make_index(struct world *w)
{
    w->index = calloc(1, sizeof *w->index);
    assert_non_null(w->index);
    lfi_x86_64_index(w->index);
}

#define BASE 0x25, 0x20, 0xf0, 0x02, 0x00

/* Sequences of the ABI, most of which random bytes would never be. Ended by their length. */
static const struct {
    uint8_t length, bytes[31];
} sequences[] = {
    {14, {0x83, 0xe0, 0xe0, 0x65, 0x48, 0x03, 0x04, BASE, 0xff, 0xe0}}, /* jmp *%rax */
    {16, {0x41, 0x83, 0xe3, 0xe0, 0x65, 0x4c, 0x03, 0x1c, BASE, 0x41, 0xff, 0xe3}},
    {9, {0x65, 0x48, 0x8b, 0x1c, BASE}}, /* movq BASE,%rbx */
    {9, {0x65, 0x4c, 0x8b, 0x1c, BASE}},
    {12, {0x89, 0xff, 0x65, 0x48, 0x03, 0x3c, BASE, 0xaa}}, /* stosb */
    {24,
     {0x89, 0xff, 0x65, 0x48, 0x03, 0x3c, BASE, 0x89, 0xf6, 0x65, 0x48, 0x03, 0x34, BASE, 0x48,
      0xa5}},                                                                       /* movsq */
    {16, {0x65, 0x4c, 0x8b, 0x1c, BASE, 0x89, 0xff, 0x4a, 0x8d, 0x3c, 0x1f, 0xae}}, /* scasb */
    {11, {0x89, 0xec, 0x65, 0x48, 0x03, 0x24, BASE}},       /* movl %ebp,%esp */
    {12, {0x83, 0xec, 0x40, 0x65, 0x48, 0x03, 0x24, BASE}}, /* subl $64,%esp */
    {15, {0x65, 0x4c, 0x8b, 0x1c, BASE, 0x89, 0xc4, 0x4a, 0x8d, 0x24, 0x1c}},
    {8, {0x48, 0x81, 0xec, 0x00, 0x00, 0x01, 0x00, 0x50}}, /* subq $65536; pushq */
    {8, {0x48, 0x81, 0xc4, 0x00, 0x00, 0x01, 0x00, 0x58}}, /* addq $65536; popq */
    {11, {0x48, 0x8d, 0xa4, 0x24, 0x00, 0x00, 0xff, 0xff, 0x89, 0x04, 0x24}}, /* leaq; movl */
    {11, {0x48, 0x81, 0xc4, 0x00, 0x00, 0x01, 0x00, 0x8b, 0x44, 0x24, 0x7f}},
    {12, {0x48, 0x83, 0xc4, 0x78, 0x89, 0x84, 0x24, 0x00, 0x00, 0xff, 0xff, 0x90}},
    /* the furthest: leaq, movl from below, from above, to either side */
    {15,
     {0x48, 0x8d, 0xa4, 0x24, 0x00, 0x00, 0xff, 0xff, 0x8b, 0x84, 0x24, 0x00, 0x00, 0x01, 0x00}},
    {15,
     {0x48, 0x8d, 0xa4, 0x24, 0x00, 0x00, 0xff, 0xff, 0x8b, 0x84, 0x24, 0x00, 0x00, 0xff, 0xff}},
    {15,
     {0x48, 0x8d, 0xa4, 0x24, 0x00, 0x00, 0x01, 0x00, 0x8b, 0x84, 0x24, 0x00, 0x00, 0xff, 0xff}},
    {15,
     {0x48, 0x8d, 0xa4, 0x24, 0x00, 0x00, 0x01, 0x00, 0x8b, 0x84, 0x24, 0x00, 0x00, 0x01, 0x00}},
    {9, {0x48, 0x8d, 0xa4, 0x24, 0x00, 0x00, 0xff, 0xff, 0x58}}, /* leaq; popq */
    {4, {0x48, 0x83, 0xe4, 0xf0}},                               /* andq $-16,%rsp */
    {7, {0x48, 0x81, 0xe4, 0x00, 0x00, 0x00, 0x80}},
    {2, {0x50, 0x58}},
    {2, {0x74, 0x00}},
    {2, {0xeb, 0x00}},
};
/* At the end of a bundle: a system call; a direct call of the next bundle. */
static const uint8_t runtime_call[15] = {0x4c, 0x8d, 0x1d, 8,    0,    0,    0,   0x65,
                                         0xff, 0x24, 0x25, 0x00, 0xf0, 0x02, 0x00};
static const uint8_t direct_call[5] = {0xe8};

/* Any encoding that decodes; most do not. */
static unsigned random_instruction(struct world *w, uint8_t bytes[64])
{
    static const uint8_t prefixes[][3] = {{0},          {0},    {0},    {0},    {0x65, 0x67},
                                          {0x65, 0x67}, {0x66}, {0xf3}, {0xf2}, {0xf0}};
    for (int tries = 0; tries < 1000; tries++) {
        unsigned n = 0;
        uint64_t random = next(w);
        for (const uint8_t *p = prefixes[random % 10]; *p; p++)
            bytes[n++] = *p;
        if (random >> 8 & 1 && !(random & 0x30000)) {
            bytes[n++] = 0xc4;
            bytes[n++] = (uint8_t)(next(w) & 0xe0) | (uint8_t)(1 + next(w) % 3);
            bytes[n++] = (uint8_t)next(w);
        } else {
            if (random >> 9 & 1)
                bytes[n++] = 0x40 | (random >> 10 & 15);
            unsigned map = random >> 14 & 7;
            if (map > 3)
                bytes[n++] = 0x0f;
            if (map > 6)
                bytes[n++] = random & 0x100000 ? 0x38 : 0x3a;
        }
        bytes[n++] = (uint8_t)next(w);
        bytes[n++] = (uint8_t)next(w);
        bytes[n++] = next(w) & 1 ? 0x24 : (uint8_t)next(w);
        for (unsigned i = 0; i < 10; i++)
            bytes[n++] = next(w) & 3 ? (uint8_t)(next(w) & 1 ? 0 : 0xff) : (uint8_t)next(w);
        struct insn insn;
        lfi_x86_64_decode(w->index, bytes, &insn);
        /* Repeated string instructions take long, traps are dull, branches are among the sequences.
         */
        if (insn.form && insn.rule == RULE_NONE && bytes[0] != 0xf4 && bytes[0] != 0xcc &&
            insn.form->kind != JUMP_IND && insn.form->kind != CALL_IND && insn.form->kind != CALL &&
            !(insn.form->kind >= MOVS && insn.form->kind <= SCAS))
            return insn.length;
    }
    bytes[0] = 0x90;
    return 1;
}

static void fill_bundle(struct world *w, uint8_t *bundle)
{
    memset(bundle, 0x90, LFI_BUNDLE_SIZE);
    unsigned end = LFI_BUNDLE_SIZE, at = 0;
    uint64_t random = next(w);
    if (random % 6 == 0) {
        end -= sizeof runtime_call;
        memcpy(bundle + end, runtime_call, sizeof runtime_call);
    } else if (random % 12 == 1) {
        end -= sizeof direct_call;
        memcpy(bundle + end, direct_call, sizeof direct_call);
    }
    for (unsigned tries = 0; at < end && tries < 12; tries++) {
        uint8_t bytes[64];
        unsigned length;
        uint64_t which = next(w);
        if (which % 3 == 0) {
            which = (which >> 8) % (sizeof sequences / sizeof *sequences);
            length = sequences[which].length;
            memcpy(bytes, sequences[which].bytes, sizeof sequences[which].bytes);
        } else {
            length = random_instruction(w, bytes);
        }
        if (length <= end - at) {
            memcpy(bundle + at, bytes, length);
            at += length;
        }
    }
}

/* What is refused becomes nops. */
static bool erase(void *data, const struct lfi_violation *violation)
{
    struct world *w = data;
    memset(w->code + violation->address, 0x90, violation->length ? violation->length : 1);
    return true;
}

static void fill_nops(uint8_t *at, size_t size)
{
    memset(at, 0x90, size);
}

static void fill_code(struct world *w)
{
    for (unsigned at = 0; at < CODE_SIZE; at += LFI_BUNDLE_SIZE)
        fill_bundle(w, w->code + at);
}

#ifndef HOSTILE_BYTES_ONLY
static void check_caller(const struct world *w, const struct lfi_regs *regs)
{
    assert_true(regs->rsp - w->base <= LFI_BOX_SIZE);
}

static void check_registers(const struct world *w, const struct lfi_regs *regs)
{
    const uint64_t reach = LFI_STACK_REACH;
    bool offset = regs->rsp < LFI_BOX_SIZE; /* between the halves of a guarded write */
    if (!offset && regs->rsp - (w->base - reach) > LFI_BOX_SIZE + 2 * reach)
        fail_msg("rsp left the box: %lx, base %lx", (unsigned long)regs->rsp,
                 (unsigned long)w->base);
}
#endif

static void check_host(void)
{
    uint32_t mxcsr;
    uint16_t fcw;
    __asm__ volatile("stmxcsr %0; fnstcw %1" : "=m"(mxcsr), "=m"(fcw));
    assert_int_equal(mxcsr & 0xffc0, 0x1f80);
    assert_int_equal(fcw, 0x37f);
}
