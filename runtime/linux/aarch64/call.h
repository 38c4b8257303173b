// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The registers of a system call, for AArch64: of the box's, and of the host's. */
#ifndef LFI_LINUX_CALL_H
#define LFI_LINUX_CALL_H

#include <stdint.h>

#include <lfi/lfi.h>

LFI_LIGHT static inline long linux_arch_call_number(const struct lfi_regs *regs)
{
    return (long)(int)regs->x[8];
}

LFI_LIGHT static inline void linux_arch_call_arguments(const struct lfi_regs *regs, uint64_t arg[6])
{
    memcpy(arg, regs->x, 6 * sizeof arg[0]);
}

LFI_LIGHT static inline void linux_arch_call_result(struct lfi_regs *regs, int64_t result)
{
    regs->x[0] = (uint64_t)result;
}

/* The registers of a call that has its result: of the call again. */
static inline void linux_arch_call_restart(struct lfi_regs *regs, long number, uint64_t first)
{
    (void)number;
    regs->x[0] = first;
}

/* The host's system call: its result or a negative errno value. */
LFI_LIGHT static inline int64_t linux_arch_call(long number, const uint64_t arg[6])
{
    register uint64_t x8 __asm__("x8") = (uint64_t)number;
    register uint64_t x0 __asm__("x0") = arg[0];
    register uint64_t x1 __asm__("x1") = arg[1];
    register uint64_t x2 __asm__("x2") = arg[2];
    register uint64_t x3 __asm__("x3") = arg[3];
    register uint64_t x4 __asm__("x4") = arg[4];
    register uint64_t x5 __asm__("x5") = arg[5];
    __asm__ volatile("svc #0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return (int64_t)x0;
}

#endif
