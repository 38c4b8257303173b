// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What a call into a box costs, x86-64, in cycles of the time-stamp counter: gate calls and
 * callbacks, interleaved with an indirect call through a table, which is what a program does that
 * has the same library without a box. And the price of each part of a gate by itself.
 *
 *     cc -O2 -Iinclude bench/x86_64/calls.c -o calls -Lbuild/default/sdk/lib -llfi -llfi-verifier
 * -lpthread
 *     ./calls
 *
 * Minima and medians of many short rounds. The baseline is subtracted from nothing: both are shown.
 */
#include <lfi/lfi.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <x86intrin.h>

enum { ROUNDS = 400, CALLS = 2000 };

#define RETURN \
    0x41, 0x5b, 0x41, 0x83, 0xe3, 0xe0, 0x65, 0x4c, 0x03, 0x1c, 0x25, BASE, 0x41, 0xff, 0xe3
#define BASE                                                                                  \
    (uint8_t) LFI_SLOT_INSIDE(LFI_SLOT_BASE), (uint8_t)(LFI_SLOT_INSIDE(LFI_SLOT_BASE) >> 8), \
        (uint8_t)(LFI_SLOT_INSIDE(LFI_SLOT_BASE) >> 16),                                      \
        (uint8_t)(LFI_SLOT_INSIDE(LFI_SLOT_BASE) >> 24)

/* A function that returns; one that jumps to rdi, which returns for it. */
static const uint8_t code_empty[] = {RETURN};
static const uint8_t code_back[] = {0x83, 0xe7, 0xe0, 0x65, 0x48, 0x03,
                                    0x3c, 0x25, BASE, 0xff, 0xe7};
static uint8_t code[64];

typedef uint64_t function(uint64_t);

__attribute__((noinline)) static uint64_t empty(uint64_t x)
{
    return x;
}
static function *volatile table[4] = {empty, empty, empty, empty};

static struct lfi_box *box;
static uint64_t base, stub;

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

struct series {
    const char *name;
    double cycles[ROUNDS];
};

static void print(struct series *series)
{
    qsort(series->cycles, ROUNDS, sizeof(double), compare);
    printf("%-44s %7.1f %7.1f\n", series->name, series->cycles[0], series->cycles[ROUNDS / 2]);
}

#define MEASURE(series, round, statement)                              \
    do {                                                               \
        uint64_t start_ = __rdtsc();                                   \
        for (int i_ = 0; i_ < CALLS; i_++) {                           \
            statement;                                                 \
        }                                                              \
        (series).cycles[round] = (double)(__rdtsc() - start_) / CALLS; \
    } while (0)

static struct lfi_context *open_context(unsigned number)
{
    uint64_t stack = base + 0x1000000 + number * 0x100000UL;
    struct lfi_context *context;

    if (lfi_box_map(box, stack, 0x10000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                    0) ||
        lfi_context_new(box, NULL, NULL, &context))
        abort();
    lfi_context_regs(context)->rsp = stack + 0x10000;
    return context;
}

static void *many(void *number)
{
    struct lfi_context *context = open_context(*(unsigned *)number);

    for (int i = 0; i < 5000000; i++)
        ((function *)lfi_gate(context, base + 0x100000, LFI_SHAPE(1, 0, 0)))(1);
    lfi_context_free(context);
    return NULL;
}

static double seconds(unsigned threads)
{
    pthread_t thread[4];
    unsigned number[4] = {1, 2, 3, 4};
    struct timespec from, to;

    clock_gettime(CLOCK_MONOTONIC, &from);
    for (unsigned i = 0; i < threads; i++) {
        number[i] += 4 * threads;
        pthread_create(&thread[i], NULL, many, &number[i]);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &to);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static uint64_t callback(uint64_t x)
{
    return x;
}

int main(void)
{
    static struct series native = {"indirect call through a table", {0}},
                         gate = {"call host -> box -> host", {0}},
                         raised = {"the same, MXCSR has a flag set", {0}},
                         back = {"with one callback box -> host -> box", {0}},
                         full = {"lfi_call()", {0}};
    const struct lfi_callback entry = {(lfi_gate_fn *)callback, NULL,
                                       LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0)};
    struct lfi_error error = {{0}};
    struct lfi_space *space;
    struct lfi_context *context;
    struct lfi_code_map map = {.bytes = code, .size = sizeof code};
    double one, two;

    memset(code, 0x90, sizeof code);
    memcpy(code, code_empty, sizeof code_empty);
    memcpy(code + 32, code_back, sizeof code_back);
    if (lfi_faults_install(SIGRTMIN + 3, &error) || lfi_space_new(&space, 1, &error) ||
        lfi_box_new(space, &box, &error))
        goto failed;
    base = lfi_box_base(box);
    map.address = map.image_start = base + 0x100000;
    map.image_end = map.image_start + 0x1000;
    if (lfi_box_map_code(box, &map, &error) || lfi_box_map_return(box, base + 0x200000, &error) ||
        lfi_box_map_stubs(box, base + 0x300000, &error) || lfi_box_callback(box, &entry, &stub))
        goto failed;
    context = open_context(0);
    lfi_thread_prepare();
    for (int r = 0; r < ROUNDS; r++) {
        struct lfi_call call = {0};

        MEASURE(native, r, table[i_ & 3](1));
        MEASURE(gate, r, ((function *)lfi_gate(context, base + 0x100000, LFI_SHAPE(1, 0, 0)))(1));
        _mm_setcsr(0x1fa0);
        MEASURE(raised, r, ((function *)lfi_gate(context, base + 0x100000, LFI_SHAPE(1, 0, 0)))(1));
        _mm_setcsr(0x1f80);
        MEASURE(back, r,
                ((function *)lfi_gate(context, base + 0x100020, LFI_SHAPE(1, 0, 0)))(stub));
        MEASURE(full, r, lfi_call(context, base + 0x100000, &call));
    }
    puts("cycles of the time-stamp counter             minimum  median");
    print(&native);
    print(&gate);
    print(&raised);
    print(&back);
    print(&full);
    one = seconds(1);
    two = seconds(2);
    printf("two threads make %.2f times as many calls as one\n", 2 * one / two);
    return 0;
failed:
    fprintf(stderr, "calls: %s\n", error.message);
    return 1;
}
