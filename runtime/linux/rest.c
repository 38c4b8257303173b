// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Threads of a library. boxrt's main(), and each thread that it makes for the host, makes the
 * system call LFI_CALL_REST: that ends the host's run of the thread, whose stack and thread-local
 * storage stay. The host then calls functions below that stack pointer. A thread that continues
 * from its rest runs to its end as any other, with destructors.
 */
#include "process.h"

#include <string.h>

#include "call.h"

#define RED_ZONE 128 /* below its stack pointer, which a thread may use without moving it */

int64_t linux_rest(struct thread *thread, const struct lfi_regs *regs, uint64_t functions)
{
    struct lfi_process *process = thread->process;
    if (!thread->starting || thread->rested)
        return -EPERM; /* in a call of the host there is nobody to rest for */
    if (thread == process->main) {
        uint64_t words[LFI_REST_WORDS];
        if (lfi_copy_in(process->box, words, functions, sizeof words))
            return -EFAULT;
        if (words[0] != LFI_REST_VERSION)
            return -EINVAL;
        memcpy(process->functions, words, sizeof words);
    }
    thread->rest = *regs;
    thread->rested = true;
    lfi_context_stop(thread->context, 0);
    return 0;
}

int linux_rest_run(struct thread *thread)
{
    struct lfi_process *process = thread->process;
    struct lfi_linux_result result = {.end = LFI_LINUX_FAULT, .signal = SIGKILL};
    struct lfi_exit exit = {.kind = LFI_EXIT_INTERRUPTED};
    thread->starting = true;
    thread->rested = false;
    int error = atomic_load(&process->ending) ? 0 : lfi_context_run(thread->context, &exit);
    thread->starting = false;
    if (error)
        return error;
    if (!atomic_load(&process->ending) && exit.kind == LFI_EXIT_FAULT) {
        linux_report_fault(thread, &exit, &result);
        linux_process_end(thread, &result);
    }
    if (atomic_load(&process->ending))
        return -ECANCELED;
    if (!thread->rested) {
        linux_thread_clear_tid(thread); /* it ended */
        return -ENOEXEC;
    }
    struct lfi_regs *regs = lfi_context_regs(thread->context);
    linux_arch_set_stack(regs, (linux_arch_get_stack(regs) - RED_ZONE) & ~(uint64_t)15);
    return 0;
}

int linux_rest_adopt(struct thread *maker, uint64_t stack_size, struct thread **adopted)
{
    struct lfi_process *process = maker->process;
    struct lfi_call call = {.integer = {stack_size}};
    uint64_t function = process->functions[LFI_REST_THREAD_NEW];
    maker->adopting = true;
    maker->adopted = NULL;
    int error = function ? lfi_call(maker->context, function, &call) : -EAGAIN;
    maker->adopting = false;
    *adopted = maker->adopted;
    if (!error && call.exit.kind == LFI_EXIT_FAULT && !atomic_load(&process->ending)) {
        struct lfi_linux_result result;
        linux_report_fault(maker, &call.exit, &result);
        linux_process_end(maker, &result);
    }
    if (!error && call.exit.kind != LFI_EXIT_RETURNED)
        error = -ECANCELED;
    if (!error && !maker->adopted)
        error = -EAGAIN;
    return error;
}

void linux_rest_end(struct thread *thread)
{
    struct lfi_exit exit;
    if (!thread->rested || atomic_load(&thread->process->ending))
        return;
    struct lfi_regs *regs = lfi_context_regs(thread->context);
    *regs = thread->rest;
    linux_arch_call_result(regs, 0);
    thread->starting = true; /* its exit is what is expected; a second rest is refused */
    int error = lfi_context_run(thread->context, &exit);
    thread->starting = false;
    if (!error && exit.kind == LFI_EXIT_FAULT) {
        struct lfi_linux_result result;
        linux_report_fault(thread, &exit, &result);
        linux_process_end(thread, &result);
    } else {
        linux_thread_clear_tid(thread);
    }
}
