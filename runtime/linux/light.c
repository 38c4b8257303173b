// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The light way of a system call: with general registers only, so that the box's vector and x87
 * state can stay where it is (lfi_light_fn). It gives up what it cannot do to linux_serve(): a call
 * or a file that needs more before it began, signals and the end of the process afterwards.
 *
 * tests/runtime/light.py disassembles all that can be reached from here.
 */
#include "process.h"

#include "call.h"

/* Where compilers are told to give all variables values (-ftrivial-auto-var-init), they would call
 * memset for large ones, which uses vector registers. */
#if defined(__has_attribute)
#if __has_attribute(uninitialized)
#define UNINITIALIZED __attribute__((uninitialized))
#endif
#endif
#ifndef UNINITIALIZED
#define UNINITIALIZED
#endif

/* No other thread can close a descriptor meanwhile, so the file need not be held. */
LFI_LIGHT static bool is_alone(const struct lfi_process *process)
{
    return !process->library &&
           atomic_load_explicit(&process->thread_count, memory_order_acquire) == 1;
}

/* LINUX_NOT_LIGHT: linux_serve() must do the call. */
LFI_LIGHT static int64_t take(struct call *call, const struct argument *argument, unsigned index)
{
    uint64_t value = call->arg[index], size = argument->size;
    switch (argument->kind) {
    case ARG_FD: {
        struct linux_fdtable *table = &call->process->files;
        struct linux_file *file;
        if (is_alone(call->process)) {
            file = linux_fdtable_peek(table, (int)value);
        } else {
            if (!linux_fdtable_try(table, (int)value, &file))
                return LINUX_NOT_LIGHT;
            call->thread->held = file; /* no call of the light way has another descriptor */
        }
        if (!file)
            return -EBADF;
        call->arg[index] = (uint64_t)file->host;
        bool plain =
            file->map != LINUX_PLACE_VIRTUAL && !file->memory && !file->given && !file->signals;
        return plain ? 0 : LINUX_NOT_LIGHT;
    }
    case ARG_BUFFER:
        size = call->arg[argument->size];
        return size == 0 || lfi_box_contains(call->process->box, value, size) ? 0 : -EFAULT;
    case ARG_MAYBE:
        if (!value)
            return 0;
        /* fallthrough */
    case ARG_STRUCT:
        return lfi_box_contains(call->process->box, value, size) ? 0 : -EFAULT;
    case ARG_DIR:
    case ARG_PATH:
    case ARG_MAYBE_PATH:
        return LINUX_NOT_LIGHT;
    default:
        return 0;
    }
}

LIGHT_HANDLER(direct)
{
    (void)call;
    return LINUX_HOST_CALL;
}

/* What follows a call, if it is nothing special; otherwise linux_serve() does that. */
LFI_LIGHT static bool finish(struct thread *thread, struct lfi_regs *regs, int64_t result)
{
    linux_arch_call_result(regs, result);
    thread->answer = result;
    thread->answered = thread->held || result == -EPIPE || linux_signals_pending(thread) ||
                       atomic_load_explicit(&thread->process->ending, memory_order_relaxed);
    return !thread->answered;
}

LFI_LIGHT static void drop(struct thread *thread)
{
    if (thread->held && linux_file_try_drop(thread->held))
        thread->held = NULL;
}

LFI_LIGHT bool linux_light_done(struct lfi_context *context, struct lfi_regs *regs, int64_t result)
{
    struct thread *thread = lfi_context_data(context);
    drop(thread);
    if (result == LFI_HOST_NOT_MADE || result == -EINTR) /* linux_serve() looks why, and makes it */
        return false;
    return finish(thread, regs, result);
}

LFI_LIGHT enum lfi_light linux_serve_light(struct lfi_context *context, struct lfi_regs *regs,
                                           struct lfi_host_call *host)
{
    UNINITIALIZED struct call call; /* what light handlers do not look at needs no value */
    struct thread *thread = lfi_context_data(context);
    struct lfi_process *process = thread->process;
    call.number = linux_arch_call_number(regs);
    if ((unsigned long)call.number >= CALLS_MAX || process->watched)
        return LFI_LIGHT_NOT;
    const struct entry *entry = &linux_calls[call.number];
    if (!entry->light)
        return LFI_LIGHT_NOT;

    call.thread = thread;
    call.process = process;
    call.regs = regs;
    linux_arch_call_arguments(regs, call.arg);
    int64_t result = 0;
    for (unsigned i = 0; i < entry->count && result == 0; i++) {
        if (entry->arguments[i].kind != ARG_VALUE)
            result = take(&call, &entry->arguments[i], i);
    }
    if (result == 0)
        result = entry->light(&call);
    /* a thread that is within a call of the host has the host's signals to think of: dispatch.c */
    if (result == LINUX_HOST_CALL && thread->hosted)
        result = LINUX_NOT_LIGHT;
    if (result == LINUX_HOST_CALL) {
        host->number = call.number;
        for (int i = 0; i < 6; i++)
            host->arg[i] = call.arg[i];
        host->unless = (const int *)&thread->wake;
        return LFI_LIGHT_HOST;
    }
    drop(thread);
    if (result == LINUX_NOT_LIGHT)
        return LFI_LIGHT_NOT;
    return finish(thread, regs, result) ? LFI_LIGHT_DONE : LFI_LIGHT_NOT;
}
