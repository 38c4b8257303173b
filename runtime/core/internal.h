// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What the files of core share and nothing else sees. */
#ifndef LFI_INTERNAL_H
#define LFI_INTERNAL_H

#include "machine.h"

#include <pthread.h>
#include <signal.h>

/* How addresses are reserved: of mmap(2), with PROT_NONE. */
#define RESERVE_FLAGS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

/* A run of code pages, absolute addresses. */
struct code_range {
    uint64_t start, end;
};

/* What pages.c knows about 16384 pages. */
#define CHUNK_PAGES 16384u
#define BOX_CHUNKS  ((LFI_BOX_SIZE >> 12) / CHUNK_PAGES)
enum page_bit { PAGE_USED, PAGE_EDGE };
struct page_chunk {
    uint64_t bits[2][CHUNK_PAGES / 64];
};

struct lfi_space {
    uint8_t *reservation;
    size_t reservation_size;
    uint64_t first;       /* base of the first box */
    uint64_t trampolines; /* address of the trampoline page */
    size_t count;         /* places for boxes */
    uint32_t features;    /* FEATURE_* of the machine */
    struct machine_space machine;
    long mapping_pool;         /* mappings for all boxes together */
    long mappings;             /* atomic: an upper bound of those that the boxes have */
    int maps;                  /* /proc/self/maps, or -1 */
    pthread_mutex_t maps_lock; /* for readers of it */
    pthread_mutex_t lock;      /* of what follows */
    size_t used;
    bool *taken; /* count places */
};

struct lfi_box {
    struct core_callback *callbacks; /* atomic: CALLBACKS_MAX of them, or NULL; gate.S: first */
    struct lfi_space *space;
    uint64_t base;
    uint64_t return_address; /* lfi_box_map_return, or 0 */
    uint32_t contexts;       /* atomic */
    unsigned nesting;        /* atomic: lfi_box_limit_nesting, or 0 */
    bool
        free_stack; /* atomic: holds unverified code or that of LFI_MODE_JUMPS: any stack pointer */
    pthread_mutex_t lock;    /* held across host calls that change mappings; guards what follows */
    struct code_range *code; /* ascending, disjoint */
    size_t code_count, code_room;
    struct code_range *ever; /* all that was ever code, one entry a call of lfi_box_map_code() */
    size_t ever_count, ever_room;
    struct page_chunk *chunks[BOX_CHUNKS]; /* NULL: no bit is set */
    long mappings;                         /* an upper bound of the kernel's in the box */
    long mapping_limit;                    /* 0: a share of the space's */
    bool apart;                    /* memory in use became PROT_NONE: see lfi_box_protect() */
    long calls;                    /* that changed mappings since these were counted */
    pthread_mutex_t callback_lock; /* of what follows, and for writers of `callbacks` */
    uint64_t *stub_pages;          /* addresses, in order of the callbacks' numbers */
    size_t stub_page_count;
    uint32_t callback_next; /* from here on a search for a free one begins */
};

struct lfi_context {
    uint32_t interrupt;        /* atomic; read by switch.S: must be first */
    int tid;                   /* atomic: the thread that is in the context, or 0 */
    struct core_frame *active; /* the innermost stay, or NULL */
    struct machine_context machine;
    struct lfi_box *box;
    lfi_syscall_fn *serve;
    void *data;
    uint64_t owner;            /* atomic: id of the thread in it, or that it is attached to, or 0 */
    struct core_frame *gate;   /* of an outermost gate call; NULL unless attached */
    struct core_frame **gates; /* of gate calls, by depth */
    size_t gate_count;
    int status; /* of lfi_context_stop, lfi_callback_unwind */
    int fault_signal, fault_code;
    uint64_t fault_address;
    struct core_frame frame; /* of lfi_context_run */
};

/*
 * What belongs to a thread of the host. The only way from a runtime call to its context: the box
 * can neither name nor change the register of thread-local storage (%fs, tpidr_el0). The
 * trampolines use `frame` and `machine`.
 */
