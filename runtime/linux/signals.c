// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Signals that the program sends to itself: kill, tkill, tgkill, rt_sigqueueinfo, and what musl
 * makes of them (abort, raise, pthread_kill, pthread_cancel); those of its timers; and its faults.
 * They are delivered at the end of a system call, or where core has stopped the program; a thread
 * that waits in the host is woken for it.
 *
 * Not delivered to the box: signals of the host.
 */
#include "process.h"

#include <string.h>
#include <time.h>

#include "arch.h"
#include "call.h"
#include "wait.h"

/*
 * The signals by which C libraries cancel threads, this and the next: their handlers restart calls,
 * but look whether the call has begun, at an address before it. The frame has the one after it.
 */
#define LIBC_CANCEL 32

#define BIT(number) LINUX_SIGNAL_BIT(number)

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

LFI_LIGHT static void set_mask(struct thread *thread, uint64_t mask)
{
    uint64_t blocked = mask & ~(BIT(SIGKILL) | BIT(SIGSTOP));
    atomic_store_explicit(&thread->mask, blocked, memory_order_relaxed);
}

static struct action action_of(struct lfi_process *process, int number)
{
    pthread_mutex_lock(&process->lock);
    struct action action = process->actions[number - 1];
    pthread_mutex_unlock(&process->lock);
    return action;
}

static bool deliver_fault(struct thread *thread, struct lfi_regs *regs,
                          const struct lfi_stop *fault);

static void kill_process(struct thread *thread, int number)
{
    struct lfi_linux_result result = {.end = LFI_LINUX_KILLED, .signal = number};
    linux_process_end(thread, &result);
}

/* Enters the handler: false if there is no room for its frame, and then nothing has changed. */
static bool enter(struct thread *thread, struct lfi_regs *regs, const struct linux_signal *signal,
                  const struct action *action, bool again)
{
    struct lfi_process *process = thread->process;
    int number = signal->number;
    uint64_t old_mask = thread->suspended ? thread->restore_mask : thread->mask, top = 0;
    uint64_t stack = linux_arch_get_stack(regs);
    bool on_stack = stack - thread->stack < thread->stack_size;
    if ((action->flags & SA_ONSTACK) && !(thread->stack_flags & SS_DISABLE) && !on_stack)
        top = thread->stack + thread->stack_size;
    uint64_t least = top || on_stack ? thread->stack : 0;
    if (linux_arch_signal_enter(thread, regs, signal, action, old_mask, top, least, again))
        return false;
    lfi_context_exact(thread->context, false);
    thread->suspended = false;
    set_mask(thread, thread->mask | action->mask | (action->flags & SA_NODEFER ? 0 : BIT(number)));
    if (action->flags & (uint64_t)SA_RESETHAND) {
        pthread_mutex_lock(&process->lock);
        process->actions[number - 1].handler = (uintptr_t)SIG_DFL;
        pthread_mutex_unlock(&process->lock);
    }
    return true;
}

/* There was no room for the frame of a handler, which is a fault by itself: false: the end. */
static bool enter_overflow(struct thread *thread, struct lfi_regs *regs, int number)
{
    const struct lfi_stop fault = {.signal = SIGSEGV, .code = SI_KERNEL};
    if (number != SIGSEGV && deliver_fault(thread, regs, &fault))
        return true;
    kill_process(thread, SIGSEGV);
    return false;
}

/*
 * Enters the handlers of the signals that are pending, or takes a signal's default action. As the
 * kernel does it, each handler's frame is on top of the last one's; but other threads cannot keep
 * this one here by sending more and more.
 */
bool linux_signals_deliver(struct thread *thread, struct lfi_regs *regs,
                           const struct linux_restart *restart)
{
    struct lfi_process *process = thread->process;
    bool delivered = false;
    for (int i = 0; i < LINUX_SIGNALS && linux_signals_claim(thread); i++) {
        if (atomic_load(&process->ending))
            break;
        struct linux_signal signal = thread->claimed;
        int number = signal.number;
        thread->claimed.number = 0;
        struct action action = action_of(process, number);
        if (action.handler == (uintptr_t)SIG_IGN)
            continue; /* since just now */
        if (action.handler == (uintptr_t)SIG_DFL) {
            kill_process(thread, number);
            break;
        }
        bool again = false;
        if (!delivered) {
            bool cancels = number == LIBC_CANCEL || number == LIBC_CANCEL + 1;
            again =
                restart->certain || (restart->possible && (action.flags & SA_RESTART) && !cancels);
            if (again && !restart->certain)
                linux_arch_call_restart(regs, restart->number, restart->first);
        }
        if (!enter(thread, regs, &signal, &action, again) && !enter_overflow(thread, regs, number))
            break;
        delivered = true;
    }
    if (thread->suspended) {
        thread->suspended = false;
        set_mask(thread, thread->restore_mask);
    }
    return delivered;
}

/*
 * A fault of the box: its handler is entered at once. False: it has none, or blocks the signal,
 * which the kernel does not wait for.
 */
