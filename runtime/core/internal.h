// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What the files of core share and nothing else sees. */
#ifndef LFI_INTERNAL_H
#define LFI_INTERNAL_H

#include "machine.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

/* How addresses are reserved: of mmap(2), with PROT_NONE. */
#define RESERVE_FLAGS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

/* What pages.c knows about 4096 pages: bits of each. */
#define CHUNK_PAGES 4096u
#define BOX_CHUNKS  ((LFI_BOX_SIZE >> 12) / CHUNK_PAGES)
enum page_bit {
    PAGE_USED, /* may differ from what was reserved */
    PAGE_EDGE, /* one of the kernel's mappings may begin here */
    PAGE_READ, /* protection, as it was last asked for */
    PAGE_WRITE,
    PAGE_CODE,
    PAGE_EVER_CODE, /* is or was code */
    PAGE_SHARED,    /* mapped shared */
    PAGE_FILE,      /* a private mapping of a file: not zero to begin with */
    PAGE_FROZEN,    /* the same, of the file of a snapshot; zero to begin with all the same */
    PAGE_CHANGED,   /* since the box was frozen, by anything but writing to it */
    PAGE_BITS
};
#define BIT(which) (1u << PAGE_##which)
struct page_chunk {
    uint64_t bits[PAGE_BITS][CHUNK_PAGES / 64];
};

/* Boxes side by side, and what they share: a run of addresses, all of them reserved (space.c). */
struct core_reservation {
    struct core_reservation *next;
    uint64_t start, size;
    uint64_t first;       /* base of the first box */
    uint64_t trampolines; /* address of the trampoline page */
    size_t count;         /* places for boxes */
    struct machine_reservation machine;
    size_t used; /* like what follows, under the space's lock */
    bool taken[];
};

struct lfi_space {
    struct core_reservation *reservations; /* in the order in which boxes take their places */
    uint32_t features;                     /* FEATURE_* of the machine */
    long mapping_pool;                     /* mappings for all boxes together */
    long mappings;                         /* atomic: an upper bound of those that the boxes have */
    int maps;                              /* /proc/self/maps, or -1 */
    pthread_mutex_t maps_lock;             /* for readers of it */
    pthread_mutex_t lock;                  /* of what follows, places, and what machine.c keeps */
    struct lfi_shared_code *return_code;   /* the first one of lfi_box_map_return(), or NULL */
};

struct lfi_box {
    struct core_callback *callbacks; /* atomic: CALLBACKS_MAX of them, or NULL; gate.S: first */
    struct lfi_space *space;
    struct core_reservation *reservation; /* of the space, that holds the box */
    uint64_t base;
    uint64_t return_address; /* lfi_box_map_return, or 0 */
    uint32_t contexts;       /* atomic */
    unsigned nesting;        /* atomic: lfi_box_limit_nesting, or 0 */
    bool
        free_stack; /* atomic: holds unverified code or that of LFI_MODE_JUMPS: any stack pointer */
    bool unverified;      /* atomic: holds unverified code: nothing is known of its instructions */
    pthread_mutex_t lock; /* held across host calls that change mappings; guards what follows */
    struct page_chunk *chunks[BOX_CHUNKS]; /* NULL: no bit is set */
    long mappings;                         /* an upper bound of the kernel's in the box */
    long mapping_limit;                    /* 0: a share of the space's */
    struct core_snapshot *snapshot;        /* of lfi_box_freeze(), or NULL */
    bool restoring;                        /* goes back to it: the limits of mappings do not hold */
    struct lfi_context *first;             /* its contexts, a list */
    bool apart;                    /* memory in use became PROT_NONE: see lfi_box_protect() */
    long calls;                    /* that changed mappings since these were counted */
    pthread_mutex_t callback_lock; /* of what follows, and for writers of `callbacks` */
    uint64_t *stub_pages;          /* addresses, in order of the callbacks' numbers */
    size_t stub_page_count;
    uint32_t callback_next; /* from here on a search for a free one begins */
};

/* Bits of lfi_context.interrupt. gate.S looks at the first only. UNSENT: STOP without a signal,
 * since the kernel had no room for it. */
enum core_interrupt { INTERRUPT_END = 1, INTERRUPT_STOP = 2, INTERRUPT_UNSENT = 4 };

/* Where a stop is: before an entry, whose registers are in the frame; at any instruction, whose
 * registers the signal had; or a fault there. */
enum core_stop { STOP_ENTRY, STOP_INSIDE, STOP_FAULT };

