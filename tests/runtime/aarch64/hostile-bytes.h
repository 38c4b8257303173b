// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Part of hostile-code.c: code of AArch64 that may do harm, and what holds of its registers. With
 * HOSTILE_BYTES_ONLY just the code.
 */

#include "aarch64/forms.h"

#define ARCH        LFI_ARCH_AARCH64
#define FLAGS(regs) (regs)->nzcv
#define FLAGS_SET   0xf0000000

#define NOP 0xd503201f

static void make_index(struct world *w)
{
    w->index = NULL; /* the table is a constant */
}

/*
 * Sequences of the ABI and such that almost are, most of which random words would never be. Ended
 * by a zero. M in a word, 5 bits at the given place, is a random register.
 */
#define WORDS 5
static const struct {
    uint32_t words[WORDS];
    uint8_t registers[WORDS]; /* the lowest bit of a register that is random; 0: none */
} sequences[] = {
    {{0x8b20437c, 0xf9400380}, {16}},                        /* guard x28; ldr x0, [x28] */
    {{0x8b20437c, 0xf93fff80}, {16}},                        /* str x0, [x28, #32760] */
    {{0x8b20437c, 0x3dbfff80}, {16}},                        /* str q0, [x28, #65520] */
    {{0x8b20437c, 0xa9200780}, {16}},                        /* stp x0, x1, [x28, #-512] */
    {{0x8b20437c, 0xad200780}, {16}},                        /* stp q0, q1, [x28, #-1024] */
    {{0x8b20437c, 0xd61f0380}, {16}},                        /* br x28 */
    {{0x8b20437c, 0xd63f0380}, {16}},                        /* blr x28 */
    {{0x8b20437c, 0xd65f0380}, {16}},                        /* ret x28 */
    {{0x8b20437c, 0x4c402380}, {16}},                        /* ld1 {v0-v3}, [x28] */
    {{0x8b20437c, 0xd50b743c}, {16}},                        /* dc zva, x28 */
    {{0xb8604b60}, {16}},                                    /* ldr w0, [x27, wM, uxtw] */
    {{0xf8204b61}, {16}},                                    /* str x1, [x27, wM, uxtw] */
    {{0x3ca04b60}, {16}},                                    /* str q0, [x27, wM, uxtw] */
    {{0xaa1e03fa, 0xf85f837e, 0xd63f03c0, 0x8b3a437e}, {0}}, /* svc #0 */
    {{0xf85e837e, 0xd63f03c0, 0x8b3a437e}, {0}},             /* slot -24 */
    {{0xf85f837e, 0xd503201f, 0xd63f03c0}, {0}},             /* not a runtime call */
    {{0xaa0003fe, 0x8b3e437e, 0xd65f03c0}, {16}},            /* mov x30, xM; guard; ret */
    {{0xa8c17bfd, 0x8b3e437e, 0xd65f03c0}, {0}},             /* ldp x29, x30, [sp], #16 */
    {{0xa9bf7bfd, 0x94000001}, {0}},                         /* stp x29, x30, [sp, #-16]!; bl */
    {{0xd65f03c0}, {0}},                                     /* ret */
    {{0xd63f03c0}, {0}},                                     /* blr x30 */
    {{0x8b20437f, 0xf94003e0}, {16}},                        /* guard sp; ldr x0, [sp] */
    {{0x8b20437f, 0xf81003e0}, {16}},                        /* guard sp; stur x0, [sp, #-256] */
    {{0x8b20437f, 0xf93fffe0}, {16}},                        /* guard sp; str x0, [sp, #32760] */
    {{0xd14043ff, 0xf90003e0}, {0}},                         /* sub sp, #64 KiB; str x0, [sp] */
    {{0xd14043ff, 0x3dbfffe0}, {0}},                         /* … str q0, [sp, #65520] */
    {{0xd14043ff, 0xad2007e0}, {0}},                         /* … stp q0, q1, [sp, #-1024] */
    {{0x914043ff, 0xf94003e0}, {0}},                         /* add sp, #64 KiB; ldr x0, [sp] */
    {{0x914043ff, 0x3dffffe0}, {0}},                         /* … ldr q0, [sp, #65520] */
    {{0x914043ff, 0xad2007e0}, {0}},                         /* … stp q0, q1, [sp, #-1024] */
    {{0xa9a007e0}, {0}},                                     /* stp x0, x1, [sp, #-512]! */
    {{0xad9f87e0}, {0}},                                     /* stp q0, q1, [sp, #1008]! */
    {{0xacdf87e0}, {0}},                                     /* ldp q0, q1, [sp], #1008 */
    {{0xaca007e0}, {0}},                                     /* stp q0, q1, [sp], #-1024 */
    {{0x4cdf23e0}, {0}},                                     /* ld1 {v0-v3}, [sp], #64 */
    {{0xf9400b20}, {0}},                                     /* ldr xM, [x25, #16] */
    {{0xf9000b20}, {0}},                                     /* str xM, [x25, #16] */
    {{0x54000040}, {0}},                                     /* b.eq */
    {{0x36000040}, {0}},                                     /* tbz */
    {{0x14000003}, {0}},                                     /* b */
    {{0x1000001c}, {0}},                                     /* adr x28, . */
    {{0xb000001c}, {0}},                                     /* adrp x28, the next page */
};

