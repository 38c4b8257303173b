// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Asks this processor whether the instructions that the verifier accepts as the check of a step
 * of rsp do fault where rsp has left the box: each is executed with rsp in memory that cannot be
 * accessed, with registers and control words of several kinds.
 * A masked, conditional or suppressed access would come back without a fault.
 */
/* Not _GNU_SOURCE: its register names of <signal.h> are those of the decoder. */
#undef _GNU_SOURCE
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <lfi/abi.h>
#include <lfi/verifier.h>

#include "x86_64/explain/decode.h"

enum {
    REGION = 1 << 20,
    JIT_SIZE = 4096,
    WINDOW = 64,
    BATCH = 1024, /* instructions that are verified at once, each after both steps */
    SLOT = LFI_BUNDLE_SIZE
};
enum { DOWN, UP, STEPS };

/* Of how many instructions one is executed: a siglongjmp takes long under the sanitizer. */
#ifdef __SANITIZE_ADDRESS__
enum { STRIDE = 16 };
#else
enum { STRIDE = 1 };
#endif

/* What the registers hold: all bits clear or set, exceptions masked or not. */
enum { ONES = 1, UNMASKED = 2, VARIANTS = 4 };

struct state {
    struct form_index index;
    uint8_t *jit;
    uint8_t *nothing; /* a region */
    uint64_t saved_rsp;
    unsigned count, taken[STEPS], wrong;
    uint8_t bytes[BATCH][16];
    bool refused[BATCH][STEPS];
    uint8_t code[BATCH][STEPS][SLOT];
};

static sigjmp_buf back;

static void on_fault(int number)
{
    siglongjmp(back, number);
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}
#define PUT(at, ...) put(at, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static uint8_t *put_u64(uint8_t *at, uint64_t value)
{
    return put(at, &value, sizeof value);
}

/* Saves registers and rsp, sets all of them, runs the instruction, puts them back. */
static void write_jit(struct state *s, const struct insn *insn, const uint8_t *bytes, uint64_t rsp,
                      unsigned variant)
{
    static const uint32_t control[2][2] = {{0x1f80, 0x37f}, {0, 0x340}}; /* MXCSR, FCW */
    const uint32_t *words = control[(variant & UNMASKED) != 0];
    uint64_t value = variant & ONES ? UINT64_MAX : 0;
    uint8_t *at = s->jit;
    at = PUT(at, 0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57); /* push */
    at = PUT(at, 0x48, 0x89, 0xe0, 0x48, 0xa3); /* movq %rsp,%rax; movabsq %rax,… */
    at = put_u64(at, (uint64_t)&s->saved_rsp);
    at = PUT(at, 0x48, 0xb8); /* movabsq $…,%rax */
    at = put_u64(at, (uint64_t)words);
    at = PUT(at, 0xdb, 0xe3, 0xd9, 0x68, 4, 0x0f, 0xae, 0x10); /* fninit; fldcw 4(%rax); ldmxcsr */
    for (uint8_t i = 0; i < 8; i++)                            /* vpcmpeqd or vpxor of ymm */
        at = PUT(at, 0xc5, (uint8_t)(0xfd - 8 * i), variant & ONES ? 0x76 : 0xef,
                 (uint8_t)(0xc0 | 9 * i));
    for (uint8_t reg = 0; reg < 16; reg++) {
        at = PUT(at, (uint8_t)(0x48 | reg >> 3), (uint8_t)(0xb8 | (reg & 7)));
        at = put_u64(at, reg == REG_RSP ? rsp : value);
    }
    at = put(at, bytes, insn->length);
    at = PUT(at, 0x48, 0xa1); /* movabsq …,%rax; movq %rax,%rsp */
    at = put_u64(at, (uint64_t)&s->saved_rsp);
    at = PUT(at, 0x48, 0x89, 0xc4);
    PUT(at, 0x41, 0x5f, 0x41, 0x5e, 0x41, 0x5d, 0x41, 0x5c, 0x5d, 0x5b, 0xc3); /* pop; ret */
}

/* The signal of the fault, 0 for none. */
static int execute(struct state *s, const struct insn *insn, const uint8_t *bytes, uint64_t rsp,
                   unsigned variant)
{
    static const uint32_t mxcsr = 0x1f80;
    write_jit(s, insn, bytes, rsp, variant);
    int number = sigsetjmp(back, 0);
    if (number == 0) {
        void (*run)(void);
        memcpy(&run, &s->jit, sizeof run);
        run();
    }
    __asm__ volatile("fninit; ldmxcsr %0; vzeroupper; cld" : : "m"(mxcsr));
    return number;
}

static bool mark(void *data, const struct lfi_violation *violation)
{
    struct state *s = data;
    s->refused[violation->address / SLOT / STEPS][violation->address / SLOT % STEPS] = true;
    return true;
}

static void must_fault(struct state *s, const struct insn *insn, const uint8_t *bytes,
                       const char *what)
{
    for (unsigned variant = 0; variant < VARIANTS; variant++) {
        int number = execute(s, insn, bytes, (uint64_t)(s->nothing + REGION / 2), variant);
        if (number)
            continue;
        s->wrong++;
        printf("no fault after a step %s, variant %u (%s):", what, variant, insn->form->name);
        for (unsigned i = 0; i < insn->length; i++)
            printf(" %02x", bytes[i]);
        putchar('\n');
    }
}

