// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The frame: what is known about one stay of a thread in a box. switch.S reads and writes it by the
 * offsets below, C by the struct; machine.c checks that they agree.
 *
 * A frame lives in host memory: in the context for lfi_context_run(), on the host's stack for
 * lfi_call(). Code of the box never gets to see its address.
 */
#ifndef LFI_AARCH64_FRAME_H
#define LFI_AARCH64_FRAME_H

/* struct lfi_regs is at offset 0 of the frame */
#define REGS_X(n) (8 * (n))
#define REGS_SP   248
#define REGS_PC   256
#define REGS_NZCV 264

#define FRAME_CONTEXT     272
#define FRAME_SERVE       280
#define FRAME_HOST_SP     288
#define FRAME_BASE        296
#define FRAME_STACK_REACH 304
#define FRAME_BLOCK       312
#define FRAME_HOST_X18    320
#define FRAME_FPCR        328
#define FRAME_FPSR        336
#define FRAME_HOST_FPCR   344
#define FRAME_HOST_FPSR   352
#define FRAME_DIT         360
#define FRAME_HOST_DIT    368
#define FRAME_FEATURES    376
#define FRAME_IN_BOX      380
#define FRAME_LEAVE       384
#define FRAME_ELSEWHERE   388
#define FRAME_VECTORS     400
#define FRAME_SIZE        912

/* a bit of frame.features: a part of PSTATE that code may set (not SSBS: docs/abi.md) */
#define FEATURE_DIT 0

/* what machine_enter puts on the host's stack */
#define HOST_FRAME_SIZE 160

/* offset of lfi_context.interrupt */
#define CONTEXT_INTERRUPT 0

#ifndef __ASSEMBLER__

#include <lfi/lfi.h>

#define MACHINE_TRAP            0 /* udf #0 */
#define MACHINE_RETURN_SIZE     8
#define MACHINE_RETURN_ON_STACK 0
#define MACHINE_STACK_REACH     (LFI_BOX_SIZE + 1023) /* docs/abi.md, "The stack" */
#define MACHINE_SYS_PAGE        0
#define MACHINE_ROOM            0x10000               /* context blocks, of 1024 contexts */

struct machine_reservation {
    uint64_t blocks;      /* address of the first */
    uint32_t *next_free;  /* of each block: the next free one's number + 1, or 0 */
    uint32_t first_free;  /* likewise */
    uint32_t used, count; /* blocks from `used` on were never taken */
};

/* x25 in the box. Its offset 16 is the thread pointer, which the box may change at any time. */
struct machine_context {
    uint64_t block; /* its address */
};

struct machine_thread {
    char nothing;
};

struct core_frame {
    struct lfi_regs regs;
    struct lfi_context *context;
    lfi_syscall_fn *serve;
    uint64_t host_sp;
    uint64_t base;
    uint64_t stack_reach; /* sp - base beyond this is brought back into the box at entry */
    uint64_t block;
    uint64_t host_x18;   /* some hosts keep a register of their own there */
    uint64_t fpcr, fpsr; /* of the box */
    uint64_t host_fpcr, host_fpsr;
    uint64_t dit, host_dit; /* where the machine has it */
    uint32_t features;
    uint32_t in_box;    /* the registers are the box's, or on their way to be */
    uint32_t leave;     /* 0, or the exit kind + 1 that ends the stay after the handler */
    uint32_t elsewhere; /* the box continues at x28, not at x30 */
    _Alignas(16) uint8_t vectors[32][16];
};

#endif
#endif
