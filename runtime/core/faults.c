// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Signals. A fault belongs to a box if the thread's frame says that it is in the box and the fault
 * happened in the box's 4 GiB or on the trampoline page; it ends that stay. A fault of
 * the copy functions ends the copy. Everything else belongs to the host.
 *
 * Signal handlers belong to the process and get no pointer of ours, so what is installed is global
 * state. Other than that the library has only core_thread and the list for debuggers
 * (linux/debugger.c).
 */
#include "internal.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

static const int fault_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
#define FAULTS (sizeof fault_signals / sizeof *fault_signals)

enum { FIRST_REAL_TIME = 32 }; /* the kernel's; libc's SIGRTMIN comes after what it keeps */

static struct {
    pthread_mutex_t lock;
    unsigned users; /* atomic for readers */
    int interrupt_signal;
    struct sigaction former[FAULTS];
    struct sigaction former_interrupt;
} installed = {.lock = PTHREAD_MUTEX_INITIALIZER};

bool core_faults_installed(void)
{
    return __atomic_load_n(&installed.users, __ATOMIC_ACQUIRE) != 0;
}

int core_faults_interrupt_signal(void)
{
    return __atomic_load_n(&installed.interrupt_signal, __ATOMIC_ACQUIRE);
}

void core_faults_signals(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < FAULTS; i++)
        sigaddset(set, fault_signals[i]);
    if (core_faults_interrupt_signal())
        sigaddset(set, core_faults_interrupt_signal());
}

static bool in_box(const struct core_frame *frame, uint64_t pc)
{
    if (!frame || !frame->in_box)
        return false;
    return pc - frame->base < LFI_BOX_SIZE ||
           pc - frame->context->box->reservation->trampolines < 4096;
}

/* Passes the signal to the handler that was installed before ours. */
static void chain(int signal, siginfo_t *info, void *ucontext, const struct sigaction *former)
{
    struct sigaction fresh = {.sa_handler = SIG_DFL};
    sigset_t before;

    if (!(former->sa_flags & SA_SIGINFO) && former->sa_handler == SIG_IGN && info->si_code <= 0)
        return;
    if (!(former->sa_flags & SA_SIGINFO) &&
        (former->sa_handler == SIG_DFL || former->sa_handler == SIG_IGN)) {
        /*
         * The default is the end of the process, also for a fault that is ignored. A fault recurs
         * when we return; a signal that was sent has to be sent again.
         */
        sigemptyset(&fresh.sa_mask);
        sigaction(signal, &fresh, NULL);
        if (info->si_code <= 0)
            syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), signal);
        return;
    }
    sigset_t mask = former->sa_mask;
    if (!(former->sa_flags & SA_NODEFER))
        sigaddset(&mask, signal);
    pthread_sigmask(SIG_BLOCK, &mask, &before);
    if (former->sa_flags & SA_SIGINFO)
        former->sa_sigaction(signal, info, ucontext);
    else
        former->sa_handler(signal);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void take_down(struct lfi_context *context, const siginfo_t *info, const void *ucontext)
{
    context->fault = (struct lfi_stop){
        .signal = info->si_signo, .code = info->si_code, .address = (uint64_t)info->si_addr};
    machine_signal_fault(ucontext, &context->fault);
}

/* The thread goes on in core_stopped(). */
static void stop(void *ucontext, struct core_frame *frame, enum core_stop where)
{
    frame->context->stop = where;
    machine_signal_stop(ucontext, frame, where == STOP_ENTRY);
}

static void on_fault(int signal, siginfo_t *info, void *ucontext)
{
    struct core_frame *frame = core_thread.frame;
    uint64_t pc = machine_signal_pc(ucontext);
    int saved_errno = errno;

    if (info->si_code > 0) { /* raised by the kernel, not sent */
        if (frame && frame->in_box && pc == (uint64_t)machine_exact) {
            machine_signal_exact(ucontext, frame);
            return;
        }
        if (in_box(frame, pc)) {
            take_down(frame->context, info, ucontext);
            if (frame->context->stopped && pc - frame->base < LFI_BOX_SIZE)
                stop(ucontext, frame, STOP_FAULT);
            else
                machine_signal_leave(ucontext, frame, LFI_EXIT_FAULT, false);
            return;
        }
        if (frame && frame->in_box && machine_gate_touches(pc)) {
            take_down(frame->context, info, ucontext);
            machine_signal_leave(ucontext, frame, LFI_EXIT_FAULT, true);
            return;
        }
        if ((signal == SIGSEGV || signal == SIGBUS) && pc >= (uint64_t)machine_copy_start &&
            pc < (uint64_t)machine_copy_end) {
            machine_signal_set_pc(ucontext, (uint64_t)machine_copy_fault);
            return;
        }
    }
    for (size_t i = 0; i < FAULTS; i++) {
        if (fault_signals[i] == signal)
            chain(signal, info, ucontext, &installed.former[i]);
    }
    errno = saved_errno;
}

/*
 * The box is below another handler, which is on the alternate stack, too: the signal comes again
 * when that returns, since then the mask is again what it was before it. (If there is none, the
 * thread is on its way out.)
 */