static bool deliver_fault(struct thread *thread, struct lfi_regs *regs,
                          const struct lfi_stop *fault)
{
    struct action action = action_of(thread->process, fault->signal);
    struct linux_signal signal = {
        .number = fault->signal, .trap = fault->trap, .error = fault->error};
    signal.info.number = fault->signal;
    signal.info.code = fault->code;
    signal.info.address = fault->address;
    /* for the host what the program has not is reserved */
    if (fault->signal == SIGSEGV && fault->code == SEGV_ACCERR &&
        !linux_memory_has(thread->process, fault->address))
        signal.info.code = SEGV_MAPERR;
    if (action.handler == (uintptr_t)SIG_DFL || action.handler == (uintptr_t)SIG_IGN ||
        (thread->mask & BIT(fault->signal)))
        return false;
    if (!enter(thread, regs, &signal, &action, false))
        enter_overflow(thread, regs, signal.number);
    return true;
}

bool linux_stopped(struct lfi_context *context, struct lfi_regs *regs, const struct lfi_stop *stop)
{
    struct thread *thread = lfi_context_data(context);
    if (stop->signal && !deliver_fault(thread, regs, stop))
        return false;
    if (linux_signals_pending(thread))
        linux_signals_deliver(thread, regs, &(struct linux_restart){0});
    if (atomic_load(&thread->process->ending))
        lfi_context_stop(context, 0);
    return true;
}

/*
 * Whether the kernel had no room to tell of a signal, and nobody else will: what was sent to the
 * process the sender may take itself. The process's lock is held.
 */
static bool is_unheard(const struct call *call, int tid)
{
    const struct lfi_process *process = call->process;
    if (!tid)
        return process->unheard && !(atomic_load(&process->pending) & ~call->thread->mask);
    const struct thread *thread = linux_thread_find(process, tid);
    return thread && thread->unheard;
}

/* To one thread (its number) or to the process (0). No signal: only whether it exists. */
static int64_t send(struct call *call, int tid, const struct linux_signal *signal)
{
    struct lfi_process *process = call->process;
    if (signal->number < 0 || signal->number > LINUX_SIGNALS)
        return -EINVAL;
    pthread_mutex_lock(&process->lock);
    struct thread *thread = tid ? linux_thread_find(process, tid) : process->threads;
    int result = thread ? 0 : -ESRCH;
    if (thread && signal->number)
        result = linux_signal_send(process, tid ? thread : NULL, signal);
    while (!result && signal->number && is_unheard(call, tid) && !atomic_load(&process->ending)) {
        const struct timespec soon = {.tv_nsec = LINUX_SOON};
        pthread_mutex_unlock(&process->lock);
        nanosleep(&soon, NULL);
        pthread_mutex_lock(&process->lock);
        linux_signals_insist(process);
    }
    pthread_mutex_unlock(&process->lock);
    if (result > 0) {
        kill_process(call->thread, signal->number);
        linux_threads_interrupt(process);
    }
    return result > 0 ? 0 : result;
}

static struct linux_signal plain_signal(const struct call *call, uint64_t number, int code)
{
    struct linux_signal signal = {.number = (int)number};
    signal.info.number = (int)number;
    signal.info.code = code;
    signal.info.first = call->process->pid;
    signal.info.second = (int)getuid();
    return signal;
}

HANDLER(kill)
{
    int pid = (int)call->arg[0];
    struct linux_signal signal = plain_signal(call, call->arg[1], SI_USER);
    if (pid != call->process->pid && pid != 0 && pid != -call->process->pid)
        return pid == -1 ? -EPERM : -ESRCH;
    return send(call, 0, &signal);
}

HANDLER(tkill)
{
    int tid = (int)call->arg[0];
    struct linux_signal signal = plain_signal(call, call->arg[1], SI_TKILL);
    return tid <= 0 ? -EINVAL : send(call, tid, &signal);
}

HANDLER(tgkill)
{
    int tid = (int)call->arg[1];
    struct linux_signal signal = plain_signal(call, call->arg[2], SI_TKILL);
    if ((int)call->arg[0] <= 0 || tid <= 0)
        return -EINVAL;
    return (int)call->arg[0] == call->process->pid ? send(call, tid, &signal) : -ESRCH;
}

/* rt_sigqueueinfo and rt_tgsigqueueinfo: a process may say of itself whatever it likes. */
static int64_t send_info(struct call *call, int tid, uint64_t number, uint64_t address)
{
    struct linux_signal signal = {.number = (int)number};
    uint64_t whole[128 / 8];
    _Static_assert(sizeof signal.info <= sizeof whole, "siginfo_t");
    if (lfi_copy_in(call->process->box, whole, address, sizeof whole))
        return -EFAULT;
    memcpy(&signal.info, whole, sizeof signal.info);
    signal.info.number = (int)number;
    return (int)call->arg[0] == call->process->pid ? send(call, tid, &signal) : -ESRCH;
}

HANDLER(sigqueue)
{
    return send_info(call, 0, call->arg[1], call->arg[2]);
}