struct core_thread {
    struct core_frame *frame; /* the innermost stay in a box, or NULL */
    struct core_frame *gate;  /* what lfi_gate() prepared, until the gate takes it */
    int gate_kind;            /* how the last gate call ended; its size is a word of gate.S */
    int refused;              /* why the next one is refused, or 0 */
    uint64_t id;              /* never used again, or 0 */
    struct machine_thread machine;
    lfi_shape refused_shape;
    struct lfi_exit exit; /* of the last gate call that did not return */
    unsigned prepared;    /* depth of lfi_thread_prepare() */
    unsigned kept;        /* prepared until the thread ends: rounds of destructors to wait */
    int tid;
    void *stack; /* the alternate signal stack */
    size_t stack_size;
    stack_t former_stack;
    sigset_t former_mask;
    bool bounds_known;
    uint64_t stack_low, stack_high; /* of the thread's own stack; both 0 if unknown */
};

/* Signal handlers read it, so the model must be one that never allocates. */
extern __thread struct core_thread core_thread
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

__attribute__((format(printf, 2, 3), visibility("hidden"))) void
core_explain(struct lfi_error *error, const char *format, ...);

/* thread.c: a number for this thread; what lfi_thread_prepare() does, until the thread ends. */
__attribute__((visibility("hidden"))) uint64_t core_thread_id(void);
__attribute__((visibility("hidden"))) int core_thread_keep(void);
/* Whether the thread still is as lfi_thread_prepare() left it. For debug builds. */
__attribute__((visibility("hidden"))) bool core_thread_ready(void);

/* context.c: 0 or -EBUSY. A frame of this thread's stay gets what it needs of its context. */
__attribute__((visibility("hidden"))) int core_context_claim(struct lfi_context *context);
__attribute__((visibility("hidden"))) void core_frame_fill(struct core_frame *frame,
                                                           struct lfi_context *context);
/* Takes down why the stay of `frame` ended. */
__attribute__((visibility("hidden"))) void
core_frame_exit(struct core_frame *frame, enum lfi_exit_kind kind, struct lfi_exit *exit);

/* gate.c */
__attribute__((visibility("hidden"))) void core_callbacks_init(struct lfi_box *box);
__attribute__((visibility("hidden"))) void core_callbacks_free(struct lfi_box *box);

/* thread.c: whether this thread may enter the box once more, within the stays it is in. */
__attribute__((visibility("hidden"))) bool core_thread_may_nest(const struct lfi_box *box);

/*
 * For a process whose reservation may have a hole: says why on standard error and ends it with
 * SIGABRT, without calling a handler of the host.
 */
__attribute__((noreturn, visibility("hidden"))) void core_stop(const char *why);

/*
 * memory.c. Both replace what is mapped at [address, address + size), all of which is mapped, in
 * one step: by a reservation, or by a mapping that is moved there. After an error nothing has
 * changed; where that is not certain, they do not return.
 */
__attribute__((visibility("hidden"))) int core_reserve(uint64_t address, size_t size);
__attribute__((visibility("hidden"))) int core_move_in(void *staged, uint64_t address, size_t size);

/* pages.c; ranges are usable addresses of the box, whose lock is held. */
#pragma GCC visibility push(hidden)
void core_pages_space_init(struct lfi_space *space);
void core_pages_space_free(struct lfi_space *space);
void core_pages_init(struct lfi_box *box);
void core_pages_free(struct lfi_box *box);
/*
 * Before a host call that makes a range one mapping (`replaces`) or cuts mappings at its ends.
 * -ENOMEM: out of memory, or too many mappings.
 */
int core_pages_admit(struct lfi_box *box, uint64_t address, size_t size, bool replaces);
/* Whether any page may differ from what was reserved. */
bool core_pages_used(struct lfi_box *box, uint64_t address, size_t size);
/* From now on all may differ. After core_pages_admit(), before the host call. */
void core_pages_use(struct lfi_box *box, uint64_t address, size_t size);
/* The range is one new mapping, or (not `used`) reserved. */
void core_pages_replaced(struct lfi_box *box, uint64_t address, size_t size, bool used);
#pragma GCC visibility pop

/* faults.c */
__attribute__((visibility("hidden"))) bool core_faults_installed(void);
__attribute__((visibility("hidden"))) int core_faults_interrupt_signal(void);
__attribute__((visibility("hidden"))) void core_faults_signals(sigset_t *set);

#endif
