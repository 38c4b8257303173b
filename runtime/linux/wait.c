// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Waiting in the host, and being woken from it: by a signal of the box, or the end of the process.
 *
 * A wake-up must not be lost, whenever it comes. Who wakes a thread stores `wake`, then sends a
 * signal if the thread may be in a host call: one until the thread has seen `wake`, or they would
 * fill the kernel's queue. The thread looks at `wake`, then makes the call. If the store comes
 * first, the thread sees it. Otherwise the signal comes after that look: during the call, which
 * then ends with EINTR; or before the call, which its handler then skips, since it knows the few
 * instructions of linux_arch_wait(). Both are LINUX_NOT_BEGUN: EINTR is left to signals of others.
 *
 * The core's signal often comes with it, and its handler holds this one back until it has returned:
 * on top of it, this one would not see that the thread is at those instructions.
 */
#include "wait.h"

#include <ucontext.h>

#include "process.h"

_Static_assert(LINUX_NOT_BEGUN == LFI_HOST_NOT_MADE, "both mean the same");

int64_t linux_wait_try(struct thread *thread, long number, const uint64_t arg[6])
{
    int64_t result = linux_arch_wait(&thread->wake, number, arg);
    if (result == -EINTR && lfi_context_notified())
        result = LINUX_NOT_BEGUN; /* who notifies it has wakened it, too */
    if (result != LINUX_NOT_BEGUN)
        return result;
    atomic_store(&thread->wake, 0); /* first, so that the next one is not lost */
    bool ends = linux_signals_claim(thread) || atomic_load(&thread->process->ending);
    return ends ? -EINTR : result;
}

int64_t linux_wait(struct thread *thread, long number, const uint64_t arg[6])
{
    int64_t result;
    while ((result = linux_wait_try(thread, number, arg)) == LINUX_NOT_BEGUN)
        continue;
    return result;
}

void linux_wait_woken(int signal, siginfo_t *info, void *context)
{
    uint64_t pc = linux_arch_signal_pc(context);
    (void)signal;
    (void)info;
    bool interrupted =
        pc == (uint64_t)linux_arch_wait_end && linux_arch_signal_result(context) == -EINTR;
    if (interrupted ||
        (pc >= (uint64_t)linux_arch_wait_start && pc < (uint64_t)linux_arch_wait_end))
        linux_arch_signal_set_pc(context, (uint64_t)linux_arch_wait_woken);
    else
        lfi_host_call_skip(context); /* of the light way */
}

bool linux_thread_wake(struct thread *thread)
{
    if (atomic_exchange(&thread->wake, 1) && !thread->unsent) /* who stored it sends the signal */
        return true;
    int tid = atomic_load(&thread->host_tid);
    thread->unsent = tid && tid != (int)syscall(SYS_gettid) &&
                     host(SYS_tgkill, getpid(), tid, HOST_SIGNAL_WAKE) == -EAGAIN;
    return !thread->unsent;
}
