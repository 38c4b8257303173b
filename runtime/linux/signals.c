// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Signals that the program sends to itself: kill, tkill, tgkill, and what musl makes of them
 * (abort, raise, pthread_kill, pthread_cancel). They are delivered at the end of a system call,
 * where the state of the program is known; a thread that waits in the host is woken for it.
 *
 * Not delivered to the box: signals of the host, and faults, which end the program with a report.
 */
#include "process.h"

#include <string.h>
#include <time.h>

#define BIT(number) (1ull << ((number)-1))

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

/* What the host's kernel sends to a thread that writes: signals for the box, not for the host. */
void linux_signals_blocked(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGPIPE); /* dispatch.c makes one for the box */
    sigaddset(set, SIGXFSZ);
}

/* Signals that our own writing caused are the box's; those that others sent go to the host. */
void linux_signals_drop(const sigset_t *set, const sigset_t *pending)
{
    struct timespec now = {0};
    siginfo_t info;
    sigset_t ours, sent;
    int number;
    sigemptyset(&ours);
    sigemptyset(&sent);
    for (number = 1; number < SIGRTMIN; number++) {
        if (sigismember(set, number) == 1 && sigismember(pending, number) != 1)
            sigaddset(&ours, number);
    }
    while ((number = sigtimedwait(&ours, &info, &now)) > 0) {
        if (info.si_pid && info.si_pid != getpid()) /* 0: the kernel had no memory to say */
            sigaddset(&sent, number);
    }
    for (number = 1; number < SIGRTMIN; number++) {
        if (sigismember(&sent, number) == 1)
            kill(getpid(), number);
    }
}

/*
 * What a thread of the box blocks: everything that is not ours. The host does not know about this
 * thread, so it must not take a signal that the host's own threads block or wait for. (The signals
 * that libc uses for setuid and thread cancellation are not in a set made by sigfillset.)
 */
void linux_signals_of_thread(sigset_t *set)
{
    const int ours[] = {SIGSEGV,         SIGBUS, SIGILL, SIGFPE, SIGTRAP, HOST_SIGNAL_INTERRUPT,
                        HOST_SIGNAL_WAKE};
    sigfillset(set);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        sigdelset(set, ours[i]);
}

static struct action action_of(struct lfi_process *process, int number)
{
    pthread_mutex_lock(&process->lock);
    struct action action = process->actions[number - 1];
    pthread_mutex_unlock(&process->lock);
    return action;
}

static void kill_process(struct thread *thread, int number)
{
    struct lfi_linux_result result = {.end = LFI_LINUX_KILLED, .signal = number};
    linux_process_end(thread, &result);
}

/* A pending signal is taken by whichever thread clears its bit. */
static int take_pending(atomic_ullong *set, uint64_t mask)
{
    unsigned long long pending = atomic_load(set);
    while (pending & ~mask) {
        int number = __builtin_ctzll(pending & ~mask) + 1;
        if (atomic_compare_exchange_weak(set, &pending, pending & ~BIT(number)))
            return number;
    }
    return 0;
}

/* Enters the handler of one pending signal, or takes the signal's default action. */
bool linux_signals_deliver(struct thread *thread, struct lfi_regs *regs)
{
    struct lfi_process *process = thread->process;
    bool delivered = false;
    while (!delivered && !atomic_load(&process->ending)) {
        int number = take_pending(&thread->pending, thread->mask);
        if (!number)
            number = take_pending(&process->pending, thread->mask);
        if (!number)
            break;
        struct action action = action_of(process, number);
        if (action.handler == (uintptr_t)SIG_IGN ||
            (action.handler == (uintptr_t)SIG_DFL && ignored_by_default(number)))
            continue;
        if (action.handler == (uintptr_t)SIG_DFL) {
            kill_process(thread, number);
            break;
        }
        uint64_t old_mask = thread->suspended ? thread->restore_mask : thread->mask, top = 0;
        uint64_t stack = linux_arch_get_stack(regs);
        bool on_stack = stack - thread->stack < thread->stack_size;
        if ((action.flags & SA_ONSTACK) && !(thread->stack_flags & SS_DISABLE) && !on_stack)
            top = thread->stack + thread->stack_size;
        if (linux_arch_signal_enter(thread, regs, number, &action, old_mask, top)) {
            kill_process(thread, SIGSEGV);
            break;
        }
        thread->suspended = false;
        thread->mask |= action.mask | (action.flags & SA_NODEFER ? 0 : BIT(number));
        if (action.flags & (uint64_t)SA_RESETHAND) {
            pthread_mutex_lock(&process->lock);
            process->actions[number - 1].handler = (uintptr_t)SIG_DFL;
            pthread_mutex_unlock(&process->lock);
        }
        delivered = true;
    }
    if (thread->suspended) {
        thread->suspended = false;
        thread->mask = thread->restore_mask;
    }
    return delivered;
}

/* Sends a signal to one thread (its number) or to the process (0). */
static int64_t send(struct call *call, int tid, int number)
{
    struct lfi_process *process = call->process;
    int64_t result = -ESRCH;
    if (number < 0 || number > 64)
        return -EINVAL;
    if (tid == 0 && number) {
        atomic_fetch_or(&process->pending, BIT(number));
        if (!(call->thread->mask & BIT(number)))
            return 0; /* this thread takes it, on its way out of this call */
    }
    pthread_mutex_lock(&process->lock);
    for (struct thread *thread = process->threads; thread; thread = thread->next) {
        if (tid && thread->tid != tid)
            continue;
        result = 0;
        int host_tid = atomic_load(&thread->host_tid);
        if (!number)
            continue;
        if (tid)
            atomic_fetch_or(&thread->pending, BIT(number));
        if (thread != call->thread && host_tid)
            host(SYS_tgkill, getpid(), host_tid, HOST_SIGNAL_WAKE);
    }
    pthread_mutex_unlock(&process->lock);
    return result;
}

