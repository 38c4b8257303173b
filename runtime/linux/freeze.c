// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What the personality knows of a box besides its memory, and of the threads that rest in it: taken
 * once, put back any number of times.
 */
#include "process.h"

#include <stdlib.h>
#include <string.h>

struct kept_thread {
    struct thread *thread;       /* NULL: it has ended since */
    struct lfi_context *context; /* a copy of its context: never run */
    struct thread state;         /* its signals and rest */
};

struct linux_frozen {
    struct linux_range *ranges;
    size_t range_count;
    uint64_t used, charged;
    uint64_t brk, brk_mapped;
    struct linux_kept_files files;
    struct linux_file *cwd;
    int last_tid;
    mode_t umask;
    struct action actions[64];
    uint64_t pending;
    struct linux_signal queued[LINUX_SIGNALS_QUEUED];
    unsigned queued_count;
    uint64_t processor_used;
    struct linux_lowered lowered;
    int nice;
    struct kept_thread *threads;
    size_t thread_count;
};

void linux_frozen_free(struct linux_frozen *frozen)
{
    if (!frozen)
        return;
    linux_fdtable_forget(&frozen->files);
    linux_file_drop(frozen->cwd);
    for (size_t i = 0; i < frozen->thread_count; i++)
        lfi_context_free(frozen->threads[i].context);
    free(frozen->threads);
    free(frozen->ranges);
    free(frozen);
}

static int keep_memory(struct memory *memory, struct linux_frozen *frozen)
{
    pthread_mutex_lock(&memory->lock);
    size_t size = memory->ranges.count * sizeof *frozen->ranges;
    frozen->ranges = malloc(size);
    if (frozen->ranges) {
        memcpy(frozen->ranges, memory->ranges.at, size);
        frozen->range_count = memory->ranges.count;
        frozen->used = memory->ranges.used;
        frozen->charged = memory->ranges.charged;
        frozen->brk = memory->brk;
        frozen->brk_mapped = memory->brk_mapped;
    }
    pthread_mutex_unlock(&memory->lock);
    return frozen->ranges ? 0 : -ENOMEM;
}

/* The process's lock is held. */
static int keep_threads(struct lfi_process *process, struct linux_frozen *frozen)
{
    frozen->threads = calloc(process->thread_count, sizeof *frozen->threads);
    if (!frozen->threads)
        return -ENOMEM;
    for (struct thread *at = process->threads; at; at = at->next) {
        struct kept_thread *kept = &frozen->threads[frozen->thread_count];
        if (!at->hosted)
            return -EBUSY;
        if (lfi_context_new(process->box, linux_serve, NULL, &kept->context))
            return -ENOMEM;
        lfi_context_copy(kept->context, at->context);
        kept->thread = at;
        kept->state = *at;
        frozen->thread_count++;
    }
    return 0;
}

int linux_freeze(struct lfi_process *process, struct linux_frozen **made)
{
    struct linux_frozen *frozen = calloc(1, sizeof *frozen);
    if (!frozen)
        return -ENOMEM;
    pthread_mutex_lock(&process->lock);
    int failed = keep_threads(process, frozen);
    frozen->cwd = process->cwd;
    linux_file_hold(frozen->cwd);
    frozen->last_tid = process->last_tid;
    frozen->umask = process->umask;
    memcpy(frozen->actions, process->actions, sizeof frozen->actions);
    frozen->pending = process->pending;
    frozen->queued_count = process->queued_count;
    memcpy(frozen->queued, process->queued, frozen->queued_count * sizeof *frozen->queued);
    if (linux_timers_exist(process))
        failed = -EBUSY;
    frozen->processor_used = process->processor_used;
    frozen->lowered = process->lowered;
    frozen->nice = process->nice;
    pthread_mutex_unlock(&process->lock);
    if (!failed)
        failed = keep_memory(&process->memory, frozen);
    linux_fdtable_keep(&process->files, &frozen->files);
    if (failed)
        linux_frozen_free(frozen);
    else
        *made = frozen;
    return failed;
}

bool linux_frozen_has(const struct linux_frozen *frozen, const struct thread *thread)
{
    for (size_t i = 0; frozen && i < frozen->thread_count; i++) {
        if (frozen->threads[i].thread == thread)
            return true;
    }
    return false;
}

