// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* boxrt_minimal on AArch64: where the box begins, how it rests, and the relocation of a static-pie.
 */
#ifndef BOXRT_START_H
#define BOXRT_START_H

#include <elf.h>
#include <stdint.h>

#include <lfi/abi.h>

#define RELATIVE R_AARCH64_RELATIVE

__asm__(".text\n.globl _start\n_start:\n\tmov x29, #0\n\tbl boxrt_start\n\tbrk #1\n");

static inline void rest(const uint64_t *functions)
{
    register long number __asm__("x8") = LFI_CALL_REST;
    register const void *first __asm__("x0") = functions;
    __asm__ volatile("svc #0" : "+r"(first) : "r"(number) : "memory");
}

#endif
