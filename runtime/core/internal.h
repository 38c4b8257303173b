// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What the files of core share and nobody else sees. */
#ifndef LFI_INTERNAL_H
#define LFI_INTERNAL_H

#include "core.h"
#include "machine.h"

#include <pthread.h>
#include <signal.h>

/* A run of code pages, absolute addresses. */
struct code_range {
    uint64_t start, end;
};

struct lfi_space {
    uint8_t *reservation;
    size_t reservation_size;
    uint64_t first;       /* base of the first box */
    uint64_t trampolines; /* address of the trampoline page */
    size_t count;         /* places for boxes */
    uint32_t features;    /* FEATURE_* of the machine */
    struct machine_space machine;
    pthread_mutex_t lock; /* of what follows */
    size_t used;
    bool *taken; /* count places */
};

struct lfi_box {
    struct lfi_space *space;
    uint64_t base;
    uint64_t return_address; /* lfi_box_map_return, or 0 */
    uint32_t contexts;       /* atomic */
    unsigned nesting;        /* atomic: lfi_box_limit_nesting, or 0 */
    bool
        free_stack; /* atomic: holds code of LFI_MODE_JUMPS or unverified code: any stack pointer */
    bool broken;    /* atomic: lost a part of its reservation */
    pthread_mutex_t lock; /* held across host calls that change mappings; guards the code ranges */
    struct code_range *code; /* ascending, disjoint */
    size_t code_count, code_room;
    struct code_range *ever; /* all that was ever code, one entry a call of lfi_box_map_code() */
    size_t ever_count, ever_room;
};

struct lfi_context {
    uint32_t interrupt; /* atomic; read by switch.S: must be first */
    int tid;            /* atomic: the thread that is in the context, or 0 */
    struct lfi_box *box;
    lfi_syscall_fn *serve;
    void *data;
    struct machine_context machine;
    struct lfi_thread *owner; /* the thread in it */
    struct lfi_frame *active; /* the innermost stay, or NULL */
    int status;               /* of lfi_context_stop */
    int fault_signal, fault_code;
    uint64_t fault_address;
    struct lfi_frame frame; /* of lfi_context_run */
};

/*
 * What belongs to a thread of the host. The only way from a runtime call to its context: the box
 * can neither name nor change the register of thread-local storage (%fs, tpidr_el0). The
 * trampolines use `frame` and `machine`.
 */
struct lfi_thread {
    struct lfi_frame *frame; /* the innermost stay in a box, or NULL */
    struct machine_thread machine;
    unsigned prepared; /* depth of lfi_thread_prepare() */
    unsigned depth;    /* stays in boxes, one within the other */
    int tid;
    void *stack; /* the alternate signal stack */
    size_t stack_size;
    stack_t former_stack;
    sigset_t former_mask;
    bool bounds_known;
    uint64_t stack_low, stack_high; /* of the thread's own stack; both 0 if nobody knows */
};

/* Signal handlers read it, so the model must be one that never allocates. */
extern __thread struct lfi_thread lfi_thread
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

__attribute__((format(printf, 2, 3), visibility("hidden"))) void
lfi_explain(struct lfi_error *error, const char *format, ...);

/* thread.c: whether this thread may enter the box once more, within the stays it is in. */
__attribute__((visibility("hidden"))) bool lfi_thread_may_nest(const struct lfi_box *box);

/* faults.c */
__attribute__((visibility("hidden"))) bool lfi_faults_installed(void);
__attribute__((visibility("hidden"))) int lfi_faults_interrupt_signal(void);
__attribute__((visibility("hidden"))) void lfi_faults_signals(sigset_t *set);

#endif
