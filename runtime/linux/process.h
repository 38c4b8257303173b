// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A Linux process in a box: what the system calls share.
 */
#ifndef LFI_LINUX_PROCESS_H
#define LFI_LINUX_PROCESS_H

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <lfi/linux.h>

#include "fdtable.h"
#include "limit.h"
#include "paths.h"
#include "proc.h"
#include "ranges.h"
#include "symbols.h"

#define HOST_SIGNAL_INTERRUPT (SIGRTMIN + 3)
#define HOST_SIGNAL_WAKE      (SIGRTMIN + 4)

/* clock_gettime(2) without libc: 0 or a negative errno value. */
typedef long linux_clock_fn(long clock, void *timespec);

/* A signal's action, as the kernel's rt_sigaction has it (all our architectures but for restorer).
 */
struct action {
    uint64_t handler;
    uint64_t flags;
    uint64_t restorer;
    uint64_t mask;
};

/*
 * A signal with the head of its siginfo_t, which is all that any has: pending.c. `tid` is 0 for one
 * that was sent to the process. `timer`: of a timer of the box, its number and 1.
 */
struct linux_signal {
    int number, tid, timer;
    uint64_t trap, error; /* of a fault: struct lfi_stop */
    struct {
        int number, error, code, padding;
        union {
            struct {
                int first, second; /* the sender's process and user; a timer and its overruns */
            };
            uint64_t address;
        };
        uint64_t value, more[2];
    } info;
};
#define LINUX_SIGNALS_QUEUED 128 /* in a process: RLIMIT_SIGPENDING */

/* A call that a signal ended, to be made again after its handler. */
struct linux_restart {
    bool possible; /* the handler's SA_RESTART decides */
    bool certain;  /* the registers are those of the call, already */
    long number;
    uint64_t first; /* argument */
};

/*
 * What processes share that load one file: its code, which the first has verified, and its symbols.
 * Whoever has it keeps it as long as one of them, and then calls linux_shared_free().
 */
#define LINUX_SHARED_MAX 8
struct linux_shared {
    pthread_mutex_t lock;
    struct lfi_shared_code *code[LINUX_SHARED_MAX]; /* of the segments, by their number */
    struct linux_symbols symbols;
    bool has_symbols;
};
void linux_shared_free(struct linux_shared *shared);

struct memory {
    pthread_mutex_t lock; /* held across the host call, so that the ranges are accurate */
    struct linux_ranges ranges;
    uint64_t brk_start, brk; /* addresses */
    uint64_t brk_mapped;     /* mapped up to here; beyond brk only with huge pages */
};

struct thread {
    struct lfi_process *process;
    struct lfi_context *context;
    struct thread *next;
    atomic_int host_tid;       /* 0 until it runs */
    atomic_int wake;           /* wait.c: its next wait in the host does not begin */
    bool left;                 /* it will not enter the box again */
    bool unsent;               /* wait.c: `wake` without a signal, as the kernel had no room */
    bool unheard;              /* linux_signals_insist() */
    int tid;                   /* as the box knows it */
    uint64_t clear_tid;        /* address to clear and wake at the end, or 0 */
    uint64_t robust;           /* set_robust_list(2), or 0 */
    bool charged;              /* LINUX_THREAD_MEMORY and LINUX_THREAD_MAPPINGS are */
    uint64_t processor_before; /* processor time of the host's thread before, in ns; hosted: at the
                                  monitor's last look */

    /* rest.c */
    int owner_tid;         /* of the host's thread that it is of; host_tid is 0 outside of calls */
    bool hosted;           /* it rests, and threads of the host call functions on its stack */
    bool starting, rested; /* linux_rest_run() waits for its rest; it came */
    struct lfi_regs rest;  /* its state at the rest */
    bool adopting;         /* the next thread that it starts becomes `adopted` instead */
    struct thread *adopted;

    /* signals.c */
    _Atomic uint64_t mask;                   /* only the thread itself changes it */
    struct linux_signal claimed;             /* it is to be delivered next; its number, or 0 */
    atomic_ullong pending;                   /* sent to this thread */
    uint64_t stack, stack_size, stack_flags; /* sigaltstack */
    bool suspended; /* restore_mask holds what the mask will be after the handler */
    uint64_t restore_mask;

    /* light.c: the call is answered, the rest is for linux_serve(); a file to be dropped there */
    bool answered;
    int64_t answer;
    struct linux_file *held; /* or NULL */
};

