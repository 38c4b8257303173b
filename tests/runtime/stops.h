// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What the tests of stops (ARCH/core-stops.c) share: a box with the code of stops-code.S, whose
 * stops do nothing, or enter a handler of the box that returns exactly to where it was.
 */
#ifndef TEST_STOPS_H
#define TEST_STOPS_H

#include "core-box.h"

#include <time.h>

#define TEST_STOPS 0x1c0000
#define DATA_STACK (TEST_DATA + 0x20000) /* of handlers; its top is written at random */

/* stops-code.S of the architecture */
extern const char stops_code[], stops_code_end[], stop_forms[], stop_handler[], stop_spin[],
    stop_step[], stop_null[];

enum how { GOES_ON, HANDLES };          /* what a stop does */
enum { DEPTH = 4, RETURN_NUMBER = 99 }; /* of the system call that returns from a handler */

struct state {
    struct lfi_regs regs;
    struct lfi_vectors vectors;
};

static struct {
    struct test_box t;
    enum how how;
    unsigned stops, faults, wrong;
    unsigned depth;
    struct state saved[DEPTH];
    uint64_t opens; /* a fault makes that many bytes around it accessible; a power of two, or 0 */
    bool refuses;   /* nobody handles faults */
    bool code_goes; /* another thread unmaps it */
    struct lfi_stop last;
} test;

/* Of the architecture: whether core may not have stopped it so; what else a handler begins with. */
static bool is_wrong(const struct lfi_context *context, const struct lfi_regs *regs,
                     const struct lfi_stop *stop);
static void begin_handler(struct lfi_context *context, struct lfi_regs *regs);

static inline uint64_t stops_address(const char *label)
{
    return test.t.base + TEST_STOPS + (uint64_t)(label - stops_code);
}

static inline bool stopped(struct lfi_context *context, struct lfi_regs *regs,
                           const struct lfi_stop *stop)
{
    test.last = *stop;
    test.stops++;
    test.faults += stop->signal != 0;
    if (test.refuses && stop->signal)
        return false;
    test.wrong += is_wrong(context, regs, stop);
    if (stop->signal && test.opens)
        test.wrong += lfi_box_protect(test.t.box, stop->address & -test.opens, test.opens, RW) != 0;
    if (test.how == HANDLES && test.depth < DEPTH) {
        struct state *save = &test.saved[test.depth++];

        save->regs = *regs;
        lfi_context_get_vectors(context, &save->vectors);
        lfi_context_exact(context, false);
        regs->REG_PC = stops_address(stop_handler);
        regs->REG_SP = test.t.base + DATA_STACK - test.depth * 0x1000;
        begin_handler(context, regs);
    }
    clobber();
    return true;
}

static inline void serve(struct lfi_context *context, struct lfi_regs *regs)
{
    if (regs->REG_NUMBER == RETURN_NUMBER && test.depth) {
        const struct state *save = &test.saved[--test.depth];

        *regs = save->regs;
        lfi_context_set_vectors(context, &save->vectors);
        lfi_context_exact(context, true);
    } else {
        regs->REG_RESULT = 1000;
    }
    clobber();
}

static inline void open_test(enum how how)
{
    struct lfi_error error = {{0}};

    memset(&test, 0, sizeof test);
    test.how = how;
    open_box(&test.t, false, serve, NULL);
    struct lfi_code_map code =
        code_map(test.t.base + TEST_STOPS, stops_code, (size_t)(stops_code_end - stops_code));
    if (lfi_box_map_code(test.t.box, &code, &error))
        fail_msg("%s", error.message);
    lfi_context_on_stop(test.t.context, stopped);
}

/* A sum of what a run computed. */
static inline uint64_t mix(uint64_t sum, const void *data, size_t size)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++)
        sum = (sum ^ bytes[i]) * 0x100000001b3;
    return sum;
}

/* A thread; `data` says when it ends. */
static inline void *notify_all_the_time(void *data)
{
    const bool *ends = data;

    while (!__atomic_load_n(ends, __ATOMIC_ACQUIRE)) {
        lfi_context_notify(test.t.context);
        nanosleep(&(struct timespec){.tv_nsec = 1000}, NULL);
    }
    return NULL;
}

#endif
