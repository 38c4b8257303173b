// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A system call as switch.S has it served: the light way first. */
#ifndef TEST_SERVE_H
#define TEST_SERVE_H

#include "linux/process.h"
#include "linux/wait.h"

static inline enum lfi_light serve_light(struct lfi_context *context, struct lfi_regs *regs)
{
    struct lfi_host_call call;
    enum lfi_light light = linux_serve_light(context, regs, &call);

    if (light != LFI_LIGHT_HOST)
        return light;
    struct thread *thread = lfi_context_data(context);
    int64_t result = linux_arch_wait(&thread->wake, call.number, call.arg);
    return linux_light_done(context, regs, result) ? LFI_LIGHT_DONE : LFI_LIGHT_NOT;
}

static inline void serve_call(struct lfi_context *context, struct lfi_regs *regs)
{
    if (!LINUX_LIGHT || serve_light(context, regs) != LFI_LIGHT_DONE)
        linux_serve(context, regs);
}

#endif
