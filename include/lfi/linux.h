// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * liblfi's Linux personality: runs a static-pie LFI program in a box, with its files, memory,
 * threads, time and signals. docs/lfi-run.md says what a program finds, docs/system-calls.md lists
 * the system calls.
 *
 * Functions that return `int` return 0 or a negative errno value; `struct lfi_error *` receives a
 * message for the user and may be NULL. A process object is used by one thread of the host; any
 * number of them may run side by side, each in its own box.
 *
 * The personality takes two real-time signals of the host for itself: SIGRTMIN + 3
 * (lfi_faults_install) and SIGRTMIN + 4 (wakes a thread of the box that waits in a host call).
 */
#ifndef LFI_LINUX_H
#define LFI_LINUX_H

#include <lfi/lfi.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lfi_process;

/*
 * A directory of the host (`host`) that the box sees at the absolute path `box`. A box that closes
 * a file there releases all locks that the process has on it by fcntl(F_SETLK): a host that locks
 * such files uses F_OFD_SETLK or flock().
 */
struct lfi_linux_dir {
    const char *box, *host;
};

/*
 * How much of the host one box can use; docs/lfi-run.md says what the program gets when it reaches
 * a limit. Zero means the default, which is not "none" where one is named. "The host's" is the soft
 * limit of the process when lfi_linux_new() is called.
 */
struct lfi_linux_limits {
    uint64_t memory;      /* bytes mapped, in memfds, and 384 KiB for each thread but the first:
                             default twice LFI_BOX_SIZE */
    uint64_t resident;    /* bytes of the box in memory, checked 20 times a second: no default */
    size_t mappings;      /* as the host's kernel counts them, and 4 for each thread but the first:
                             see lfi_box_limit_mappings() */
    uint64_t descriptors; /* at most 1024; default: half of the host's. Whatever the limit, the last
                             quarter of the host's numbers is never used */
    uint64_t threads;   /* with the first; default 1024, or a quarter of the host's RLIMIT_NPROC */
    uint64_t processor; /* milliseconds of processor time of all threads together, checked as
                           often as `resident`: no default */
    uint64_t nesting;   /* calls host, box, host: lfi_box_limit_nesting() */
};

/*
 * Sets one of them by its name: "memory=64M" (K, M, G), "processor=1500ms" (ms, s, m, h;
 * without a unit seconds), "threads=8". -EINVAL with a message.
 */
int lfi_linux_limit(struct lfi_linux_limits *limits, const char *text, struct lfi_error *error);

/*
 * An open file of the host, `host_fd`, that the box has as its descriptor `box_fd` (below 1024).
 * The caller keeps it open until lfi_linux_free(). A restricted box can read, write, poll, seek and
 * query, as the access mode allows; changes to the file itself (mode, owner, times, length by
 * ftruncate, flags, locks, terminal settings) give EPERM unless `allow_changes`. For such a box it
 * is not a directory, even if it is one for the host: no path starts there.
 */
struct lfi_linux_file {
    int box_fd, host_fd;
    bool allow_changes;
};

/* A system call of the box, as its registers have it. */
struct lfi_linux_call {
    struct lfi_context *context; /* of the thread that makes it */
    long number;                 /* the host's numbers (<sys/syscall.h>), or any other */
    uint64_t arguments[6];
    int64_t result; /* for the box: a value, or a negative errno value */
};

/*
 * Own system calls: sees every system call before the personality does, except those by which a
 * library rests. True: answered, with call->result. False: the personality serves it, with the
 * arguments as they are in *call now. Called on the host's stack by any thread of the box, several
 * at once, with no lock held. It returns normally: no longjmp, no exception. Where it waits, a
 * signal of the box or an interrupt ends the host's call with EINTR, but may come just before it.
 *
 * The arguments are the box's: any value, addresses included, and other threads of the box change
 * memory meanwhile. Copy what an address names by lfi_copy_in() or lfi_copy_string(), once, check
 * the copy and use the copy; answer by lfi_copy_out(). Never give an unchecked address, length or
 * descriptor to the host's kernel: an address of the host is as good for it as one of the box.
 */