/* Executes what the verifier accepts after a step. */
static void flush(struct state *s)
{
    static const uint8_t steps[STEPS][4] = {{0x48, 0x83, 0xec, 0x40}, {0x48, 0x83, 0xc4, 0x40}};
    memset(s->code, 0x90, sizeof s->code);
    memset(s->refused, 0, sizeof s->refused);
    for (unsigned i = 0; i < s->count; i++)
        for (unsigned step = 0; step < STEPS; step++) {
            struct insn insn;
            uint8_t *code = s->code[i][step];
            lfi_x86_64_decode(&s->index, s->bytes[i], &insn);
            memcpy(code, steps[step], sizeof steps[step]);
            memcpy(code + sizeof steps[step], s->bytes[i], insn.length);
            memcpy(code + SLOT - 2, "\x0f\x0b", 2); /* ud2: ends a step */
        }
    size_t size = s->count * sizeof s->code[0];
    struct lfi_code run = {&s->code[0][0][0], size, 0, 0, size};
    if (s->count && lfi_verify_code(LFI_ARCH_X86_64, LFI_MODE_FULL, &run, mark, s) == LFI_UNABLE)
        s->wrong++;
    for (unsigned i = 0; i < s->count; i++)
        for (unsigned step = 0; step < STEPS; step++) {
            struct insn insn;
            if (s->refused[i][step] || s->taken[step]++ % STRIDE != 0)
                continue;
            lfi_x86_64_decode(&s->index, s->bytes[i], &insn);
            must_fault(s, &insn, s->bytes[i], step == DOWN ? "down" : "up");
        }
    s->count = 0;
}

/* `again`: the same with another immediate. */
static void try(struct state *s, const uint8_t *bytes, bool again)
{
    struct insn insn;
    lfi_x86_64_decode(&s->index, bytes, &insn);
    if (!insn.form || insn.rule != RULE_NONE || insn.form->kind == CALL ||
        (again && insn.form->imm == I0))
        return;
    if (insn.form->kind != PUSH && insn.form->kind != POP && !(insn.memory && insn.base == REG_RSP))
        return;
    memcpy(s->bytes[s->count], bytes, sizeof s->bytes[0]);
    if (++s->count == BATCH)
        flush(s);
}

/* mod 1: disp8(%rsp), or a register for push and pop; with several immediates. */
static void try_operands(struct state *s, uint8_t bytes[WINDOW], unsigned at)
{
    static const uint8_t immediates[] = {0, 0xff, 0x88, 0x01};
    for (uint8_t reg = 0; reg < 8; reg++)
        for (unsigned i = 0; i < sizeof immediates; i++) {
            bytes[at] = (uint8_t)(0x44 | reg << 3);
            bytes[at + 1] = 0x24;
            bytes[at + 2] = 0x40; /* 64(%rsp): 64-byte aligned */
            memset(bytes + at + 3, immediates[i], 8);
            try(s, bytes, i > 0);
        }
}

static void legacy(struct state *s)
{
    static const uint8_t prefixes[] = {0, 0x66, 0xf2, 0xf3, 0xf0}, rexes[] = {0, 0x48, 0x44, 0x4c};
    static const uint8_t maps[][3] = {{0}, {0x0f}, {0x0f, 0x38}, {0x0f, 0x3a}};
    for (unsigned prefix = 0; prefix < sizeof prefixes; prefix++)
        for (unsigned rex = 0; rex < sizeof rexes; rex++)
            for (unsigned op = 0; op < 4 * 256; op++) {
                uint8_t bytes[WINDOW] = {0};
                unsigned n = 0;
                if (prefixes[prefix])
                    bytes[n++] = prefixes[prefix];
                if (rexes[rex])
                    bytes[n++] = rexes[rex];
                for (const uint8_t *p = maps[op / 256]; *p; p++)
                    bytes[n++] = *p;
                bytes[n++] = (uint8_t)op;
                try_operands(s, bytes, n);
            }
}

static void vex(struct state *s)
{
    static const uint8_t vvvv[] = {0x78, 0x48};
    for (uint8_t map = 1; map <= 3; map++)
        for (unsigned wlpp = 0; wlpp < 16; wlpp++)
            for (unsigned v = 0; v < sizeof vvvv; v++)
                for (unsigned op = 0; op < 256; op++) {
                    uint8_t bytes[WINDOW] = {0xc4, 0xe0 | map,
                                             (uint8_t)(vvvv[v] | (wlpp & 7) | (wlpp & 8) << 4),
                                             (uint8_t)op};
                    try_operands(s, bytes, 4);
                }
}

int main(void)
{
    const int anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
    const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    struct state *s = calloc(1, sizeof *s);
    if (!s)
        return 1;
    if (!__builtin_cpu_supports("avx2")) {
        puts("skipped: this processor has no AVX2");
        free(s);
        return 77;
    }
    lfi_x86_64_index(&s->index);
    s->jit = mmap(NULL, JIT_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC, anonymous, -1, 0);
    s->nothing = mmap(NULL, REGION, PROT_NONE, anonymous, -1, 0);
    void *stack = malloc((size_t)1 << 16);
    if (s->jit == MAP_FAILED || s->nothing == MAP_FAILED || !stack)
        return 1;
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = (size_t)1 << 16}, NULL);
    struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK | SA_NODEFER};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    legacy(s);
    vex(s);
    flush(s);
    printf("%u encodings after a step down, %u after a step up; %u wrong\n", s->taken[DOWN],
           s->taken[UP], s->wrong);
    bool ok = s->wrong == 0 && s->taken[DOWN] > 1000 && s->taken[UP] > 1000;
    free(stack);
    free(s);
    return !ok;
}
