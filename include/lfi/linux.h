// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * liblfi's Linux personality: runs a static-pie LFI program in a box, with its files, memory,
 * threads, time and signals. docs/lfi-run.md says what a program finds, docs/system-calls.md lists
 * the system calls.
 *
 * Functions that return `int` return 0 or a negative errno value; `struct lfi_error *` receives a
 * sentence for a person and may be NULL. One process object is for one thread of the host; any
 * number of them may run side by side, each in a box of its own.
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

/* A directory of the host (`host`) that the box sees at the absolute path `box`. */
struct lfi_linux_dir {
    const char *box, *host;
};

/* What a box may use of what it shares with the host. Zero means the default. */
struct lfi_linux_limits {
    size_t mappings; /* as the host's kernel counts them: see lfi_box_limit_mappings() */
};

/* All is copied. Zero means the default. */
struct lfi_linux_options {
    const char *const *argv; /* NULL-terminated; argv[0] is the program's name */
    const char *const *envp; /* NULL-terminated, or NULL for an empty environment */
    const struct lfi_linux_dir *dirs;
    size_t dir_count;
    const char *directory; /* the working directory, a path of the box; default: the host's own if
                              all of its files are visible, else "/" */
    bool restricted;       /* only `dirs` are visible; otherwise all of the host's files, too */
    bool unverified;       /* do not verify: for measuring only, there is no sandbox then */
    bool huge_pages;       /* back heap and large mappings with transparent huge pages */
    bool debug;            /* tell debuggers where the program is; with the file's path */
    bool trace;            /* print each system call on the host's standard error */
    unsigned file_mask;    /* the first umask, in addition to that of the host */
    struct lfi_linux_limits limits;
    uint64_t stack_size; /* of the main thread; default: the host's soft limit, at most 1 GiB */
    lfi_violation_fn *report; /* receives what the verifier refuses; may be NULL */
    void *data;               /* for report */
};

/*
 * Makes a process in an empty box. It gets the host's descriptors 0, 1 and 2 as its own, where they
 * are open. The box must outlive it. -ENOENT, -ENOTDIR and the like for a bad directory.
 */
int lfi_linux_new(struct lfi_box *box, const struct lfi_linux_options *options,
                  struct lfi_process **process, struct lfi_error *error);

/*
 * Loads the program in the host's file `path`: reads it once into private memory, checks, maps and
 * verifies it, and makes the first stack. -ENOEXEC if it is no LFI program, -EACCES if the verifier
 * refuses it.
 */
int lfi_linux_load(struct lfi_process *process, const char *path, struct lfi_error *error);

/* The same with the file's contents in memory; `path` is only what the program is told. */
int lfi_linux_load_bytes(struct lfi_process *process, const char *path, const void *bytes,
                         size_t size, struct lfi_error *error);

/* What to add to an address of the loaded file for the address in the host's memory. */
uint64_t lfi_linux_bias(const struct lfi_process *process);

enum lfi_linux_end {
    LFI_LINUX_EXITED, /* by exit: `status`, 0 … 255 */
    LFI_LINUX_KILLED, /* by a signal that it sent itself (abort): `signal` */
    LFI_LINUX_FAULT,  /* by a fault of its code: `signal`, `fault`, `report` */
};

struct lfi_linux_result {
    enum lfi_linux_end end;
    int status;
    int signal;
    struct lfi_exit fault;
    char report[512]; /* of a fault, in words, lines end in \n */
};

/*
 * Runs the loaded program to its end, in the calling thread and in host threads for the threads
 * that it starts. When it returns, none of them is left. -ENOMEM and the errors of
 * lfi_context_run().
 */
int lfi_linux_run(struct lfi_process *process, struct lfi_linux_result *result);

/*
 * Writes /tmp/perf-PID.map, from which `perf report` takes the names of the functions in the box.
 */
int lfi_linux_perf_map(struct lfi_process *process, struct lfi_error *error);

/* NULL is allowed. The memory stays mapped until lfi_box_free(). */
void lfi_linux_free(struct lfi_process *process);

#ifdef __cplusplus
}
#endif

#endif