/* What stops the program is dull. */
static bool is_trap(const struct form *form)
{
    return strcmp(form->name, "brk") == 0 || strcmp(form->name, "udf") == 0;
}

/* A random word of a form of the verifier's table. */
static uint32_t random_word(struct world *w)
{
    static const uint8_t registers[] = {25, 26, 27, 28, 30, 31}, fields[] = {0, 5, 10, 16};
    unsigned count = 0;
    while (lfi_aarch64_table.mask[count] != 0)
        count++;
    for (;;) {
        unsigned id = (unsigned)(next(w) % count);
        const struct form *form = &lfi_aarch64_forms[id];
        uint32_t word = (uint32_t)next(w);
        if (form->rule != RULE_NONE || is_trap(form))
            continue;
        if (next(w) & 1) { /* the registers that matter */
            unsigned low = fields[next(w) % 4];
            word = (word & ~((uint32_t)31 << low)) | (uint32_t)registers[next(w) % 6] << low;
        }
        return (word & ~lfi_aarch64_table.mask[id]) | lfi_aarch64_table.value[id];
    }
}

static void put_word(struct world *w, unsigned at, uint32_t word)
{
    memcpy(w->code + at, &word, sizeof word);
}

static void fill_nops(uint8_t *at, size_t size)
{
    const uint32_t nop = NOP;
    for (size_t i = 0; i < size; i += sizeof nop)
        memcpy(at + i, &nop, sizeof nop);
}

static void fill_code(struct world *w)
{
    unsigned at = 0;
    while (at < CODE_SIZE) {
        uint64_t which = next(w);
        if (which % 3) {
            put_word(w, at, random_word(w));
            at += 4;
            continue;
        }
        which = (which >> 8) % (sizeof sequences / sizeof *sequences);
        for (unsigned i = 0; i < WORDS && sequences[which].words[i] && at < CODE_SIZE; i++) {
            uint32_t word = sequences[which].words[i];
            unsigned low = sequences[which].registers[i];
            if (low)
                word |= (uint32_t)(next(w) % 31) << low;
            put_word(w, at, word);
            at += 4;
        }
    }
}

/* What is refused becomes a nop; or, where a nop is, what stands before it. */
static bool erase(void *data, const struct lfi_violation *violation)
{
    struct world *w = data;
    uint64_t at = violation->address % CODE_SIZE;
    const uint32_t nop = NOP;
    while (at && memcmp(w->code + at, &nop, sizeof nop) == 0)
        at -= sizeof nop;
    fill_nops(w->code + at, sizeof nop);
    return true;
}

#ifndef HOSTILE_BYTES_ONLY
static void check_promises(const struct world *w, const struct lfi_regs *regs)
{
    /* the only context has the first block: space.c of the runtime */
    uint64_t block = w->base + 2 * LFI_BOX_SIZE + ((uint64_t)1 << 20) + 0x10000;
    assert_int_equal(regs->x[25], block);
    assert_int_equal(regs->x[27], w->base);
    assert_true(regs->x[28] - w->base < LFI_BOX_SIZE);
}

static void check_caller(const struct world *w, const struct lfi_regs *regs)
{
    check_promises(w, regs);
    assert_int_equal(regs->x[30], regs->pc);
    assert_true(regs->sp - w->base < LFI_BOX_SIZE + 1024);
}

static void check_registers(const struct world *w, const struct lfi_regs *regs)
{
    const uint64_t reach = LFI_STACK_REACH;
    check_promises(w, regs);
    if (regs->sp - (w->base - reach) >= LFI_BOX_SIZE + 2 * reach + 1024)
        fail_msg("sp left the box: %lx, base %lx", (unsigned long)regs->sp, (unsigned long)w->base);
}

static void check_host(void)
{
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    assert_int_equal(fpcr, 0);
}
#endif
