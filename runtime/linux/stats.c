// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What a process did: calls by their number, and how long. Without lfi_linux_options.stats there is
 * no struct linux_stats, and nothing is counted; with it no call goes the light way (light.c).
 */
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "process.h"

/* What threads change at the same time is atomic; exact once they have ended. */
struct linux_stats {
    struct {
        atomic_ullong count, failed, time;
    } calls[CALLS_MAX];
    atomic_ullong threads, inside; /* nanoseconds from a thread's start to its end */
    struct rusage before, after;
    uint64_t start, elapsed;
};

uint64_t linux_stats_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

struct linux_stats *linux_stats_new(void)
{
    return calloc(1, sizeof(struct linux_stats));
}

void linux_stats_start(struct linux_stats *stats)
{
    getrusage(RUSAGE_SELF, &stats->before);
    stats->start = linux_stats_now();
}

void linux_stats_stop(struct linux_stats *stats)
{
    stats->elapsed = linux_stats_now() - stats->start;
    getrusage(RUSAGE_SELF, &stats->after);
}

void linux_stats_thread(struct linux_stats *stats, uint64_t start)
{
    atomic_fetch_add_explicit(&stats->inside, linux_stats_now() - start, memory_order_relaxed);
    atomic_fetch_add_explicit(&stats->threads, 1, memory_order_relaxed);
}

void linux_stats_call(struct linux_stats *stats, long number, int64_t result, uint64_t start)
{
    bool failed = result < 0 && result >= -4095;
    /* all numbers that the table does not have are counted together */
    size_t i = number >= 0 && number < CALLS_MAX ? (size_t)number : CALLS_MAX - 1;
    atomic_fetch_add_explicit(&stats->calls[i].count, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&stats->calls[i].failed, failed, memory_order_relaxed);
    atomic_fetch_add_explicit(&stats->calls[i].time, linux_stats_now() - start,
                              memory_order_relaxed);
}

static uint64_t microseconds(const struct timeval *after, const struct timeval *before)
{
    return (uint64_t)((after->tv_sec - before->tv_sec) * 1000000 + after->tv_usec -
                      before->tv_usec);
}

int lfi_linux_stats(struct lfi_process *process, struct lfi_linux_stats *result)
{
    const struct linux_stats *stats = process->stats;
    if (!stats)
        return -EINVAL;
    uint64_t calls = 0, count = 0;
    for (size_t i = 0; i < CALLS_MAX; i++) {
        count += atomic_load(&stats->calls[i].count);
        calls += atomic_load(&stats->calls[i].time);
    }
    uint64_t inside = atomic_load(&stats->inside);
    const struct rusage *before = &stats->before, *after = &stats->after;
    *result = (struct lfi_linux_stats){
        .elapsed = stats->elapsed,
        .box = inside > calls ? inside - calls : 0,
        .calls = calls,
        .call_count = count,
        .threads = atomic_load(&stats->threads),
        .user = microseconds(&after->ru_utime, &before->ru_utime) * 1000,
        .system = microseconds(&after->ru_stime, &before->ru_stime) * 1000,
        .minor_faults = (uint64_t)(after->ru_minflt - before->ru_minflt),
        .major_faults = (uint64_t)(after->ru_majflt - before->ru_majflt),
        .resident = (uint64_t)after->ru_maxrss * 1024,
    };
    pthread_mutex_lock(&process->memory.lock);
    result->mapped = process->memory.ranges.peak * lfi_page_size();
    pthread_mutex_unlock(&process->memory.lock);
    return 0;
}

bool lfi_linux_stats_call(const struct lfi_process *process, unsigned number,
                          struct lfi_linux_call_stats *result)
{
    const struct linux_stats *stats = process->stats;
    if (!stats || number >= CALLS_MAX)
        return false;
    *result = (struct lfi_linux_call_stats){
        .name = linux_calls[number].name,
        .count = atomic_load(&stats->calls[number].count),
        .failed = atomic_load(&stats->calls[number].failed),
        .time = atomic_load(&stats->calls[number].time),
    };
    return true;
}
