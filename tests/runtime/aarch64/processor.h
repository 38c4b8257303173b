// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What the tests must know of AArch64: registers by what they are for, and code. */
#ifndef TEST_PROCESSOR_H
#define TEST_PROCESSOR_H

#include <stdint.h>

#include <lfi/lfi.h>

#include "frame.h"

/* members of struct lfi_regs */
#define REG_NUMBER x[8] /* of a system call */
#define REG_RESULT x[0]
#define REG_ARG0   x[0]
#define REG_ARG1   x[1]
#define REG_ARG2   x[2]
#define REG_ARG3   x[3]
#define REG_ARG4   x[4]
#define REG_ARG5   x[5]
#define REG_SP     sp
#define REG_PC     pc
#define REG_SECOND x[1]  /* second result of code_tp */
#define REG_COUNT  x[19] /* of rounds of code_loop */
#define REG_WHICH  x[21] /* its system call */
#define REG_KEPT   x[20] /* kept by calls */

#define SLOT(k)       LFI_SLOT_BELOW(k)
#define CODE_ALIGN    LFI_INSN_SIZE /* where indirect branches lead */
#define RECURSE_FAULT 16            /* code_recurse: below the stack */

#define GOOD_CODE                                      \
    {                                                  \
        0x1f, 0x20, 0x03, 0xd5, 0x20, 0x00, 0x20, 0xd4 \
    } /* nop, brk #1 */
#define SYSTEM_CALL_CODE                               \
    {                                                  \
        0x1f, 0x20, 0x03, 0xd5, 0x01, 0x00, 0x00, 0xd4 \
    }

/* Features that boxes must do without, in turn: all that there is may be there or not. */
static const uint32_t lacking[] __attribute__((unused)) = {0, 3};

/* Overwrites all that a C function may, and the control register, which it may not. */
static inline void clobber(void)
{
    __asm__ volatile(".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17\n\t"
                     "mov x\\i, #-1\n\t"
                     ".endr\n\t"
                     ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, "
                     "27, 28, 29, 30, 31\n\t"
                     "movi v\\i\\().16b, #255\n\t"
                     ".endr\n\t"
                     /* the upper halves of the others are the callee's, too */
                     ".irp i, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
                     "mov v\\i\\().d[1], x0\n\t"
                     ".endr\n\t"
                     "mov x0, #0x3c00000\n\t" /* rounds to zero, flushes to zero, default NaN */
                     "msr fpcr, x0\n\t"
                     "mov x0, #0x9f\n\t"
                     "msr fpsr, x0\n\t"
                     "cmp x1, #1\n\t"
                     :
                     :
                     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
                       "x12", "x13", "x14", "x15", "x16", "x17", "v0", "v1", "v2", "v3", "v4", "v5",
                       "v6", "v7", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
                       "v25", "v26", "v27", "v28", "v29", "v30", "v31", "cc", "memory");
}

/* All of frame.vectors counts. */
static inline void fill_vector_state(struct core_frame *frame)
{
    (void)frame;
}

/* The same as clobber() with general registers only, as a light handler may. */
LFI_LIGHT static inline void clobber_general(void)
{
    __asm__ volatile(".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17\n\t"
                     "mov x\\i, #-1\n\t"
                     ".endr\n\t"
                     "cmp x1, #1\n\t"
                     :
                     :
                     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
                       "x12", "x13", "x14", "x15", "x16", "x17", "cc", "memory");
}

#endif