struct lfi_context {
    uint32_t interrupt;        /* atomic; enum core_interrupt; read by switch.S: must be first */
    int tid;                   /* atomic: the thread that is in the context, or 0 */
    struct core_frame *active; /* the innermost stay, or NULL */
    struct machine_context machine;
    struct lfi_box *box;
    lfi_syscall_fn *serve;
    lfi_light_fn *light; /* or NULL */
    lfi_light_done_fn *light_done;
    void *data;
    struct lfi_context *next, *previous; /* of the same box; under the box's lock */
    uint64_t owner;            /* atomic: id of the thread in it, or that it is attached to, or 0 */
    struct core_frame *gate;   /* of an outermost gate call; NULL unless attached */
    struct core_frame **gates; /* of gate calls, by depth */
    size_t gate_count;
    lfi_gate_failed_fn *failed; /* or NULL */
    bool failing;               /* atomic: a call ended, and `failed` is not done with it */
    int status;                 /* of lfi_context_stop, lfi_callback_unwind */
    struct lfi_stop fault;      /* the last one */
    lfi_stopped_fn *stopped;    /* or NULL */
    enum core_stop stop;        /* of a thread on its way to core_stopped() */
    struct core_frame frame;    /* of lfi_context_run */
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
    struct lfi_context *refused_context; /* or NULL */
    struct lfi_exit exit;                /* of the last gate call that did not return */
    unsigned prepared;                   /* depth of lfi_thread_prepare() */
    unsigned kept; /* prepared until the thread ends: rounds of destructors to wait */
    int tid;
    bool notified; /* by a signal that found it outside of the box; atomic for its handler */
    void *stack;   /* the alternate signal stack */
    size_t stack_size;
    stack_t former_stack;
    sigset_t former_mask;
    int former_cancel; /* of pthread_setcancelstate() */
    bool bounds_known;
    uint64_t stack_low, stack_high;    /* of the thread's own stack; both 0 if unknown */
    const struct lfi_context *failing; /* whose `failed` it calls, until that detaches it */
};

/* Signal handlers read it, so the model must be one that never allocates. */
extern __thread struct core_thread core_thread
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

/* Its address. Hidden from gcc, which under UBSan would compare it with 0 by the flags of an
 * addition that the linker replaces by a lea. */
static inline struct core_thread *core_self(void)
{
    struct core_thread *self = &core_thread;
    __asm__("" : "+r"(self));
    return self;
}

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
/* -ENOMEM: the boxes have as many mappings as they may have. */
int core_pages_init(struct lfi_box *box);
void core_pages_free(struct lfi_box *box);
/*
 * Before a host call that makes a range one mapping (`replaces`) or cuts mappings at its ends.
 * -ENOMEM: out of memory, or too many mappings.
 */
int core_pages_admit(struct lfi_box *box, uint64_t address, size_t size, bool replaces);
/* Whether any page has the bit. */
bool core_pages_any(struct lfi_box *box, enum page_bit which, uint64_t address, size_t size);
/* From now on all may differ. After core_pages_admit(), before the host call. */
void core_pages_use(struct lfi_box *box, uint64_t address, size_t size);
void core_pages_protected(struct lfi_box *box, uint64_t address, size_t size, int prot);
void core_pages_code(struct lfi_box *box, uint64_t address, size_t size);
/* The range is one new mapping with these BIT()s, or (0) reserved. */
void core_pages_replaced(struct lfi_box *box, uint64_t address, size_t size, unsigned bits);
/* As they are after the freeze, or the reset. */
void core_pages_unchanged(struct lfi_box *box, uint64_t address, size_t size);
/*
 * The bits of `mask` that the page at `address` has, and where the run of pages ends that have the
 * same, at `end` at the latest. Of the box now, or of chunks that were copied.
 */
unsigned core_pages_run(const struct lfi_box *box, struct page_chunk *const *chunks, unsigned mask,
                        uint64_t address, uint64_t end, uint64_t *run_end);

/* memory.c: -EINVAL unless the range is a non-empty run of usable pages. */
int core_check_range(const struct lfi_box *box, uint64_t address, size_t size);
/* With the box's lock held: what the public functions do, and nothing is checked. */
int core_unmap(struct lfi_box *box, uint64_t address, size_t size);
int core_map_memory(struct lfi_box *box, uint64_t address, size_t size, int prot, bool populate);
/* Takes over what `staged` points to, unless it fails. */
int core_place(struct lfi_box *box, void *staged, uint64_t address, size_t size, unsigned bits);

/* context.c: whether a thread is in a context of the box, whose lock is held. */
bool core_box_entered(const struct lfi_box *box);

/* code.c: the bundle of code that is at the address now, and that nothing but this will ever be
 * there. False: there is no code. */
bool core_code_bundle(struct lfi_box *box, uint64_t address, uint8_t bundle[LFI_BUNDLE_SIZE]);

/* snapshot.c: a memfd, or -errno; all of it written; nothing can change it any more. */
int core_memory_file(const char *name);
int core_write_all(int file, const void *from, size_t size, uint64_t offset);
int core_seal(int file);
/* With the box's lock held. */
void core_snapshot_free(struct core_snapshot *snapshot);
/* Whether the range has pages that were code or shared when the box was frozen: they stay. */
bool core_snapshot_pins(const struct lfi_box *box, uint64_t address, size_t size);
/* Whether it has any that were used then. */
bool core_snapshot_used(const struct lfi_box *box, uint64_t address, size_t size);
#pragma GCC visibility pop

static inline unsigned core_prot_bits(int prot)
{
    return (prot & PROT_READ ? BIT(READ) : 0) | (prot & PROT_WRITE ? BIT(WRITE) : 0);
}

static inline int core_bits_prot(unsigned bits)
{
    return (bits & BIT(READ) ? PROT_READ : 0) | (bits & BIT(WRITE) ? PROT_WRITE : 0);
}

/* faults.c */
__attribute__((visibility("hidden"))) bool core_faults_installed(void);
__attribute__((visibility("hidden"))) int core_faults_interrupt_signal(void);
__attribute__((visibility("hidden"))) void core_faults_signals(sigset_t *set);

#endif
