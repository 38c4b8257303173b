// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Runs random code that the verifier accepts, in a box whose whole 4 GiB can be read and written,
 * between two other boxes. Whatever it does, it must not get out: no access faults beyond the
 * guards, rsp and rip stay in the box, the neighbours and the sys pages are untouched, and the host
 * goes on with its own floating-point control words.
 */
/* Not _GNU_SOURCE: its register names of <signal.h> are those of the decoder. */
#undef _GNU_SOURCE
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <lfi/lfi.h>

#include "x86_64/decode.h"

enum {
    PROGRAMS = 100,
    RUNS = 60, /* of each program, from random places with random registers */
    CODE_SIZE = 8192,
    TILE = 2 << 20, /* the memory of the box: the same pages again and again */
    CALLS_MAX = 300,
    PAGE = 4096,
};
#define CODE_OFFSET 0x10000000u

struct world {
    struct lfi_space *space;
    struct lfi_box *boxes[3]; /* the one in the middle is the hostile one */
    struct lfi_context *context;
    uint64_t base, code_at;
    uint8_t code[CODE_SIZE];
    uint8_t sys_pages[2][PAGE]; /* below the box, and below the next one */
    struct form_index index;
    uint64_t seed;
    unsigned calls, exits[4], retired;
    atomic_bool done;
};

static uint64_t next(struct world *w)
{
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return w->seed * 0x2545f4914f6cdd1d >> 8;
}

static uint64_t number(struct world *w)
{
    static const uint64_t values[] = {0,          1,          8,          0xffffffff,
                                      0x80000000, UINT64_MAX, 1ull << 47, 0x7fffffff};
    uint64_t random = next(w);
    switch (random & 3) {
    case 0:
        return values[(random >> 8) % 8];
    case 1:
        return w->base + (uint32_t)next(w);
    case 2:
        return next(w) << 16 ^ next(w);
    default:
        return (random >> 8) % 256;
    }
}

/* ---- code -------------------------------------------------------------------------------------
 */

#define BASE 0x25, 0xd8, 0xff, 0xff, 0xff

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
    {4, {0x48, 0x83, 0xe4, 0xf0}}, /* andq $-16,%rsp */
    {7, {0x48, 0x81, 0xe4, 0x00, 0x00, 0x00, 0x80}},
    {2, {0x50, 0x58}},
    {2, {0x74, 0x00}},
    {2, {0xeb, 0x00}},
};
/* At the end of a bundle: a system call; a direct call of the next bundle. */
static const uint8_t runtime_call[15] = {0x4c, 0x8d, 0x1d, 8,    0,    0,    0,   0x65,
                                         0xff, 0x24, 0x25, 0xf8, 0xff, 0xff, 0xff};
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
        lfi_x86_64_decode(&w->index, bytes, &insn);
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

static void make_program(struct world *w)
{
    for (unsigned at = 0; at < CODE_SIZE; at += LFI_BUNDLE_SIZE)
        fill_bundle(w, w->code + at);
    for (int round = 0; round < 200; round++) {
        uint8_t copy[CODE_SIZE];
        memcpy(copy, w->code, CODE_SIZE);
        struct lfi_code run = {.bytes = copy, .size = CODE_SIZE, .image_end = CODE_SIZE};
        if (lfi_verify_code(LFI_ARCH_X86_64, LFI_MODE_FULL, &run, erase, w) == LFI_ACCEPTED)
            return;
    }
    memset(w->code, 0x90, CODE_SIZE);
}

/* ---- runs -------------------------------------------------------------------------------------
 */

static void check_stack(struct world *w, uint64_t rsp)
{
    const uint64_t reach = LFI_STACK_REACH;
    bool offset = rsp < LFI_BOX_SIZE; /* between the halves of a guarded write */
    if (!offset && rsp - (w->base - reach) > LFI_BOX_SIZE + 2 * reach)
        fail_msg("rsp left the box: %lx, base %lx", (unsigned long)rsp, (unsigned long)w->base);
}

static void serve(struct lfi_context *context, struct lfi_regs *regs)
{
    struct world *w = lfi_context_data(context);
    uint64_t rip = regs->rip - w->code_at;
    assert_true(regs->rsp - w->base <= LFI_BOX_SIZE);
    assert_true(rip <= CODE_SIZE && rip % LFI_BUNDLE_SIZE == 0);
    regs->rax = number(w);
    w->retired++;
    if (++w->calls > CALLS_MAX)
        lfi_context_stop(context, 0);
}

static void check_exit(struct world *w, const struct lfi_exit *exit)
{
    const uint64_t guard = 0x40000; /* 256 KiB: what a step, a displacement and an access reach */
    uint32_t mxcsr;
    uint16_t fcw;
    w->exits[exit->kind]++;
    check_stack(w, exit->regs.rsp);
    assert_true(exit->regs.rip - w->base <= LFI_BOX_SIZE ||
                exit->regs.rip - (w->base - ((uint64_t)1 << 20) - LFI_BOX_SIZE) < PAGE);
    if (exit->kind == LFI_EXIT_FAULT && (exit->signal == SIGSEGV || exit->signal == SIGBUS) &&
        exit->code != 0x80 && /* SI_KERNEL: a general-protection fault has no address */
        exit->address - (w->base - guard) > LFI_BOX_SIZE + 2 * guard)
        fail_msg("an access outside of the box: %lx, rip %lx, base %lx",
                 (unsigned long)exit->address, (unsigned long)exit->regs.rip,
                 (unsigned long)w->base);
    __asm__ volatile("stmxcsr %0; fnstcw %1" : "=m"(mxcsr), "=m"(fcw));
    assert_int_equal(mxcsr & 0xffc0, 0x1f80);
    assert_int_equal(fcw, 0x37f);
}

