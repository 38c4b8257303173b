// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What ARCH/execute.c share: code runs one instruction at a time, with signals after each. Comes
 * after struct world, of which it uses base, seed, steps, runs, faults, indirect and calls, and
 * needs on_signal().
 */
#ifndef TEST_EXECUTE_H
#define TEST_EXECUTE_H

#include "../hostile.h"

static struct world *world; /* of the signal handler */

static void on_signal(int signal, siginfo_t *info, void *context);

static uint64_t next(struct world *w)
{
    return test_random(&w->seed);
}

static uint64_t number(struct world *w)
{
    return test_number(&w->seed, w->base);
}

/* Near enough to the box that only pages of it, its guards or its sys page can be meant. */
static bool is_near(const struct world *w, uint64_t address)
{
    const uint64_t near = 0x40000; /* 256 KiB: what a step, a displacement and an access reach */
    return address - (w->base - near) < LFI_BOX_SIZE + 2 * near;
}

static void catch_signals(void)
{
    static const int signals[] = {SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    const size_t size = (size_t)1 << 18;
    void *area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(area, MAP_FAILED);
    assert_int_equal(sigaltstack(&(stack_t){.ss_sp = area, .ss_size = size}, NULL), 0);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        assert_int_equal(sigaction(signals[i], &action, NULL), 0);
}

/* What was done, which must be enough of everything. */
static void report_counts(const struct world *w, uint64_t programs)
{
    print_message("%" PRIu64 " codes, entered %" PRIu64 " times, %" PRIu64 " instructions, %" PRIu64
                  " faults, %" PRIu64 " indirect branches, %" PRIu64 " of them runtime calls\n",
                  programs, w->runs, w->steps, w->faults, w->indirect, w->calls);
    assert_true(w->faults > w->steps / 1000 && w->calls > w->steps / 10000);
}

#endif
