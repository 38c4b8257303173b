// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What the tests must know of x86-64: registers by what they are for, and code. */
#ifndef TEST_PROCESSOR_H
#define TEST_PROCESSOR_H

#include <stdint.h>

#include <lfi/lfi.h>

#include "frame.h"

/* members of struct lfi_regs */
#define REG_NUMBER rax /* of a system call */
#define REG_RESULT rax
#define REG_ARG0   rdi
#define REG_ARG1   rsi
#define REG_ARG2   rdx
#define REG_ARG3   r10
#define REG_ARG4   r8
#define REG_ARG5   r9
#define REG_SP     rsp
#define REG_PC     rip
#define REG_SECOND rdx /* second result of code_tp */
#define REG_COUNT  rbx /* of rounds of code_loop */
#define REG_WHICH  r14 /* its system call */
#define REG_KEPT   r12 /* kept by calls */

#define SLOT(k)       LFI_SLOT_INSIDE(k)
#define CODE_ALIGN    LFI_BUNDLE_SIZE /* where indirect branches lead */
#define RECURSE_FAULT 8               /* code_recurse: below the stack */

#define GOOD_CODE        \
    {                    \
        0x90, 0x90, 0xf4 \
    } /* nop, nop, hlt */
#define SYSTEM_CALL_CODE \
    {                    \
        0x90, 0x0f, 0x05 \
    }

/* Features that boxes must do without, in turn, to test what stands in for them. */
static const uint32_t lacking[]
    __attribute__((unused)) = {0, FEATURE_FSGSBASE, FEATURE_XGETBV1, FEATURE_AVX512,
                               FEATURE_XGETBV1 | FEATURE_AVX | FEATURE_AVX512 | FEATURE_FSGSBASE};

/* Overwrites all that a C function may, and the control words, which it may not. */
static inline void clobber(void)
{
    const uint32_t mxcsr = 0x7fbf; /* all flags, rounds to zero */
    const uint16_t fcw = 0x0f7f;

    __asm__ volatile("vpcmpeqd %%ymm0, %%ymm0, %%ymm0\n\t"
                     ".irp i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
                     "vmovdqa %%ymm0, %%ymm\\i\n\t"
                     ".endr\n\t"
                     "fldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\t"
                     "fninit\n\tfldpi\n\tfstp %%st(0)\n\t" /* contents stay under empty tags */
                     "fldcw %1\n\tldmxcsr %0\n\t"
                     "movq $-1, %%rax\n\tmovq %%rax, %%rcx\n\tmovq %%rax, %%rdx\n\t"
                     "movq %%rax, %%rsi\n\tmovq %%rax, %%rdi\n\tmovq %%rax, %%r8\n\t"
                     "movq %%rax, %%r9\n\tmovq %%rax, %%r10\n\tmovq %%rax, %%r11\n\t"
                     "cmpq $1, %%rax\n\t"
                     :
                     : "m"(mxcsr), "m"(fcw)
                     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "cc", "memory");
}

/* All of frame.vectors counts. */
static inline void fill_vector_state(struct core_frame *frame)
{
    frame->in_use = IN_USE_SSE | IN_USE_AVX;
}

/* The same as clobber() with general registers only, as a light handler may. */
LFI_LIGHT static inline void clobber_general(void)
{
    __asm__ volatile("movq $-1, %%rax\n\tmovq %%rax, %%rcx\n\tmovq %%rax, %%rdx\n\t"
                     "movq %%rax, %%rsi\n\tmovq %%rax, %%rdi\n\tmovq %%rax, %%r8\n\t"
                     "movq %%rax, %%r9\n\tmovq %%rax, %%r10\n\tmovq %%rax, %%r11\n\t"
                     "cmpq $1, %%rax\n\t"
                     :
                     :
                     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "cc", "memory");
}

#endif
