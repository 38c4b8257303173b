// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Signals of a box between sending and delivery. A bit says that a signal is pending, for a thread
 * or for the process, and the queue of the process has its siginfo_t. A signal below SIGRTMIN is
 * pending once; others are queued, in their order, until the queue is full. One without an entry
 * has the information of kill().
 */
#include "process.h"

#include <string.h>

/* signal(7): what happens to a signal without an action. */
static bool ignored_by_default(int number)
{
    switch (number) {
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH:
    case SIGSTOP: /* nothing could continue it */
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
        return true;
    default:
        return false;
    }
}

bool linux_signal_ignored(const struct lfi_process *process, int number)
{
    uint64_t handler = process->actions[number - 1].handler;
    return handler == (uintptr_t)SIG_IGN ||
           (handler == (uintptr_t)SIG_DFL && ignored_by_default(number));
}

static uint64_t mask_of(const struct thread *thread)
{
    return atomic_load_explicit(&thread->mask, memory_order_relaxed);
}

/* Whether its default action, the end of the process, is due at once. */
static bool is_fatal(const struct lfi_process *process, const struct thread *thread, int number)
{
    if (process->actions[number - 1].handler != (uintptr_t)SIG_DFL || ignored_by_default(number))
        return false;
    if (thread)
        return !(mask_of(thread) & LINUX_SIGNAL_BIT(number));
    for (thread = process->threads; thread; thread = thread->next) {
        if (!thread->left && !(mask_of(thread) & LINUX_SIGNAL_BIT(number)))
            return true;
    }
    return false;
}

/* Wherever it is; but a thread of the host has calls of the host's to make, which must not end. */
static void rouse(struct thread *thread)
{
    bool heard = linux_thread_wake(thread);
    if (!thread->hosted)
        heard = !lfi_context_notify(thread->context) && heard;
    thread->unheard = !heard;
    thread->process->unheard |= !heard;
}

bool linux_signals_insist(struct lfi_process *process)
{
    if (!process->unheard)
        return false;
    process->unheard = false;
    for (struct thread *thread = process->threads; thread; thread = thread->next) {
        bool again = thread->unheard;
        thread->unheard = false;
        if (again && (atomic_load(&thread->pending) || atomic_load(&process->pending)))
            rouse(thread);
    }
    return process->unheard;
}

int linux_signal_send(struct lfi_process *process, struct thread *thread,
                      const struct linux_signal *signal)
{
    int number = signal->number;
    uint64_t bit = LINUX_SIGNAL_BIT(number);
    const struct thread *target = thread ? thread : process->main;
    if (linux_signal_ignored(process, number) && !(target && (mask_of(target) & bit)))
        return 0;
    atomic_ullong *set = thread ? &thread->pending : &process->pending;
    if (number < LINUX_FIRST_REAL_TIME && (atomic_load(set) & bit))
        return 0;
    if (process->queued_count < LINUX_SIGNALS_QUEUED) {
        struct linux_signal *entry = &process->queued[process->queued_count++];
        *entry = *signal;
        entry->tid = thread ? thread->tid : 0;
    } else if (number >= LINUX_FIRST_REAL_TIME && signal->info.code != SI_USER) {
        return -EAGAIN;
    }
    atomic_fetch_or(set, bit);
    linux_signalfds_update(process);
    if (is_fatal(process, thread, number))
        return 1;
    /* Those that block it, too: they may be about to change that, or wait for it. */
    if (thread)
        rouse(thread);
    for (struct thread *at = thread ? NULL : process->threads; at; at = at->next)
        rouse(at);
    return 0;
}

static void remove_entry(struct lfi_process *process, unsigned index)
{
    struct linux_signal *at = &process->queued[index];
    memmove(at, at + 1, (size_t)(--process->queued_count - index) * sizeof *at);
}

/* The oldest entry of that signal, or queued_count. */
static unsigned find(const struct lfi_process *process, int number, int tid)
{
    unsigned i = 0;
    while (i < process->queued_count &&
           (process->queued[i].number != number || process->queued[i].tid != tid))
        i++;
    return i;
}

static bool take_from(struct lfi_process *process, atomic_ullong *set, int tid, uint64_t wanted,
                      struct linux_signal *signal)
{
    uint64_t pending = atomic_load(set) & wanted;
    if (!pending)
        return false;
    int number = __builtin_ctzll(pending) + 1;
    unsigned index = find(process, number, tid);
    if (index < process->queued_count) {
        *signal = process->queued[index];
        remove_entry(process, index);
    } else {
        *signal = (struct linux_signal){.number = number, .tid = tid};
        signal->info.number = number;
        signal->info.first = process->pid;
        signal->info.second = (int)getuid();
    }
    if (find(process, number, tid) == process->queued_count)
        atomic_fetch_and(set, ~LINUX_SIGNAL_BIT(number));
    linux_signalfds_update(process);
    if (signal->timer)
        linux_timer_delivered(process, signal);
    return true;
}

bool linux_signal_take(struct thread *thread, uint64_t wanted, struct linux_signal *signal)
{
    struct lfi_process *process = thread->process;
    return take_from(process, &thread->pending, thread->tid, wanted, signal) ||
           take_from(process, &process->pending, 0, wanted, signal);
}

void linux_signals_forget(struct lfi_process *process, int number, int tid)
{
    for (unsigned i = process->queued_count; i-- > 0;) {
        const struct linux_signal *at = &process->queued[i];
        if ((number && at->number == number) || (tid && at->tid == tid))
            remove_entry(process, i);
    }
    if (!number)
        return;
    atomic_fetch_and(&process->pending, ~LINUX_SIGNAL_BIT(number));
    for (struct thread *thread = process->threads; thread; thread = thread->next)
        atomic_fetch_and(&thread->pending, ~LINUX_SIGNAL_BIT(number));
    linux_signalfds_update(process);
}

void linux_signal_pipe(struct thread *thread)
{
    struct lfi_process *process = thread->process;
    struct linux_signal signal = {.number = SIGPIPE};
    signal.info.number = SIGPIPE;
    signal.info.first = process->pid;
    signal.info.second = (int)getuid();
    pthread_mutex_lock(&process->lock);
    linux_signal_send(process, thread, &signal); /* it is taken at once, or blocked */
    pthread_mutex_unlock(&process->lock);
}

bool linux_signals_claim(struct thread *thread)
{
    struct lfi_process *process = thread->process;
    struct linux_signal signal;
    uint64_t pending = atomic_load(&thread->pending) | atomic_load(&process->pending);
    uint64_t wanted = ~mask_of(thread);
    if (thread->claimed.number || !(pending & wanted))
        return thread->claimed.number;
    pthread_mutex_lock(&process->lock);
    while (!thread->claimed.number && linux_signal_take(thread, wanted, &signal)) {
        if (!linux_signal_ignored(process, signal.number))
            thread->claimed = signal;
    }
    pthread_mutex_unlock(&process->lock);
    return thread->claimed.number;
}