HANDLER(kill)
{
    int pid = (int)call->arg[0];
    if (pid != call->process->pid && pid != 0 && pid != -call->process->pid)
        return pid == -1 ? -EPERM : -ESRCH;
    return send(call, 0, (int)call->arg[1]);
}

HANDLER(tkill)
{
    int tid = (int)call->arg[0];
    return tid <= 0 ? -EINVAL : send(call, tid, (int)call->arg[1]);
}

HANDLER(tgkill)
{
    int tid = (int)call->arg[1];
    if ((int)call->arg[0] <= 0 || tid <= 0)
        return -EINVAL;
    return (int)call->arg[0] == call->process->pid ? send(call, tid, (int)call->arg[2]) : -ESRCH;
}

HANDLER(sigaction)
{
    struct lfi_process *process = call->process;
    int number = (int)call->arg[0];
    struct action new, old;
    if (number < 1 || number > 64 || call->arg[3] != 8)
        return -EINVAL;
    if (call->arg[1] && (number == SIGKILL || number == SIGSTOP))
        return -EINVAL;
    if (call->arg[1] && lfi_copy_in(process->box, &new, call->arg[1], sizeof new))
        return -EFAULT;
    pthread_mutex_lock(&process->lock);
    old = process->actions[number - 1];
    if (call->arg[1]) {
        new.mask &= ~(BIT(SIGKILL) | BIT(SIGSTOP));
        process->actions[number - 1] = new;
    }
    pthread_mutex_unlock(&process->lock);
    return call->arg[2] ? lfi_copy_out(process->box, call->arg[2], &old, sizeof old) : 0;
}

LFI_LIGHT static void set_mask(struct thread *thread, uint64_t mask)
{
    thread->mask = mask & ~(BIT(SIGKILL) | BIT(SIGSTOP));
}

LIGHT_HANDLER(sigprocmask)
{
    struct lfi_box *box = call->process->box;
    uint64_t old = call->thread->mask, set;
    if (call->arg[3] != 8)
        return -EINVAL;
    if (call->arg[1]) {
        if (lfi_copy_in(box, &set, call->arg[1], sizeof set))
            return -EFAULT;
        switch ((int)call->arg[0]) {
        case SIG_BLOCK:
            set_mask(call->thread, old | set);
            break;
        case SIG_UNBLOCK:
            set_mask(call->thread, old & ~set);
            break;
        case SIG_SETMASK:
            set_mask(call->thread, set);
            break;
        default:
            return -EINVAL;
        }
    }
    return call->arg[2] ? lfi_copy_out(box, call->arg[2], &old, sizeof old) : 0;
}

HANDLER(sigreturn)
{
    uint64_t mask;
    if (linux_arch_signal_leave(call->thread, call->regs, &mask)) {
        kill_process(call->thread, SIGSEGV);
        return -EFAULT;
    }
    set_mask(call->thread, mask);
    call->registers_set = true;
    return 0;
}

HANDLER(sigpending)
{
    uint64_t pending = atomic_load(&call->thread->pending) | atomic_load(&call->process->pending);
    if (call->arg[1] != 8)
        return -EINVAL;
    pending &= call->thread->mask;
    return lfi_copy_out(call->process->box, call->arg[0], &pending, sizeof pending);
}

/* Waits until a signal can be delivered. Short naps limit the cost of a lost wake-up. */
static int64_t wait_for_signal(struct call *call)
{
    struct thread *thread = call->thread;
    struct timespec nap = {0, 100000000};
    while (
        !atomic_load(&call->process->ending) &&
        !((atomic_load(&thread->pending) | atomic_load(&call->process->pending)) & ~thread->mask))
        host(SYS_nanosleep, &nap, NULL);
    return -EINTR;
}

HANDLER(sigsuspend)
{
    struct thread *thread = call->thread;
    uint64_t mask;
    if (call->arg[1] != 8)
        return -EINVAL;
    if (lfi_copy_in(call->process->box, &mask, call->arg[0], sizeof mask))
        return -EFAULT;
    thread->restore_mask = thread->mask;
    thread->suspended = true;
    set_mask(thread, mask);
    return wait_for_signal(call);
}

HANDLER(pause)
{
    return wait_for_signal(call);
}

HANDLER(sigaltstack)
{
    struct thread *thread = call->thread;
    struct lfi_box *box = call->process->box;
    struct {
        uint64_t address;
        uint32_t flags, padding;
        uint64_t size;
    } new, old = {thread->stack, (uint32_t)thread->stack_flags, 0, thread->stack_size};
    if (linux_arch_get_stack(call->regs) - thread->stack < thread->stack_size)
        old.flags |= SS_ONSTACK;
    if (call->arg[0]) {
        if (lfi_copy_in(box, &new, call->arg[0], sizeof new))
            return -EFAULT;
        if (old.flags & SS_ONSTACK)
            return -EPERM;
        if (new.flags & SS_DISABLE)
            new.address = new.size = 0;
        else if (new.size < (uint64_t)MINSIGSTKSZ)
            return -ENOMEM;
        else if (!lfi_box_contains(box, new.address, new.size))
            return -EFAULT;
        thread->stack = new.address;
        thread->stack_size = new.size;
        thread->stack_flags = new.flags &SS_DISABLE;
    }
    return call->arg[1] ? lfi_copy_out(box, call->arg[1], &old, sizeof old) : 0;
}
