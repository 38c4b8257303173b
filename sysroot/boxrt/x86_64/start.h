// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* boxrt_minimal on x86-64: where the box begins, how it rests, and the relocation of a static-pie.
 */
#ifndef BOXRT_START_H
#define BOXRT_START_H

#include <elf.h>
#include <stdint.h>

#include <lfi/abi.h>

#define RELATIVE R_X86_64_RELATIVE

__asm__(".text\n.globl _start\n.p2align 5\n_start:\n\txorl %ebp, %ebp\n\tandq $-16, %rsp\n"
        "\tcall boxrt_start\n\tud2\n");

static inline void rest(const uint64_t *functions)
{
    register long number __asm__("rax") = LFI_CALL_REST;
    register const void *first __asm__("rdi") = functions;
    __asm__ volatile("syscall" : "+r"(number) : "r"(first) : "rcx", "r11", "memory");
}

#endif