void linux_frozen_forget(struct linux_frozen *frozen, const struct thread *thread)
{
    for (size_t i = 0; frozen && i < frozen->thread_count; i++) {
        if (frozen->threads[i].thread == thread)
            frozen->threads[i].thread = NULL;
    }
}

static int restore_memory(struct memory *memory, const struct linux_frozen *frozen)
{
    struct linux_ranges *ranges = &memory->ranges;
    int failed = 0;
    pthread_mutex_lock(&memory->lock);
    if (ranges->room < frozen->range_count) {
        struct linux_range *at = realloc(ranges->at, frozen->range_count * sizeof *at);
        failed = at ? 0 : -ENOMEM;
        if (at) {
            ranges->at = at;
            ranges->room = frozen->range_count;
        }
    }
    if (!failed) {
        memcpy(ranges->at, frozen->ranges, frozen->range_count * sizeof *ranges->at);
        ranges->count = frozen->range_count;
        ranges->used = frozen->used;
        memory->brk = frozen->brk;
        memory->brk_mapped = frozen->brk_mapped;
    }
    pthread_mutex_unlock(&memory->lock);
    return failed;
}

/*
 * Threads that ended and files that were closed are no longer charged, but memfds that were mapped
 * are, until here. Those that were there before may have grown, and are left as they are.
 */
static void restore_charge(struct lfi_process *process, const struct linux_frozen *frozen)
{
    uint64_t charged = frozen->charged;
    if (frozen->files.memory)
        return;
    for (size_t i = 0; i < frozen->thread_count; i++) {
        if (!frozen->threads[i].thread && frozen->threads[i].state.charged)
            charged -= LINUX_THREAD_MEMORY / lfi_page_size();
    }
    pthread_mutex_lock(&process->memory.lock);
    process->memory.ranges.charged = charged;
    pthread_mutex_unlock(&process->memory.lock);
}

static int restore_thread(const struct kept_thread *kept, bool renew)
{
    struct thread *thread = kept->thread;
    struct lfi_context *context = thread->context;
    if (renew) {
        int failed = linux_thread_context(thread, &context);
        if (!failed)
            failed = lfi_context_free(thread->context);
        if (failed)
            return failed;
        thread->context = context;
    }
    lfi_context_copy(context, kept->context);
    thread->clear_tid = kept->state.clear_tid;
    thread->robust = kept->state.robust;
    thread->mask = atomic_load(&kept->state.mask);
    thread->claimed.number = 0;
    thread->pending = kept->state.pending;
    thread->wake = 1; /* for these, and those of the process */
    thread->stack = kept->state.stack;
    thread->stack_size = kept->state.stack_size;
    thread->stack_flags = kept->state.stack_flags;
    thread->suspended = kept->state.suspended;
    thread->restore_mask = kept->state.restore_mask;
    thread->rested = kept->state.rested;
    thread->rest = kept->state.rest;
    return 0;
}

int linux_thaw(struct lfi_process *process, const struct linux_frozen *frozen, bool renew)
{
    int failed = restore_memory(&process->memory, frozen);
    linux_fdtable_restore(&process->files, &frozen->files);
    restore_charge(process, frozen);
    pthread_mutex_lock(&process->lock);
    if (process->cwd != frozen->cwd) {
        linux_file_drop(process->cwd);
        linux_file_hold(frozen->cwd);
        process->cwd = frozen->cwd;
    }
    process->last_tid = frozen->last_tid;
    process->umask = frozen->umask;
    memcpy(process->actions, frozen->actions, sizeof process->actions);
    process->pending = frozen->pending;
    process->queued_count = frozen->queued_count;
    memcpy(process->queued, frozen->queued, frozen->queued_count * sizeof *frozen->queued);
    linux_signalfds_update(process);
    process->processor_used = frozen->processor_used;
    process->nice = frozen->nice;
    if (process->lowered.set || frozen->lowered.set) {
        process->lowered = frozen->lowered;
        linux_limits_apply(process);
    }
    for (size_t i = 0; !failed && i < frozen->thread_count; i++) {
        if (frozen->threads[i].thread)
            failed = restore_thread(&frozen->threads[i], renew);
    }
    process->ender = NULL;
    memset(&process->result, 0, sizeof process->result);
    pthread_mutex_unlock(&process->lock);
    return failed;
}