static void defer(int signal, void *ucontext, struct lfi_context *context)
{
    const struct core_thread *self = core_self();
    int saved_errno = errno;

    if (machine_signal_stack(ucontext) - (uint64_t)self->stack >= self->stack_size)
        return;
    sigaddset(&((ucontext_t *)ucontext)->uc_sigmask, signal);
    if (syscall(SYS_tgkill, getpid(), self->tid, signal))
        __atomic_fetch_or(&context->interrupt, INTERRUPT_UNSENT, __ATOMIC_SEQ_CST);
    errno = saved_errno;
}

static void on_interrupt(int signal, siginfo_t *info, void *ucontext)
{
    struct core_frame *frame = core_thread.frame;
    uint64_t pc = machine_signal_pc(ucontext);
    bool entering = machine_signal_entering(ucontext), gate = machine_gate_touches(pc);

    (void)info;
    if (!frame)
        return;
    uint32_t asked = __atomic_load_n(&frame->context->interrupt, __ATOMIC_ACQUIRE);
    if (!frame->in_box) { /* on its way out: switch.S looks before it enters again */
        __atomic_store_n(&core_thread.notified, !(asked & INTERRUPT_END), __ATOMIC_RELAXED);
        return;
    }
    if (!entering && !gate && !in_box(frame, pc)) {
        if (asked)
            defer(signal, ucontext, frame->context);
        return;
    }
    if (asked & INTERRUPT_END)
        machine_signal_leave(ucontext, frame, LFI_EXIT_INTERRUPTED, entering || gate);
    else if (asked && entering)
        stop(ucontext, frame, STOP_ENTRY);
    else if (asked && !gate && machine_signal_back(ucontext, frame))
        stop(ucontext, frame, STOP_INSIDE);
}

bool lfi_host_call_skip(void *ucontext)
{
    uint64_t pc = machine_signal_pc(ucontext);

    if (pc < (uint64_t)machine_host_start || pc >= (uint64_t)machine_host_end)
        return false;
    machine_signal_set_pc(ucontext, (uint64_t)machine_host_skipped);
    return true;
}

static void restore(size_t count)
{
    struct sigaction now;

    for (size_t i = 0; i < count; i++) {
        if (sigaction(fault_signals[i], NULL, &now) == 0 && now.sa_sigaction == on_fault)
            sigaction(fault_signals[i], &installed.former[i], NULL);
    }
}

/*
 * libc keeps signals for itself, to cancel threads and for setuid(2) in all of them, which
 * sigaction(3) does not show. Some versions of glibc handle them on the stack that they find.
 */
static void keep_libc_off_the_stack(void)
{
    struct { /* the kernel's */
        void (*handler)(int);
        unsigned long flags;
        void (*restorer)(void);
        uint64_t mask;
    } action;

    for (int i = FIRST_REAL_TIME; i < SIGRTMIN; i++) {
        if (syscall(SYS_rt_sigaction, i, NULL, &action, sizeof action.mask) ||
            action.handler == SIG_DFL || action.handler == SIG_IGN || action.flags & SA_ONSTACK)
            continue;
        action.flags |= SA_ONSTACK;
        syscall(SYS_rt_sigaction, i, &action, NULL, sizeof action.mask);
    }
}

static int install(int interrupt_signal, struct lfi_error *error)
{
    struct sigaction ours = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    size_t i;

    sigemptyset(&ours.sa_mask);
    for (i = 0; i < FAULTS; i++) {
        ours.sa_sigaction = on_fault;
        if (sigaction(fault_signals[i], &ours, &installed.former[i]))
            break;
    }
    ours.sa_sigaction = on_interrupt;
    sigfillset(&ours.sa_mask); /* the personality's comes later, to where the thread was: wait.c */
    if (i == FAULTS && interrupt_signal &&
        sigaction(interrupt_signal, &ours, &installed.former_interrupt)) {
        core_explain(error, "signal %d cannot be used for interruption: %s", interrupt_signal,
                     strerror(errno));
        restore(i);
        return -EINVAL;
    }
    if (i < FAULTS) {
        core_explain(error, "cannot handle signal %d: %s", fault_signals[i], strerror(errno));
        restore(i);
        return -EINVAL;
    }
    __atomic_store_n(&installed.interrupt_signal, interrupt_signal, __ATOMIC_RELEASE);
    return 0;
}

int lfi_faults_install(int interrupt_signal, struct lfi_error *error)
{
    int result = 0;

    pthread_mutex_lock(&installed.lock);
    keep_libc_off_the_stack();
    if (installed.users == 0) {
        result = install(interrupt_signal, error);
    } else if (interrupt_signal && interrupt_signal != installed.interrupt_signal) {
        core_explain(error, "the signal for interruption is already %d",
                     installed.interrupt_signal);
        result = -EINVAL;
    }
    if (result == 0)
        __atomic_add_fetch(&installed.users, 1, __ATOMIC_ACQ_REL);
    pthread_mutex_unlock(&installed.lock);
    return result;
}

void lfi_faults_remove(void)
{
    pthread_mutex_lock(&installed.lock);
    if (installed.users && __atomic_sub_fetch(&installed.users, 1, __ATOMIC_ACQ_REL) == 0) {
        restore(FAULTS);
        if (installed.interrupt_signal)
            sigaction(installed.interrupt_signal, &installed.former_interrupt, NULL);
        __atomic_store_n(&installed.interrupt_signal, 0, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&installed.lock);
}
