// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The registers of a system call, for x86-64: of the box's, and of the host's. */
#ifndef LFI_LINUX_CALL_H
#define LFI_LINUX_CALL_H

#include <stdint.h>

#include <lfi/lfi.h>

LFI_LIGHT static inline long linux_arch_call_number(const struct lfi_regs *regs)
{
    return (long)(int)regs->rax;
}

LFI_LIGHT static inline void linux_arch_call_arguments(const struct lfi_regs *regs, uint64_t arg[6])
{
    arg[0] = regs->rdi;
    arg[1] = regs->rsi;
    arg[2] = regs->rdx;
    arg[3] = regs->r10;
    arg[4] = regs->r8;
    arg[5] = regs->r9;
}

LFI_LIGHT static inline void linux_arch_call_result(struct lfi_regs *regs, int64_t result)
{
    regs->rax = (uint64_t)result;
}

/* The registers of a call that has its result: of the call again. */
static inline void linux_arch_call_restart(struct lfi_regs *regs, long number, uint64_t first)
{
    (void)first;
    regs->rax = (uint64_t)number;
}

/* The host's system call: its result or a negative errno value. */
LFI_LIGHT static inline int64_t linux_arch_call(long number, const uint64_t arg[6])
{
    register uint64_t r10 __asm__("r10") = arg[3];
    register uint64_t r8 __asm__("r8") = arg[4];
    register uint64_t r9 __asm__("r9") = arg[5];
    int64_t result = number;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(arg[0]), "S"(arg[1]), "d"(arg[2]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#endif