struct lfi_process {
    struct lfi_box *box;
    uint64_t base;
    struct memory memory;
    struct linux_paths paths;
    struct linux_fdtable files;
    struct linux_symbols own_symbols;
    const struct linux_symbols *symbols; /* its own, or those that it shares; NULL: not loaded */
    struct linux_debugger_entry *debugger;
    unsigned weakest_mode; /* LFI_MODE_*: what a program may ask for */
    unsigned mode;         /* of the loaded program */
    bool unverified, huge_pages, debug, trace;
    bool watched;              /* a hook, a trace or stats: no call goes the light way */
    struct linux_stats *stats; /* or NULL */
    lfi_linux_hook_fn *hook;   /* or NULL */
    void *hook_data;
    struct linux_shared *shared;        /* of the file to be loaded, or NULL */
    void *library;                      /* not NULL: its threads may rest, the main one does */
    uint64_t functions[LFI_REST_WORDS]; /* what its first thread said as it rested */
    lfi_violation_fn *report;
    void *report_data;
    char **argv, **envp;
    char *program; /* its path in the box, for /proc/self/exe */
    char *started; /* the path that it was started with, for AT_EXECFN */
    char *file;    /* the host's path of its file, for debuggers; never shown to the box */
    bool restricted;
    struct linux_own own;
    uint64_t stack_size;
    uint64_t image_start, image_end;  /* addresses */
    uint64_t image_bias;              /* the address in the file of what is at image_start */
    uint64_t stack_guard, guard_size; /* the pages below the main stack */
    bool signals;                     /* lfi_faults_install() succeeded */
    struct lfi_linux_limits limits;   /* those with a default are all set */
    linux_clock_fn *clock;            /* linux_vdso_clock() */
    struct monitor *monitor;          /* or NULL */

    pthread_mutex_t lock; /* for all below */
    struct linux_file *cwd;
    pthread_cond_t gone; /* a thread left the list */
    struct thread *threads;
    struct thread *main;
    int pid, last_tid;
    struct linux_lowered lowered;  /* limits */
    int nice;                      /* getpriority(2); it has no effect */
    _Atomic uint64_t thread_count; /* only changed with the lock */
    uint64_t processor_used;       /* by threads that have left and those that are hosted, in ns */
    _Atomic mode_t umask;          /* in addition to the host's */
    struct action actions[64];
    atomic_ullong pending;                            /* sent to the process */
    struct linux_signal queued[LINUX_SIGNALS_QUEUED]; /* the pending ones, the oldest first */
    unsigned queued_count;
    bool unheard;                     /* a thread may be */
    struct linux_timers *timers;      /* or NULL */
    struct linux_signalfd *signalfds; /* the first of them, or NULL */
    atomic_bool ending;
    struct thread *ender;           /* who set it */
    struct lfi_linux_result result; /* set by the thread that sets `ending` */
};

/* One system call: its arguments, checked as the table says. */
struct call {
    struct thread *thread;
    struct lfi_process *process;
    struct lfi_regs *regs;
    long number;
    uint64_t arg[6];            /* descriptors are the host's */
    int fd;                     /* the first argument as it was given */
    struct linux_file *file[6]; /* of FD and DIR arguments */
    const char *path[2];        /* of PATH arguments, in order; NULL for a null pointer */
    bool registers_set;         /* *regs is complete; there is no result to be stored */
    bool opening;               /* linux_begin_opening() */
    bool final;                 /* a signal ends it with SA_RESTART, too */
    bool again;                 /* the registers are those of a call to be made */
    char text[2][PATH_MAX];
};

typedef int64_t handler_fn(struct call *call);

/* A system call of the host: the result or a negative errno value. */
#define host(number, ...) host_result(syscall(number, ##__VA_ARGS__))
static inline int64_t host_result(long result)
{
    return result == -1 ? -errno : result;
}

/*
 * wait.c: a system call of the host that may wait. -EINTR: the thread has claimed a signal of the
 * box, or the process ends, may be before the call began. A wake-up for a signal that another
 * thread took does not end the call, which begins again: with its timeout, unless the host's kernel
 * stores what remains. linux_wait_try() returns LINUX_NOT_BEGUN instead, for those who count time
 * themselves or wait for something else.
 */
#define HOST_WAIT(number, thread, ...) \
    linux_wait((thread), (number), (const uint64_t[6]){__VA_ARGS__})
int64_t linux_wait(struct thread *thread, long number, const uint64_t arg[6]);
int64_t linux_wait_try(struct thread *thread, long number, const uint64_t arg[6]);
/* Ends the wait that the thread is in or is about to begin. The process's lock is held. False: the
 * kernel has no room for the signal. */
