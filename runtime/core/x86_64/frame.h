// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The frame: what is known about one stay of a thread in a box. switch.S reads and writes it by the
 * offsets below, C by the struct; machine.c checks that they agree.
 *
 * A frame lives in host memory: in the context for lfi_context_run(), on the host's stack for
 * lfi_call(). Code of the box never gets to see its address.
 */
#ifndef LFI_X86_64_FRAME_H
#define LFI_X86_64_FRAME_H

/* struct lfi_regs is at offset 0 of the frame */
#define REGS_RAX    0
#define REGS_RBX    8
#define REGS_RCX    16
#define REGS_RDX    24
#define REGS_RSI    32
#define REGS_RDI    40
#define REGS_RBP    48
#define REGS_RSP    56
#define REGS_R8     64
#define REGS_R9     72
#define REGS_R10    80
#define REGS_R11    88
#define REGS_R12    96
#define REGS_R13    104
#define REGS_R14    112
#define REGS_R15    120
#define REGS_RIP    128
#define REGS_RFLAGS 136

#define FRAME_CONTEXT     144
#define FRAME_SERVE       152
#define FRAME_HOST_RSP    160
#define FRAME_BASE        168
#define FRAME_STACK_REACH 176
#define FRAME_MXCSR       184
#define FRAME_HOST_MXCSR  188
#define FRAME_HOST_FCW    192
#define FRAME_IN_USE      196
#define FRAME_FEATURES    200
#define FRAME_IN_BOX      204
#define FRAME_LEAVE       208
#define FRAME_VECTORS     256
#define FRAME_X87         768
#define FRAME_SIZE        1344

/* bits of frame.in_use, those of XINUSE: which state was saved; the rest is in its initial state */
#define IN_USE_X87 1
#define IN_USE_SSE 2
#define IN_USE_AVX 4

/* bits of frame.features */
#define FEATURE_XGETBV1  1 /* XGETBV(1) tells what is in use; implies XSAVE */
#define FEATURE_AVX      2 /* and the operating system saves it */
#define FEATURE_FSGSBASE 4

#define INITIAL_MXCSR 0x1f80
#define INITIAL_FCW   0x37f

/* offset of lfi_context.interrupt */
#define CONTEXT_INTERRUPT 0

#ifndef __ASSEMBLER__

#include <lfi/lfi.h>

#define MACHINE_TRAP            0xf4 /* hlt */
#define MACHINE_RETURN_SIZE     LFI_BUNDLE_SIZE
#define MACHINE_RETURN_ON_STACK 1
#define MACHINE_STACK_REACH     LFI_BOX_SIZE
#define MACHINE_SYS_PAGE        0
#define MACHINE_ROOM            0

struct machine_reservation {
    char nothing;
};

struct machine_context {
    uint64_t tp; /* while this is not the thread's innermost context */
};

struct machine_thread {
    uint64_t ret; /* scratch of the trampoline that reads tp */
    uint64_t tp;  /* the box's thread pointer, while in a box */
};

struct core_frame {
    struct lfi_regs regs;
    struct lfi_context *context;
    lfi_syscall_fn *serve;
    uint64_t host_rsp;
    uint64_t base;
    uint64_t stack_reach; /* rsp - base beyond this is brought back into the box at entry */
    uint32_t mxcsr;       /* of the box, as FRAME_VECTORS and FRAME_X87 */
    uint32_t host_mxcsr;
    uint16_t host_fcw;
    uint32_t in_use;
    uint32_t features;
    uint32_t in_box; /* the registers are the box's, or on their way to be */
    uint32_t leave;  /* 0, or the exit kind + 1 that ends the stay after the handler */
    _Alignas(64) uint8_t vectors[16][32]; /* ymm0 … ymm15, or only their lower halves */
    _Alignas(64) uint8_t x87[576];        /* XSAVE area of which only x87 counts, or FXSAVE's */
};

#endif
#endif
