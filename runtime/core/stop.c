// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Stops of a box at any instruction, and going on there: docs/stops.md. What the handler of a
 * signal of the host found is in the frame, and the thread is on the host's stack, as in a system
 * call. What the personality and, through it, the box make of the registers is checked here last.
 */
#include "internal.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(INTERRUPT_END == 1, "gate.S");

void lfi_context_on_stop(struct lfi_context *context, lfi_stopped_fn *stopped)
{
    context->stopped = stopped;
}

int lfi_context_notify(struct lfi_context *context)
{
    const uint32_t both = INTERRUPT_STOP | INTERRUPT_UNSENT;
    int signal = core_faults_interrupt_signal(), tid, saved_errno = errno;
    uint32_t before;
    bool full;

    if (!context->stopped)
        return 0;
    /* who set it before sends the signal, if it could; the thread itself looks before it enters */
    before = __atomic_fetch_or(&context->interrupt, INTERRUPT_STOP, __ATOMIC_SEQ_CST);
    if ((before & both) == INTERRUPT_STOP)
        return 0;
    /* before the signal: what others find unsent from then on stays so */
    __atomic_fetch_and(&context->interrupt, ~(uint32_t)INTERRUPT_UNSENT, __ATOMIC_SEQ_CST);
    tid = __atomic_load_n(&context->tid, __ATOMIC_SEQ_CST);
    full = tid && tid != core_thread.tid && signal && syscall(SYS_tgkill, getpid(), tid, signal) &&
           errno == EAGAIN;
    errno = saved_errno; /* as lfi_context_interrupt() leaves it */
    if (!full)
        return 0;
    __atomic_fetch_or(&context->interrupt, INTERRUPT_UNSENT, __ATOMIC_SEQ_CST);
    return -EAGAIN;
}

bool lfi_context_notified(void)
{
    return __atomic_exchange_n(&core_self()->notified, false, __ATOMIC_RELAXED);
}

void lfi_context_exact(struct lfi_context *context, bool exact)
{
    if (context->active)
        context->active->exact = exact;
}

static bool has_left_stack(const struct core_frame *frame)
{
    return frame->regs.MACHINE_STACK_POINTER - frame->base > frame->stack_reach;
}

/* The fault of an access by the stack pointer, or of a return to where the box may not go. */
static void set_fault(struct lfi_context *context, int code, uint64_t address)
{
    context->fault = (struct lfi_stop){.signal = SIGSEGV, .code = code, .address = address};
}

uint32_t core_stopped(struct core_frame *frame)
{
    static const struct lfi_stop none;
    struct lfi_context *context = frame->context;
    enum core_stop stop = context->stop;
    struct lfi_regs found = frame->regs;

    context->stop = STOP_ENTRY;
    if (__atomic_load_n(&context->interrupt, __ATOMIC_ACQUIRE) & INTERRUPT_END)
        return (stop == STOP_FAULT ? LFI_EXIT_FAULT : LFI_EXIT_INTERRUPTED) + 1;
    __atomic_fetch_and(&context->interrupt, ~(uint32_t)(INTERRUPT_STOP | INTERRUPT_UNSENT),
                       __ATOMIC_ACQ_REL); /* before it looks for a reason */
    if (stop != STOP_ENTRY) {
        frame->exact = 1;
        if (!machine_settle(frame)) {
            if (stop != STOP_FAULT)
                set_fault(context, SEGV_MAPERR, frame->regs.MACHINE_CODE_POINTER);
            frame->regs = found;
            return LFI_EXIT_FAULT + 1;
        }
        if (stop != STOP_FAULT && has_left_stack(frame)) {
            /* it was about to fault: a step and its check are next to each other */
            stop = STOP_FAULT;
            set_fault(context, SEGV_MAPERR, frame->regs.MACHINE_STACK_POINTER);
        }
    }
    struct lfi_stop fault = context->fault;
    if (!context->stopped)
        return frame->leave;
    if (!context->stopped(context, &frame->regs, stop == STOP_FAULT ? &fault : &none)) {
        if (stop == STOP_FAULT) {
            frame->regs = found;
            return LFI_EXIT_FAULT + 1;
        }
    }
    return frame->leave;
}

uint32_t core_exact(struct core_frame *frame)
{
    if (!has_left_stack(frame) && machine_may_continue(frame))
        return 0;
    set_fault(frame->context, SI_KERNEL, 0);
    return LFI_EXIT_FAULT + 1;
}