bool linux_thread_wake(struct thread *thread);
/* The handler of HOST_SIGNAL_WAKE. */
void linux_wait_woken(int signal, siginfo_t *info, void *context);

/* How an argument is checked: part of the table, see syscalls.def. */
enum argument_kind {
    ARG_VALUE,
    ARG_FD,
    ARG_DIR,
    ARG_PATH,
    ARG_MAYBE_PATH,
    ARG_STRUCT,
    ARG_MAYBE,
    ARG_BUFFER,
    ARG_POINTER,
};

/* What a call does with an open file: part of the table, too. */
enum file_use { USE_TRANSFER = 1, USE_ASK, USE_CHANGE, USE_SOME };

struct argument {
    uint8_t kind;
    uint16_t size; /* STRUCT, MAYBE: in bytes; BUFFER: the argument that holds the length; FD: its
                      use */
};

struct entry {
    const char *name;
    handler_fn *handler;
    handler_fn *light; /* or NULL */
    unsigned count;    /* of arguments */
    struct argument arguments[6];
};

#define CALLS_MAX 512

/* dispatch.c: the table, by number; unsupported calls have no handler. */
extern const struct entry linux_calls[CALLS_MAX];
void linux_serve(struct lfi_context *context, struct lfi_regs *regs);

/* light.c */
lfi_light_fn linux_serve_light;
lfi_light_done_fn linux_light_done;
/* Of a light handler: nothing is done, the other one must; the host's call is to be made. */
#define LINUX_NOT_LIGHT INT64_MIN
#define LINUX_HOST_CALL (INT64_MIN + 1)
/* ASan and TSan call functions of theirs from everywhere, which use what they like. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LINUX_LIGHT false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LINUX_LIGHT false
#endif
#endif
#ifndef LINUX_LIGHT
#define LINUX_LIGHT true
#endif

/* The architecture's part: ARCH/arch.c; registers of calls: ARCH/call.h. */
/* ARCH/general.c: whether what is reached from `entry`, an offset, stays within the code and uses
 * general registers only. */
bool linux_arch_general(const void *code, size_t size, uint64_t entry);
/* The vDSO's, or NULL if there is none that linux_arch_general() says this of. */
linux_clock_fn *linux_vdso_clock(void);
void linux_arch_clone_arguments(const uint64_t arg[6], uint64_t *child_tid, uint64_t *tls);
/* AT_PLATFORM, and of the host's AT_HWCAP and AT_HWCAP2 what code of a box can use. */
const char *linux_arch_platform(void);
void linux_arch_capabilities(uint64_t *first, uint64_t *second);
void linux_arch_start(struct lfi_regs *regs, uint64_t entry, uint64_t stack);
void linux_arch_set_stack(struct lfi_regs *regs, uint64_t stack);
uint64_t linux_arch_get_stack(const struct lfi_regs *regs);
uint64_t linux_arch_get_pc(const struct lfi_regs *regs);
uint64_t linux_arch_get_result(const struct lfi_regs *regs);
/* Where a signal of the host came: of its handler's ucontext_t. */
uint64_t linux_arch_signal_pc(const void *context);
void linux_arch_signal_set_pc(void *context, uint64_t pc);
int64_t linux_arch_signal_result(const void *context); /* of a system call, at its end */
/* Puts the frame of a handler on the stack that ends at `top` (0: the current one), not below
 * `least`: 0 or -EFAULT. `restart`: the registers are those of a call that is to be made when it
 * returns. */
int linux_arch_signal_enter(struct thread *thread, struct lfi_regs *regs,
                            const struct linux_signal *signal, const struct action *action,
                            uint64_t old_mask, uint64_t top, uint64_t least, bool restart);
/* Takes registers, mask and `restart` back from the frame: 0 or -EFAULT. */
int linux_arch_signal_leave(struct thread *thread, struct lfi_regs *regs, uint64_t *mask,
                            bool *restart);

/* memory.c */
bool linux_memory_init(struct lfi_process *process);
void linux_memory_free(struct lfi_process *process);
/* Counts memory outside of the box's pages, in pages. False: the limit is reached. */
bool linux_memory_charge(struct lfi_process *process, int64_t pages);
/* For the loader: claims a part of the box permanently, so that the program cannot change it. */
bool linux_memory_claim(struct lfi_process *process, uint64_t address, uint64_t size,
                        uint32_t kind);
/* Whether the program has anything at the address. */
bool linux_memory_has(struct lfi_process *process, uint64_t address);
/* As linux_memory_claim() for pages of code anywhere: the address, or 0. */
uint64_t linux_memory_place(struct lfi_process *process, uint32_t pages);

