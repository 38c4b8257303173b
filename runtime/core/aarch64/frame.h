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
#define FRAME_IN_CALLBACK 912
#define FRAME_DEPTH       916
#define FRAME_TARGET      920
#define FRAME_STACK       928
#define FRAME_HOME        936
#define FRAME_OUTER       944
#define FRAME_FORMER      952
#define FRAME_ENTER       960
#define FRAME_RETURNING   968
#define FRAME_BELOW       976
#define FRAME_WORDS       984
#define FRAME_BYTES       988
#define FRAME_ST          992
#define FRAME_GATE        996
#define FRAME_SPECIAL     1000
#define FRAME_RESULT      1008
#define FRAME_PLACE       1016
#define FRAME_BACK        1024
#define FRAME_CALLBACK    1032
#define FRAME_LIGHT       1096
#define FRAME_HOST_CALL   1104
#define FRAME_DONE        1168
#define FRAME_EXACT       1176
#define FRAME_SIZE        1184

#define HOST_NOT_MADE (-512) /* LFI_HOST_NOT_MADE */

/* struct core_callback */
#define CALLBACK_VERSION  0
#define CALLBACK_FUNCTION 8
#define CALLBACK_INTEGERS 24
#define CALLBACK_VECTORS  40
#define CALLBACK_WORDS    48
#define CALLBACK_BYTES    52
#define CALLBACK_SPECIAL  60
#define CALLBACK_SHIFT    6 /* of its size */

/* struct core_thread */
#define THREAD_FRAME 0
#define THREAD_GATE  8
#define THREAD_KIND  16

/* a bit of frame.features: a part of PSTATE that code may set (not SSBS: docs/abi.md) */
#define FEATURE_DIT 0

/* what machine_enter puts on the host's stack */
#define HOST_FRAME_SIZE 160

/* offset of lfi_context.interrupt */
#define CONTEXT_INTERRUPT 0
#define CONTEXT_ACTIVE    8
#define CONTEXT_BOX       24

/* offset of lfi_box.callbacks, their number */
#define BOX_CALLBACKS 0
#define CALLBACKS_MAX 4096

/* of each in machine_gate_entries */
#define GATE_ENTRY_SIZE 128

#ifndef __ASSEMBLER__

#include <lfi/lfi.h>

#define MACHINE_TRAP            0 /* udf #0 */
#define MACHINE_RETURN_SIZE     8
#define MACHINE_RETURN_ON_STACK 0
#define MACHINE_STACK_REACH     (LFI_BOX_SIZE + 1023) /* docs/abi.md, "The stack" */
#define MACHINE_SLOT(k)         LFI_SLOT_BELOW(k)
#define MACHINE_SYS_PAGE        0
#define MACHINE_AT_0            0
#define MACHINE_STACK_POINTER   sp /* of struct lfi_regs */
#define MACHINE_CODE_POINTER    pc
#define MACHINE_ROOM            0x10000 /* context blocks, of 1024 contexts */
#define MACHINE_STUB_SIZE       16
#define MACHINE_ENTRY_MASK      0xfffffffc
#define MACHINE_ST              0
#define MACHINE_RESULT_VECTORS  4
#define MACHINE_MEMORY_INTEGER  0

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

/*
 * A callback as the gate reads it. A version that is odd, or changes meanwhile, or a function of 0:
 * there is none. What is not of the result is masked away.
 */
struct core_callback {
    uint64_t version;
    uint64_t function;
    uint64_t data;
    uint64_t integers[2];    /* masks of x0 and x1 */
    const uint64_t *vectors; /* masks of v0 to v3 */
    uint32_t words, bytes, st;
    uint32_t special; /* any of them */
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
    uint32_t in_callback;
    uint32_t depth;            /* stays of the thread up to this one */
    uint64_t target;           /* where a gate call enters the box */
    uint64_t stack;            /* of a gate call: the box's stack pointer */
    uint64_t home;             /* the box's return address */
    struct core_frame *outer;  /* the thread's stay around this one */
    struct core_frame *former; /* that of the context */
    uint64_t enter;            /* on the trampoline page: a trap */
    const char *returning;     /* where the return slot leads: machine_return or …_gate_return */
    uint64_t below;            /* within a callback: where stacks of nested calls begin, or 0 */
    uint32_t words, bytes, st; /* of the shape; st is 0 */
    uint32_t gate;             /* a gate call's: 1 + how many of the context are around it */
    uint32_t special;          /* any of words, bytes */
    uint64_t result, place;    /* a structure in memory: the caller's, the callee's */
    uint64_t back;             /* where a callback returns to */
    struct core_callback callback;  /* the one that runs, or ran last */
    lfi_light_fn *light;            /* or NULL */
    struct lfi_host_call host_call; /* of a light call, then `done` */
    lfi_light_done_fn *done;
    uint32_t exact; /* the box goes on by machine_exact, with all of regs */
};

#endif
#endif