typedef bool lfi_linux_hook_fn(struct lfi_linux_call *call, void *data);

/* Everything is copied. Zero means the default. */
struct lfi_linux_options {
    const char *const *argv; /* NULL-terminated; argv[0] is the program's name */
    const char *const *envp; /* NULL-terminated, or NULL for an empty environment */
    const struct lfi_linux_dir *dirs;
    size_t dir_count;
    const struct lfi_linux_file
        *files; /* default, NULL: 0, 1 and 2 where they are open, as the same
                   numbers; otherwise these `file_count` and no others */
    size_t file_count;
    const char *directory; /* the working directory, a path of the box; default: the host's own if
                              all of its files are visible, else "/" */
    unsigned mode;         /* the weakest LFI_MODE_* of <lfi/abi.h> that the program may have; 0 is
                              LFI_MODE_FULL, which accepts only itself. A program of mode `stores`
                              can read all of the host's memory, one of mode `jumps` write it, too */
    bool restricted;       /* only `dirs` are visible; otherwise all of the host's files, too */
    bool unverified;       /* do not verify, and accept a program of any mode: for measurements
                              only, there is no sandbox then */
    bool huge_pages;       /* back heap and large mappings with transparent huge pages */
    bool debug;            /* tell debuggers where the program is; with the file's path */
    bool trace;            /* print each system call on the host's standard error */
    bool stats;          /* count and time each system call, for lfi_linux_stats(); slower calls */
    unsigned file_mask;  /* the first umask, in addition to that of the host */
    uint64_t stack_size; /* of the main thread; default: the host's soft limit, at most 1 GiB */
    struct lfi_linux_limits limits;
    lfi_violation_fn *report; /* receives what the verifier refuses; may be NULL */
    void *data;               /* for report */
    lfi_linux_hook_fn *hook;  /* own system calls; may be NULL */
    void *hook_data;          /* for hook */
};

/*
 * Makes a process in an empty box, which must outlive it. -ENOENT, -ENOTDIR and the like for a bad
 * directory, -EBADF for a bad descriptor, -EINVAL for an unknown mode.
 */
int lfi_linux_new(struct lfi_box *box, const struct lfi_linux_options *options,
                  struct lfi_process **process, struct lfi_error *error);

/*
 * Loads the program in the host's file `path`: reads it once into private memory, checks, maps and
 * verifies it, and makes the first stack. -ENOEXEC if it is not an LFI program, -EACCES if the
 * verifier refuses it or its mode is weaker than the options allow.
 */
int lfi_linux_load(struct lfi_process *process, const char *path, struct lfi_error *error);

/*
 * The same with the file's contents in memory; `path` is only what the program is told, as if its
 * file were there. A restricted box is told the path at which it sees that file, or otherwise "/"
 * and the last component.
 */
int lfi_linux_load_bytes(struct lfi_process *process, const char *path, const void *bytes,
                         size_t size, struct lfi_error *error);

/* What to add to an address in the loaded file to get the address in the host's memory. */
uint64_t lfi_linux_bias(const struct lfi_process *process);

/* The mode of the loaded program, which its code was verified for: LFI_MODE_* of <lfi/abi.h>. */
unsigned lfi_linux_mode(const struct lfi_process *process);

enum lfi_linux_end {
    LFI_LINUX_EXITED, /* by exit: `status`, 0 … 255 */
    LFI_LINUX_KILLED, /* by a signal that it sent to itself (abort): `signal`; or by a limit:
                         SIGXCPU for `processor`, SIGKILL for `resident`, with a `report` */
    LFI_LINUX_FAULT,  /* by a fault of its code: `signal`, `fault`, `report` */
};

struct lfi_linux_result {
    enum lfi_linux_end end;
    int status;
    int signal;
    struct lfi_exit fault;
    char report[512]; /* of a fault or a limit, in words, lines end in \n; else empty */
};