/* load.c, stack.c */
#define LINUX_IMAGE_MAX 0xf0000000u /* bytes of a file, and of what it becomes in a box */
/* Reads a program's file once into memory from malloc. -ENOEXEC if it cannot be one. */
int linux_read_image(const char *path, uint8_t **bytes, size_t *size, struct lfi_error *error);
int linux_build_stack(struct lfi_process *process, const struct lfi_image *image, uint64_t *stack,
                      struct lfi_error *error);

/* threads.c */
struct thread *linux_thread_new(struct lfi_process *process);
/* A new context for it: 0 or a negative errno value. */
int linux_thread_context(struct thread *thread, struct lfi_context **context);
/* The calling thread of the host is from now on the one that is in a hosted thread. */
void linux_thread_own(struct thread *thread);
/* What it asked for its end: set_robust_list(2) and set_tid_address(2). */
void linux_thread_clear_tid(struct thread *thread);
void linux_thread_end(struct thread *thread); /* leaves the list, frees */
/* That of a number, or NULL. The process's lock is held. */
struct thread *linux_thread_find(const struct lfi_process *process, int tid);
void linux_process_end(struct thread *thread, const struct lfi_linux_result *result);
/* Interrupts all threads, wherever they are: in the box, or in a wait in the host. */
void linux_threads_interrupt(struct lfi_process *process);
/* Ends the process from outside: waits until all threads have left the box. */
void linux_process_kill(struct lfi_process *process, const struct lfi_linux_result *result);
/* Runs a thread in the calling host thread until it ends, and updates the process accordingly. */
int linux_thread_run(struct thread *thread);

void linux_report_fault(struct thread *thread, const struct lfi_exit *exit,
                        struct lfi_linux_result *result);
/* Waits until no thread is left but the main one and those that are hosted. */
void linux_threads_wait(struct lfi_process *process);

/*
 * rest.c: the threads of a library, which rest while the host calls functions on their stacks.
 * linux_rest_run() runs one until it rests: 0; -ENOEXEC: it ended without a rest; -ECANCELED: the
 * process ended. linux_rest_adopt() calls boxrt on the maker's stack for a new thread, which has
 * not run yet: -EAGAIN if it makes none. linux_rest_end() lets it run to its end.
 */
int linux_rest_run(struct thread *thread);
int linux_rest_adopt(struct thread *maker, uint64_t stack_size, struct thread **adopted);
void linux_rest_end(struct thread *thread);
/* The system call LFI_CALL_REST. */
int64_t linux_rest(struct thread *thread, const struct lfi_regs *regs, uint64_t functions);

/*
 * freeze.c: what the personality knows of a library's box besides its memory, as it was. No thread
 * is in the box. -EBUSY: it has threads of its own. Thawing keeps the threads of the host that
 * there were; others must have ended. `renew` gives them new contexts, which no interrupt is
 * waiting for.
 */
struct linux_frozen;
int linux_freeze(struct lfi_process *process, struct linux_frozen **frozen);
int linux_thaw(struct lfi_process *process, const struct linux_frozen *frozen, bool renew);
void linux_frozen_free(struct linux_frozen *frozen); /* may be NULL */
/* Whether it has this thread. */
bool linux_frozen_has(const struct linux_frozen *frozen, const struct thread *thread);
/* The thread is about to end. */
void linux_frozen_forget(struct linux_frozen *frozen, const struct thread *thread);

/* signals.c */
void linux_signals_blocked(sigset_t *set); /* in the thread that runs the process */
/* Drops those of the set that our own writing caused, unless they were in `pending` before. */
void linux_signals_drop(const sigset_t *set, const sigset_t *pending);
void linux_signals_of_thread(sigset_t *set);
lfi_stopped_fn linux_stopped;
bool linux_signals_deliver(struct thread *thread, struct lfi_regs *regs,
                           const struct linux_restart *restart);
LFI_LIGHT static inline bool linux_signals_pending(struct thread *thread)
{
    uint64_t pending = atomic_load_explicit(&thread->pending, memory_order_relaxed) |
                       atomic_load_explicit(&thread->process->pending, memory_order_relaxed);
    uint64_t mask = atomic_load_explicit(&thread->mask, memory_order_relaxed);
    return (pending & ~mask) != 0 || thread->suspended || thread->claimed.number;
}
/* The mask of 8 bytes at that address, if any, for the time of a call: 0 or an error. And back,
 * unless a signal is to be delivered with it; returns the call's result. */
int64_t linux_signals_suspend(struct call *call, uint64_t address, uint64_t size);
int64_t linux_signals_resume(struct call *call, int64_t result);

