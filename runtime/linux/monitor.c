// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Monitors processor time and resident memory: a thread of the host that checks both periodically
 * and ends the process above a limit. It exists only while a process with such a limit runs, or for
 * as long as the library.
 *
 * A thread of the host in a library is in the box only during calls, and a call must not pay for
 * that being known. So each check charges it with all that it used since the last one if it is in a
 * call right now, and with nothing otherwise: right on average for many short calls, and within one
 * interval for a long one.
 */
#include "limit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "process.h"

#define INTERVAL 50000000 /* nanoseconds between two checks, */
#define SHARE    20       /* but at least this many times the processor time that a check takes, */
#define LONGEST  1000000000  /* but no more than this */
#define PATIENCE 100000000   /* nanoseconds that a check waits for the memory's lock */
#define CHUNK    (64u << 20) /* bytes per mincore */

struct monitor {
    struct lfi_process *process;
    pthread_t thread;
    pthread_mutex_t lock; /* held but for the wait between two checks */
    pthread_cond_t stop;
    bool stopping;
    unsigned char *pages;   /* for mincore, of a CHUNK of the smallest pages there are */
    struct linux_range *at; /* a copy of the ranges of the memory */
    size_t count, room;
};

static uint64_t now(clockid_t clock)
{
    struct timespec time;
    if (clock_gettime(clock, &time))
        return 0;
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* The processor time of a thread of this process: make_thread_cpuclock() of the kernel. */
static clockid_t clock_of(int tid)
{
    return (clockid_t)(~(unsigned)tid << 3 | 6);
}

static void charge(struct thread *thread)
{
    uint64_t used = now(clock_of(thread->owner_tid));
    if (used > thread->processor_before && lfi_context_entered(thread->context))
        thread->process->processor_used += used - thread->processor_before;
    thread->processor_before = used;
}

/* What the process's threads have used so far, including those that have ended. Nanoseconds. */
static uint64_t processor_time(struct lfi_process *process)
{
    pthread_mutex_lock(&process->lock);
    for (struct thread *thread = process->threads; thread; thread = thread->next) {
        if (thread->hosted)
            charge(thread);
    }
    uint64_t sum = process->processor_used;
    for (const struct thread *thread = process->threads; thread; thread = thread->next) {
        int tid = thread->left || thread->hosted ? 0 : atomic_load(&thread->host_tid);
        uint64_t used = tid ? now(clock_of(tid)) : 0;
        if (used > thread->processor_before)
            sum += used - thread->processor_before;
    }
    pthread_mutex_unlock(&process->lock);
    return sum;
}

/* Copies the ranges, so that the look needs the lock once. False: the copy is as it was. */
static bool copy_ranges(struct monitor *monitor)
{
    struct lfi_process *process = monitor->process;
    const struct linux_ranges *ranges = &process->memory.ranges;
    uint64_t end = now(CLOCK_REALTIME) + PATIENCE;
    struct timespec until = {(time_t)(end / 1000000000), (long)(end % 1000000000)};
    if (pthread_mutex_timedlock(&process->memory.lock, &until))
        return false;
    bool room = ranges->count <= monitor->room;
    if (!room) {
        struct linux_range *at = realloc(monitor->at, ranges->room * sizeof *at);
        room = at != NULL;
        if (at) {
            monitor->at = at;
            monitor->room = ranges->room;
        }
    }
    if (room) {
        memcpy(monitor->at, ranges->at, ranges->count * sizeof *ranges->at);
        monitor->count = ranges->count;
    }
    pthread_mutex_unlock(&process->memory.lock);
    return room;
}

/*
 * The bytes of the box that are in memory. Pages of files that the box could only read are the
 * host's cache. A box that keeps the lock from us, by changing its memory all the time, gains
 * nothing: then all that was not such a file at the last look counts.
 */
static uint64_t resident(struct monitor *monitor)
{
    const struct lfi_process *process = monitor->process;
    const struct linux_ranges *ranges = &process->memory.ranges;
    bool fresh = copy_ranges(monitor);
    uint64_t count = 0;
    for (size_t i = 0; i < monitor->count; i++) {
        uint32_t at = monitor->at[i].start, kind = monitor->at[i].kind;
        uint32_t end = i + 1 < monitor->count ? monitor->at[i + 1].start : ranges->end;
        if (!(kind & LINUX_RANGE_FILLED) && (fresh || kind != LINUX_RANGE_FREE))
            continue;
        for (uint32_t next; at < end; at = next) {
            uint64_t address = process->base + (uint64_t)at * lfi_page_size();
            next =
                end - at > CHUNK / lfi_page_size() ? at + (uint32_t)(CHUNK / lfi_page_size()) : end;
            if (mincore((void *)address, (uint64_t)(next - at) * lfi_page_size(), monitor->pages))
                continue;
            for (uint32_t k = 0; k < next - at; k++)
                count += monitor->pages[k] & 1;
        }
    }
    return count * lfi_page_size();
}

/* Whether a limit is exceeded; then *result says how the process ends. */
static bool exceeded(struct monitor *monitor, struct lfi_linux_result *result)
{
    const struct lfi_linux_limits *limits = &monitor->process->limits;
    size_t which;
    if (limits->processor && processor_time(monitor->process) / 1000000 >= limits->processor) {
        result->signal = SIGXCPU;
        which = offsetof(struct lfi_linux_limits, processor);
    } else if (limits->resident && resident(monitor) > limits->resident) {
        result->signal = SIGKILL;
        which = offsetof(struct lfi_linux_limits, resident);
    } else {
        return false;
    }
    result->end = LFI_LINUX_KILLED;
    linux_limits_report(limits, which, result->report, sizeof result->report);
    return true;
}

static void *watch(void *data)
{
    struct monitor *monitor = data;
    pthread_mutex_lock(&monitor->lock);
    while (!monitor->stopping) {
        struct lfi_linux_result result = {0};
        uint64_t start = now(CLOCK_THREAD_CPUTIME_ID);
        if (!atomic_load(&monitor->process->ending) && exceeded(monitor, &result))
            linux_process_kill(monitor->process, &result);
        uint64_t wait = (now(CLOCK_THREAD_CPUTIME_ID) - start) * SHARE;
        wait = wait < INTERVAL ? INTERVAL : wait > LONGEST ? LONGEST : wait;
        uint64_t end = now(CLOCK_MONOTONIC) + wait;
        struct timespec until = {(time_t)(end / 1000000000), (long)(end % 1000000000)};
        while (!monitor->stopping &&
               !pthread_cond_timedwait(&monitor->stop, &monitor->lock, &until))
            continue;
    }
    pthread_mutex_unlock(&monitor->lock);
    return NULL;
}

static void drop(struct monitor *monitor)
{
    pthread_mutex_destroy(&monitor->lock);
    pthread_cond_destroy(&monitor->stop);
    free(monitor->pages);
    free(monitor->at);
    free(monitor);
}

int linux_monitor_start(struct lfi_process *process)
{
    if (!process->limits.processor && !process->limits.resident)
        return 0;
    struct monitor *monitor = calloc(1, sizeof *monitor);
    if (!monitor)
        return -EAGAIN;
    pthread_condattr_t attributes;
    sigset_t all, before;
    monitor->process = process;
    monitor->pages = malloc(CHUNK / 4096);
    pthread_mutex_init(&monitor->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&monitor->stop, &attributes);
    pthread_condattr_destroy(&attributes);
    sigfillset(&all); /* no signal of the host is for it */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = !monitor->pages || !copy_ranges(monitor) ||
                 pthread_create(&monitor->thread, NULL, watch, monitor);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed) {
        drop(monitor);
        return -EAGAIN;
    }
    process->monitor = monitor;
    return 0;
}

void linux_monitor_stop(struct lfi_process *process)
{
    struct monitor *monitor = process->monitor;
    if (!monitor)
        return;
    pthread_mutex_lock(&monitor->lock);
    monitor->stopping = true;
    pthread_cond_signal(&monitor->stop);
    pthread_mutex_unlock(&monitor->lock);
    pthread_join(monitor->thread, NULL);
    process->monitor = NULL;
    drop(monitor);
}

void linux_monitor_pause(struct lfi_process *process)
{
    if (process->monitor)
        pthread_mutex_lock(&process->monitor->lock);
}

void linux_monitor_continue(struct lfi_process *process)
{
    if (process->monitor)
        pthread_mutex_unlock(&process->monitor->lock);
}
