// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The limits of a process: struct lfi_linux_limits with every default filled in, and the monitor of
 * those that no system call runs into (monitor.c).
 */
#ifndef LFI_LINUX_LIMIT_H
#define LFI_LINUX_LIMIT_H

#include <lfi/linux.h>

struct lfi_process;
struct rlimit;

/* Roughly what one thread of a box costs the host besides its pages in the box. */
#define LINUX_THREAD_MEMORY (384u << 10)
/* Its stack and the one for signals, each with a guard. */
#define LINUX_THREAD_MAPPINGS 4

/* How many descriptors of the host one system call may have open at a time for its own use. */
#define LINUX_CALL_DESCRIPTORS 3

/*
 * Fills in the defaults, some of which depend on the limits of the host's process. -EINVAL, with
 * the limit's name in the message, for a value out of bounds.
 */
int linux_limits_resolve(struct lfi_linux_limits *limits, struct lfi_error *error);

/* "limit NAME (VALUE) reached", for reports. `offset` is the member's in struct lfi_linux_limits.
 */
void linux_limits_report(const struct lfi_linux_limits *limits, size_t offset, char *text,
                         size_t size);

/* What the box itself made of its limits: setrlimit(2). */
#define LINUX_RLIMITS 16
struct linux_lowered {
    unsigned set; /* a bit for each resource */
    uint64_t soft[LINUX_RLIMITS], hard[LINUX_RLIMITS];
};

/*
 * setrlimit(2): 0, -EINVAL, or -EPERM for more than there is and for what is the host's. Both with
 * the process's lock held; linux_limits_apply() after `lowered` has changed.
 */
int linux_limits_set(struct lfi_process *process, unsigned resource, const struct rlimit *limit);
void linux_limits_apply(struct lfi_process *process);

/* What getrlimit(2) of the box says. False: the host's value. */
bool linux_limits_get(const struct lfi_process *process, unsigned resource, struct rlimit *limit);

/*
 * The host's descriptors. Those from *bound on are left to the host, however many others have: the
 * kernel gives out the lowest free number. At most *calls system calls of a box may be opening
 * something at a time, each with LINUX_CALL_DESCRIPTORS.
 */
void linux_limits_descriptors(int *bound, unsigned *calls);

/* monitor.c: starts the monitoring thread, if the limits need one; 0 or -EAGAIN. */
int linux_monitor_start(struct lfi_process *process);
/* Waits for its end. No thread of the box may be left by then. */
void linux_monitor_stop(struct lfi_process *process);
/* In between it looks at nothing, and does not end the process. It waits for a look under way. */
void linux_monitor_pause(struct lfi_process *process);
void linux_monitor_continue(struct lfi_process *process);

#endif
