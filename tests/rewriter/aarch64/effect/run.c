// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Runs each function that generate.py made, as it was and as it was rewritten for each mode, from
 * the same registers and memory, and compares what it leaves in them.
 *
 * What may differ: x26, x28, x30 (retaa leaves it signed), memory below the stack pointer, and
 * addresses of code. And pages in x8 to x18, which belong to nobody after a return: where only
 * accesses need it, adrp is left out.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <lfi/abi.h>

#include "state.h"

/* A line of the table that generate.py writes. */
struct test_case {
    uint64_t function;
    uint32_t pointers, positive, negative; /* what x registers are when it is called */
};

#define VARIANT(name)                             \
    extern const struct test_case name##_cases[]; \
    extern const char name##_start[], name##_end[];
VARIANT(original)
VARIANT(full)
VARIANT(stores)
VARIANT(jumps)
extern const uint64_t original_count;

static const struct variant {
    const char *name;
    const struct test_case *cases;
    const char *start, *end;
} variants[] = {
    {"original", original_cases, original_start, original_end},
    {"full", full_cases, full_start, full_end},
    {"stores", stores_cases, stores_start, stores_end},
    {"jumps", jumps_cases, jumps_start, jumps_end},
};
enum { VARIANTS = sizeof variants / sizeof *variants, STACK_USED = 256 };

struct result {
    struct state state;
    uint64_t area[AREA_SIZE / 8];
    uint64_t stack[STACK_USED / 8]; /* at and above sp */
};

static uint64_t random_state;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static const struct variant *running;
static size_t running_case;

static uint64_t thread_pointer;

static void on_fault(int signal, siginfo_t *info, void *context)
{
    __asm__("msr tpidr_el0, %0" : : "r"(thread_pointer)); /* it may be anything here */
    const uint64_t pc = ((ucontext_t *)context)->uc_mcontext.pc;
    char text[160];
    int n = snprintf(text, sizeof text,
                     "FAIL case_%zu, %s: signal %d at %p, pc %#llx in case + %#llx\n", running_case,
                     running->name, signal, info->si_addr, (unsigned long long)pc,
                     (unsigned long long)(pc - running->cases[running_case].function));
    if (write(STDOUT_FILENO, text, (size_t)n) != n)
        _exit(2);
    _exit(1);
}

static bool map(uint64_t at, size_t size)
{
    return mmap((void *)at, size, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == (void *)at;
}

static bool start(void)
{
    static char signal_stack[65536];
    const stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack};
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    __asm__("mrs %0, tpidr_el0" : "=r"(thread_pointer));
    sigaltstack(&stack, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGILL, &action, NULL);
    sigaction(SIGTRAP, &action, NULL);
    if (!map(AREA, AREA_SIZE) || !map(STACK, STACK_SIZE) || !map(CONTEXT, BOX - CONTEXT))
        return false;
    *(uint64_t *)(BOX + LFI_SLOT_BELOW(LFI_SLOT_SYSCALL)) = (uint64_t)system_call;
    return true;
}

static void set_up(const struct test_case *c, uint64_t seed, struct state *s)
{
    random_state = seed;
    for (unsigned i = 0; i < sizeof *s / 8; i++)
        ((uint64_t *)s)[i] = next_random();
    for (unsigned i = 0; i < 31; i++) {
        if (c->pointers >> i & 1)
            s->x[i] = AREA + AREA_SIZE / 2 + (s->x[i] & 0x3f0);
        else if (c->positive >> i & 1)
            s->x[i] &= 0xff;
        else if (c->negative >> i & 1)
            s->x[i] |= ~(uint64_t)0xff;
    }
    s->sp = STACK + STACK_SIZE - 4096;
    s->nzcv &= 0xf0000000;
    s->fpsr = 0;
    const uint64_t factor = next_random() | 1;
    for (uint64_t *p = (uint64_t *)AREA; p < (uint64_t *)(AREA + AREA_SIZE); p++)
        *p = (uint64_t)p * factor;
    for (uint64_t *p = (uint64_t *)(s->sp - 4096); p < (uint64_t *)(s->sp + 4096); p++)
        *p = (uint64_t)p * factor;
}

static void run_case(const struct variant *v, size_t i, struct result *r)
{
    running = v;
    running_case = i;
    set_up(&v->cases[i], i * 0x9e3779b97f4a7c15 + 1, &r->state);
    const uint64_t sp = r->state.sp;
    enter(&r->state, v->cases[i].function, v != variants);
    memcpy(r->area, (void *)AREA, sizeof r->area);
    memcpy(r->stack, (void *)sp, sizeof r->stack);
}

static unsigned failed;

static bool is_code(const struct variant *v, uint64_t value)
{
    return value >= (uint64_t)v->start && value <= (uint64_t)v->end;
}

static bool is_page_of_area(uint64_t value)
{
    return value >= AREA && value < AREA + AREA_SIZE && value % 4096 == 0;
}

static void compare(const struct variant *v, const char *what, size_t at, uint64_t wanted,
                    uint64_t got)
{
    if (wanted == got || (is_code(variants, wanted) && is_code(v, got)))
        return;
    if (failed++ < 40)
        printf("FAIL case_%zu, %s: %s %zu is %#llx instead of %#llx\n", running_case, v->name, what,
               at, (unsigned long long)got, (unsigned long long)wanted);
}

static void compare_results(const struct variant *v, const struct result *wanted,
                            const struct result *got)
{
    for (size_t i = 0; i < 31; i++)
        if (i != 26 && i != 28 && i != 30 &&
            !(i >= 8 && i <= 18 && is_page_of_area(wanted->state.x[i])))
            compare(v, "x", i, wanted->state.x[i], got->state.x[i]);
    compare(v, "sp", 0, wanted->state.sp, got->state.sp);
    compare(v, "nzcv", 0, wanted->state.nzcv, got->state.nzcv);
    compare(v, "fpsr", 0, wanted->state.fpsr, got->state.fpsr);
    compare(v, "thread pointer", 0, wanted->state.tp, got->state.tp);
    for (size_t i = 0; i < 64; i++)
        compare(v, "half of v", i, wanted->state.v[i / 2][i % 2], got->state.v[i / 2][i % 2]);
    for (size_t i = 0; i < AREA_SIZE / 8; i++)
        compare(v, "memory at", i * 8, wanted->area[i], got->area[i]);
    for (size_t i = 0; i < STACK_USED / 8; i++)
        compare(v, "stack at", i * 8, wanted->stack[i], got->stack[i]);
}

int main(void)
{
    static struct result results[VARIANTS];
    uint64_t changed = 0;
    if (!start()) {
        printf("FAIL no memory\n");
        return 1;
    }
    for (size_t i = 0; i < original_count; i++) {
        for (size_t v = 0; v < VARIANTS; v++)
            run_case(&variants[v], i, &results[v]);
        for (size_t v = 1; v < VARIANTS; v++)
            compare_results(&variants[v], &results[0], &results[v]);
        struct state before;
        set_up(&original_cases[i], i * 0x9e3779b97f4a7c15 + 1, &before);
        changed += memcmp((void *)AREA, results[0].area, AREA_SIZE) != 0;
    }
    printf("%llu functions, %llu of them write memory, %u failures\n",
           (unsigned long long)original_count, (unsigned long long)changed, failed);
    return failed != 0 || changed < original_count / 2;
}