HANDLER(tgsigqueue)
{
    if ((int)call->arg[0] <= 0 || (int)call->arg[1] <= 0)
        return -EINVAL;
    return send_info(call, (int)call->arg[1], call->arg[2], call->arg[3]);
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
        if (linux_signal_ignored(process, number))
            linux_signals_forget(process, number, 0);
    }
    pthread_mutex_unlock(&process->lock);
    return call->arg[2] ? lfi_copy_out(process->box, call->arg[2], &old, sizeof old) : 0;
}

LIGHT_HANDLER(sigprocmask)
{
    struct lfi_box *box = call->process->box;
    uint64_t old = atomic_load_explicit(&call->thread->mask, memory_order_relaxed), set;
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
    bool restart = false;
    if (linux_arch_signal_leave(call->thread, call->regs, &mask, &restart)) {
        kill_process(call->thread, SIGSEGV);
        return -EFAULT;
    }
    set_mask(call->thread, mask);
    call->registers_set = true;
    /* whoever changed the frame gets the call that it could have made itself */
    call->again = restart && linux_arch_call_number(call->regs) != SYS_rt_sigreturn;
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

int64_t linux_signals_suspend(struct call *call, uint64_t address, uint64_t size)
{
    struct thread *thread = call->thread;
    uint64_t mask;
    if (!address)
        return 0;
    if (size != 8)
        return -EINVAL;
    if (lfi_copy_in(call->process->box, &mask, address, sizeof mask))
        return -EFAULT;
    thread->restore_mask = thread->mask;
    thread->suspended = true;
    set_mask(thread, mask);
    atomic_store(&thread->wake, 1); /* its next wait looks for signals first */
    return 0;
}

int64_t linux_signals_resume(struct call *call, int64_t result)
{
    struct thread *thread = call->thread;
    if (thread->suspended && result != -EINTR) {
        thread->suspended = false;
        set_mask(thread, thread->restore_mask);
    }
    return result;
}

/* Waits until a signal can be delivered. */
static int64_t wait_for_signal(struct call *call)
{
    call->final = true;
    atomic_store(&call->thread->wake, 1);
    return HOST_WAIT(SYS_ppoll, call->thread, 0);
}

HANDLER(sigsuspend)
{
    uint64_t address = call->arg[0];
    int64_t error = call->arg[1] == 8 ? linux_signals_suspend(call, address, 8) : -EINVAL;
    return error ? error : wait_for_signal(call);
}

HANDLER(pause)
{
    return wait_for_signal(call);
}

/* Takes one of `set`; while it waits, its thread does not block these. */
static int64_t take_one(struct call *call, uint64_t set, struct timespec *timeout,
                        struct linux_signal *signal)
{
    struct thread *thread = call->thread;
    uint64_t mask = thread->mask;
    int64_t result = 0;
    call->final = true;
    while (true) {
        pthread_mutex_lock(&call->process->lock);
        bool taken = linux_signal_take(thread, set, signal);
        pthread_mutex_unlock(&call->process->lock);
        if (taken)
            return signal->number;
        if (result && result != LINUX_NOT_BEGUN)
            return result;
        set_mask(thread, mask | set); /* they are for us, not for their handlers */
        result = linux_wait_try(thread, SYS_ppoll,
                                (const uint64_t[6]){0, 0, (uintptr_t)timeout, 0, 0, 0});
        set_mask(thread, mask);
        if (!result)
            result = -EAGAIN; /* but look once more */
    }
}

HANDLER(sigtimedwait)
{
    struct lfi_box *box = call->process->box;
    struct linux_signal signal;
    struct timespec timeout;
    uint64_t set;
    if (call->arg[3] != 8)
        return -EINVAL;
    if (lfi_copy_in(box, &set, call->arg[0], sizeof set) ||
        (call->arg[2] && lfi_copy_in(box, &timeout, call->arg[2], sizeof timeout)))
        return -EFAULT;
    if (call->arg[2] &&
        (timeout.tv_sec < 0 || timeout.tv_nsec < 0 || timeout.tv_nsec >= 1000000000))
        return -EINVAL;
    set &= ~(BIT(SIGKILL) | BIT(SIGSTOP));
    int64_t result = take_one(call, set, call->arg[2] ? &timeout : NULL, &signal);
    if (result > 0 && call->arg[1]) {
        uint8_t info[128] = {0};
        memcpy(info, &signal.info, sizeof signal.info);
        if (lfi_copy_out(box, call->arg[1], info, sizeof info))
            return -EFAULT;
    }
    return result;
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
        if (new.flags != 0 && new.flags != SS_ONSTACK &&new.flags != SS_DISABLE)
            return -EINVAL;
        if (new.flags & SS_DISABLE)
            new.address = new.size = 0;
        else if (new.size < ARCH_SIGNAL_STACK)
            return -ENOMEM;
        else if (!lfi_box_contains(box, new.address, new.size))
            return -EFAULT;
        thread->stack = new.address;
        thread->stack_size = new.size;
        thread->stack_flags = new.flags &SS_DISABLE;
    }
    return call->arg[1] ? lfi_copy_out(box, call->arg[1], &old, sizeof old) : 0;
}