/*
 * pending.c: signals from sending to delivery. All but linux_signals_claim() with the process's
 * lock held.
 */
#define LINUX_SIGNAL_BIT(number) (1ull << ((number)-1))
#define LINUX_SIGNALS            64
#define LINUX_FIRST_REAL_TIME    32
bool linux_signal_ignored(const struct lfi_process *process, int number);
/*
 * To a thread, or to the process (NULL). 1: the process must end, since nothing handles the signal
 * and a thread does not block it; -EAGAIN: the queue is full.
 */
int linux_signal_send(struct lfi_process *process, struct thread *thread,
                      const struct linux_signal *signal);
/*
 * Where the kernel had no room to tell threads of what is pending (RLIMIT_SIGPENDING): tells them
 * again. True: it still has none, so this is to be called again soon.
 */
bool linux_signals_insist(struct lfi_process *process);
#define LINUX_SOON 1000000 /* ns */
/* Takes one of the signals `wanted` that are pending for the thread. */
bool linux_signal_take(struct thread *thread, uint64_t wanted, struct linux_signal *signal);
/* Forgets those of a number, or of a thread, or of a timer; 0: not by this. */
void linux_signals_forget(struct lfi_process *process, int number, int tid);
void linux_signal_pipe(struct thread *thread); /* SIGPIPE, without the lock */
/* Takes one that the thread does not block and that does something: then it is thread->claimed. */
bool linux_signals_claim(struct thread *thread);

/* stats.c. Times are in ns, `start` is of linux_stats_now(). */
struct linux_stats *linux_stats_new(void); /* to be freed by free() */
uint64_t linux_stats_now(void);
void linux_stats_start(struct linux_stats *stats); /* the process runs */
void linux_stats_stop(struct linux_stats *stats);
void linux_stats_thread(struct linux_stats *stats, uint64_t start); /* has ended */
void linux_stats_call(struct linux_stats *stats, long number, int64_t result, uint64_t start);

/* signalfd.c; the last one with the process's lock held, after what is pending has changed */
struct linux_signalfd *linux_signalfd_hold(struct linux_signalfd *signals);
void linux_signalfd_drop(struct linux_signalfd *signals); /* may be NULL, as for hold */
int64_t linux_signalfd_read(struct call *call);
void linux_signalfds_update(struct lfi_process *process);

/* timers.c: of the box's timers. A process that has some cannot be frozen, nor be thawed. */
void linux_timers_stop(struct lfi_process *process); /* may be called again */
bool linux_timers_exist(const struct lfi_process *process);
/* A thread of the box is about to end; as the next one with the process's lock held. */
void linux_timers_leave(struct lfi_process *process, int tid);
void linux_timer_delivered(struct lfi_process *process, struct linux_signal *signal);

/* memfd.c: files[0] or [2] of the call is a memfd. `vector` is checked, or NULL. */
struct iovec;
struct linux_memfd *linux_memfd_new(struct lfi_process *process);
struct linux_memfd *linux_memfd_hold(struct linux_memfd *memory);
void linux_memfd_drop(struct linux_memfd *memory); /* may be NULL, as for hold */
void linux_memfd_mapped(struct linux_memfd *memory);
int64_t linux_memfd_call(struct call *call, const struct iovec *vector, uint64_t count);

/* files.c */
/* Before the call opens a descriptor of the host; the dispatcher ends it. False: -EMFILE. */
bool linux_begin_opening(struct call *call);
struct stat;
void linux_virtual_stat(struct stat *status, uint64_t inode); /* the rest is as the host has it */
int linux_add_descriptor(struct call *call, int host_fd, const struct linux_found *found,
                         int flags);

/* names.c: call->path[0] as linux_path_open() opens it, from the working directory */
int linux_open_here(struct call *call, int flags, struct linux_found *found);

/* paths: where a DIR argument starts */
static inline struct linux_place linux_place_of(const struct linux_file *file)
{
    return (struct linux_place){
        .fd = file->host, .map = file->map, .box = file->box, .given = file->given != NULL};
}

void linux_say(struct lfi_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A handler of the table: HANDLER(read_vector) { … call->arg[0] … } */
#define HANDLER(name) int64_t linux_sys_##name(struct call *call)
/* One that the light way may use. */
#define LIGHT_HANDLER(name) LFI_LIGHT HANDLER(name)

#define CALL(x86_64, generic, name, handler, light, ...) \
    handler_fn linux_sys_##handler, linux_sys_##light;
#include "syscalls.def"
#undef CALL

#endif