static void check_others(struct world *w)
{
    assert_memory_equal((void *)(w->base - PAGE), w->sys_pages[0], PAGE);
    assert_memory_equal((void *)(w->base + LFI_BOX_SIZE - PAGE), w->sys_pages[1], PAGE);
    for (int i = 0; i < 3; i += 2) {
        uint64_t base = lfi_box_base(w->boxes[i]);
        const uint64_t *ends[] = {
            (uint64_t *)(base + LFI_GUARD_SIZE),
            (uint64_t *)(base + LFI_BOX_SIZE - LFI_GUARD_SIZE - PAGE),
        };
        for (int end = 0; end < 2; end++)
            for (unsigned k = 0; k < PAGE / 8; k++)
                assert_true(ends[end][k] == 0x5a5a5a5a5a5a5a5a);
    }
}

/* Ends runs that go on for too long. */
static void *interrupt(void *data)
{
    struct world *w = data;
    while (!atomic_load(&w->done)) {
        nanosleep(&(struct timespec){.tv_nsec = 3000000}, NULL);
        lfi_context_interrupt(w->context);
    }
    return NULL;
}

static void run_program(struct world *w)
{
    struct lfi_error error;
    struct lfi_code_map map = {.address = w->code_at,
                               .bytes = w->code,
                               .size = CODE_SIZE,
                               .mode = LFI_MODE_FULL,
                               .image_start = w->code_at,
                               .image_end = w->code_at + CODE_SIZE};
    assert_int_equal(lfi_box_unmap(w->boxes[1], w->code_at, CODE_SIZE), 0);
    if (lfi_box_map_code(w->boxes[1], &map, &error))
        fail_msg("%s", error.message);
    for (int run = 0; run < RUNS; run++) {
        struct lfi_exit exit;
        struct lfi_regs *regs = lfi_context_regs(w->context);
        uint64_t *registers = &regs->rax;
        for (int i = 0; i < 16; i++)
            registers[i] = number(w);
        regs->rsp = w->base + (next(w) & 1 ? 0x80000000 : (uint32_t)number(w));
        regs->rip = w->code_at + next(w) % CODE_SIZE;
        regs->rflags = next(w) & 0xcd5; /* the arithmetic flags and DF */
        w->calls = 0;
        assert_int_equal(lfi_context_run(w->context, &exit), 0);
        check_exit(w, &exit);
    }
    check_others(w);
}

static void make_world(struct world *w)
{
    struct lfi_error error;
    int memory = (int)syscall(SYS_memfd_create, "box", 0);
    assert_true(memory >= 0 && ftruncate(memory, TILE) == 0);
    assert_int_equal(lfi_faults_install(SIGRTMIN + 3, &error), 0);
    assert_int_equal(lfi_space_new(&w->space, 3, &error), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(lfi_box_new(w->space, &w->boxes[i], &error), 0);
    w->base = lfi_box_base(w->boxes[1]);
    w->code_at = w->base + CODE_OFFSET;
    for (uint64_t at = w->base; at < w->base + LFI_BOX_SIZE; at += TILE) {
        uint64_t start = at == w->base ? at + LFI_GUARD_SIZE : at, end = at + TILE;
        if (end == w->base + LFI_BOX_SIZE)
            end -= LFI_GUARD_SIZE;
        assert_int_equal(lfi_box_map(w->boxes[1], start, end - start, PROT_READ | PROT_WRITE,
                                     MAP_SHARED, memory, 0),
                         0);
    }
    close(memory);
    for (int i = 0; i < 3; i += 2)
        for (int end = 0; end < 2; end++) {
            uint64_t at = lfi_box_base(w->boxes[i]) +
                          (end ? LFI_BOX_SIZE - LFI_GUARD_SIZE - PAGE : LFI_GUARD_SIZE);
            assert_int_equal(lfi_box_map(w->boxes[i], at, PAGE, PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                             0);
            memset((void *)at, 0x5a, PAGE);
        }
    memcpy(w->sys_pages[0], (void *)(w->base - PAGE), PAGE);
    memcpy(w->sys_pages[1], (void *)(w->base + LFI_BOX_SIZE - PAGE), PAGE);
    assert_int_equal(lfi_context_new(w->boxes[1], serve, w, &w->context), 0);
    lfi_x86_64_index(&w->index);
    w->seed = 88172645463325252;
}

static void accepted_code_stays_in_its_box(void **state)
{
    (void)state;
    struct world *w = calloc(1, sizeof *w);
    pthread_t interrupter;
    assert_non_null(w);
    make_world(w);
    assert_int_equal(pthread_create(&interrupter, NULL, interrupt, w), 0);
    lfi_thread_prepare();
    for (int i = 0; i < PROGRAMS; i++) {
        make_program(w);
        run_program(w);
    }
    lfi_thread_release();
    atomic_store(&w->done, true);
    pthread_join(interrupter, NULL);
    print_message("stopped %u, returned %u, faults %u, interrupted %u; %u system calls\n",
                  w->exits[0], w->exits[1], w->exits[2], w->exits[3], w->retired);
    assert_true(w->exits[LFI_EXIT_FAULT] > 100 && w->retired > 1000);
    assert_int_equal(lfi_context_free(w->context), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(lfi_box_free(w->boxes[i]), 0);
    assert_int_equal(lfi_space_free(w->space), 0);
    lfi_faults_remove();
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(accepted_code_stays_in_its_box)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