/*
 * Runs the loaded program to its end, in the calling thread and in host threads for the threads
 * that it starts. When it returns, none of them is left. -ENOMEM and the errors of
 * lfi_context_run(); -EAGAIN if a limit needs a monitoring thread and it cannot be started.
 *
 * Signals of the host: the threads that the program starts block all of them except those that lfi
 * takes for itself; the calling thread keeps its mask (except for SIGPIPE and SIGXFSZ, which are
 * blocked during the run). So a signal that the host blocks in its own threads stays pending for
 * it.
 */
int lfi_linux_run(struct lfi_process *process, struct lfi_linux_result *result);

/*
 * What the program that lfi_linux_run() has run did. Times are in nanoseconds. Those in the box and
 * in calls are on the clock, waiting and descheduled time included, and summed over the threads;
 * the rest is of the whole process of the host, as getrusage(2) tells it, during the run.
 */
struct lfi_linux_stats {
    uint64_t elapsed;                    /* by the clock */
    uint64_t box, calls;                 /* in code of the box; in system calls */
    uint64_t call_count;                 /* of system calls */
    uint64_t threads;                    /* that ran, the first one included */
    uint64_t user, system;               /* processor time */
    uint64_t minor_faults, major_faults; /* page faults, without and with reading from a device */
    uint64_t mapped;                     /* the most that was mapped in the box, in bytes */
    uint64_t resident;                   /* the most that the process had in memory since its start,
                                            in bytes */
};

struct lfi_linux_call_stats {
    const char *name; /* static; NULL for one that the personality does not have */
    uint64_t count, failed;
    uint64_t time; /* in nanoseconds */
};

/*
 * For a process made with lfi_linux_options.stats, after lfi_linux_run(). -EINVAL without it.
 * lfi_linux_stats_call() tells of one call by its number in the box; the last number, 511, stands
 * for all that are larger. False: the number is too large, or there are no stats.
 */
int lfi_linux_stats(struct lfi_process *process, struct lfi_linux_stats *stats);
bool lfi_linux_stats_call(const struct lfi_process *process, unsigned number,
                          struct lfi_linux_call_stats *stats);

/*
 * Writes /tmp/perf-PID.map, from which `perf report` takes the names of the functions in the box.
 */
int lfi_linux_perf_map(struct lfi_process *process, struct lfi_error *error);

/*
 * The second wall, for hosts that do nothing but run boxes: if code of a box ever gets out, the
 * kernel refuses what the runtime itself does not do. docs/lfi-run.md says what remains possible.
 * All zero leaves the least.
 */
struct lfi_linux_confinement {
    struct lfi_process *const *processes; /* already made: their directories stay reachable */
    size_t process_count;
    const char *const *directories; /* of the host, for processes and files that come later */
    size_t directory_count;
    bool later_code; /* code is loaded after this: memory may still become executable */
};

struct lfi_linux_wall {
    bool filter;      /* of system calls: seccomp(2) */
    int landlock;     /* the version of landlock(7) that confines files; 0: none */
    char report[256]; /* the same in words, without a newline, and why something is missing */
};

/*
 * Confines the whole process for good: no new privileges, of root's capabilities only those that
 * files of boxes may need, no system calls except those that running boxes needs, no files opened
 * except below the directories, no executable memory unless `later_code`. Descriptors stay open:
 * first close those that a box that takes over the process must not have. Everything is copied;
 * *wall may be NULL. Call it once, after loading, while the process has one thread.
 *
 * What the kernel does not support is left out and reported in *wall; this is the case in QEMU's
 * user mode and in builds with sanitizers. -EBUSY: there are other threads already. -EALREADY: it
 * was called before. -ENOENT and the like: a directory cannot be opened. After an error some of it
 * may be in force: run no boxes then, or do so knowingly. Must not be called by two threads at
 * once.
 */
int lfi_linux_confine_host(const struct lfi_linux_confinement *what, struct lfi_linux_wall *wall,
                           struct lfi_error *error);

/* NULL is allowed. The memory stays mapped until lfi_box_free(). */
void lfi_linux_free(struct lfi_process *process);

#ifdef __cplusplus
}
#endif

#endif
