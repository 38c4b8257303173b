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
#define FRAME_IN_CALLBACK 212
#define FRAME_TARGET      216
#define FRAME_STACK       224
#define FRAME_HOME        232
#define FRAME_OUTER       240
#define FRAME_FORMER      248
#define FRAME_ENTER       256
#define FRAME_RETURNING   264
#define FRAME_DEPTH       272
#define FRAME_BELOW       280
#define FRAME_WORDS       288
#define FRAME_BYTES       292
#define FRAME_ST          296
#define FRAME_GATE        300
#define FRAME_SPECIAL     304
#define FRAME_FCW         308
#define FRAME_EXACT       310
#define FRAME_HOST_FSW    312
#define FRAME_NOW         314
#define FRAME_NOW_MXCSR   316
#define FRAME_RESULT      320
#define FRAME_PLACE       328
#define FRAME_RESULT_ST   336
#define FRAME_LIGHT       368
#define FRAME_DONE        376
#define FRAME_CALLBACK    384
#define FRAME_VECTORS     448
#define FRAME_X87         960
#define FRAME_HOST_CALL   1536
#define FRAME_ZMM         1600
#define FRAME_MASKS       3648
#define FRAME_SIZE        3712

#define HOST_NOT_MADE (-512) /* LFI_HOST_NOT_MADE */

/* struct core_callback */
#define CALLBACK_VERSION  0
#define CALLBACK_FUNCTION 8
#define CALLBACK_DATA     16
#define CALLBACK_INTEGERS 24
#define CALLBACK_VECTORS  40
#define CALLBACK_WORDS    48
#define CALLBACK_BYTES    52
#define CALLBACK_ST       56
#define CALLBACK_SPECIAL  60
#define CALLBACK_SHIFT    6 /* of its size */

/* struct core_thread */
#define THREAD_FRAME 0
#define THREAD_GATE  8
#define THREAD_KIND  16
#define THREAD_TP    32

/* bits of frame.in_use, those of XINUSE: which state was saved; the rest is in its initial state */
#define IN_USE_X87    1
#define IN_USE_SSE    2
#define IN_USE_AVX    4
#define IN_USE_MASKS  0x20
#define IN_USE_HIGH   0x40 /* upper halves of zmm0-15 */
#define IN_USE_MORE   0x80 /* zmm16-31 */
#define IN_USE_AVX512 0xe0 /* any of the three */

/* bits of frame.features: the state that boxes have, as in XCR0, and what the runtime can use */
#define FEATURE_X87      IN_USE_X87 /* always, as SSE */
#define FEATURE_SSE      IN_USE_SSE
#define FEATURE_AVX      IN_USE_AVX
#define FEATURE_AVX512   IN_USE_AVX512 /* all of the three; with BW and VL */
#define FEATURE_XGETBV1  0x1000000     /* XGETBV(1) tells what is in use; implies XSAVE */
#define FEATURE_FSGSBASE 0x2000000

#define INITIAL_MXCSR 0x1f80
#define INITIAL_FCW   0x37f

/* offset of lfi_context.interrupt */
#define CONTEXT_INTERRUPT 0
#define CONTEXT_ACTIVE    8
#define CONTEXT_TP        16
#define CONTEXT_BOX       24

/* offset of lfi_box.callbacks, their number */
#define BOX_CALLBACKS 0
#define CALLBACKS_MAX 4096

/* where things are on the trampoline page (machine.c) */
#define TRAMPOLINE_TRAP  0x80
#define TRAMPOLINE_ENTER 0xa0

#ifndef __ASSEMBLER__

#include <lfi/lfi.h>

#define MACHINE_TRAP            0xf4 /* hlt */
#define MACHINE_RETURN_SIZE     LFI_BUNDLE_SIZE
#define MACHINE_RETURN_ON_STACK 1
#define MACHINE_STACK_REACH     (LFI_BOX_SIZE - 1) /* docs/abi.md, "The stack" */
#define MACHINE_SLOT(k)         LFI_SLOT_INSIDE(k)
#define MACHINE_SYS_PAGE        (LFI_SYS_PAGE_INSIDE + LFI_SYS_PAGE_SIZE)
/* TSan ends a program that maps address 0. */
#if defined(__SANITIZE_THREAD__)
#define MACHINE_AT_0 0
#else
#define MACHINE_AT_0 1
#endif
#define MACHINE_STACK_POINTER  rsp /* of struct lfi_regs */
#define MACHINE_CODE_POINTER   rip
#define MACHINE_ROOM           0
#define MACHINE_STUB_SIZE      LFI_BUNDLE_SIZE
#define MACHINE_ENTRY_MASK     (0xffffffff & -LFI_BUNDLE_SIZE) /* of addresses of functions */
#define MACHINE_ST             2 /* x87 registers that may hold results */
#define MACHINE_RESULT_VECTORS 2
#define MACHINE_MEMORY_INTEGER 1 /* the address of a result in memory is an integer argument */

struct machine_reservation {
    char nothing;
};

struct machine_context {
    uint64_t tp; /* while this is not the thread's innermost context */
};

struct machine_thread {
    uint64_t tp;  /* the box's thread pointer, while in a box */
    uint64_t ret; /* scratch of trampolines: the return address, or rcx for core_cpuid() */
};

/*
 * A callback as the gate reads it. A version that is odd, or changes meanwhile, or a function of 0:
 * there is none. What is not of the result is masked away.
 */
struct core_callback {
    uint64_t version;
    uint64_t function;
    uint64_t data;
    uint64_t integers[2];    /* masks of rax and rdx */
    const uint64_t *vectors; /* masks of xmm0 and xmm1 */
    uint32_t words, bytes, st;
    uint32_t special; /* any of them */
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
    uint32_t in_callback;
    uint64_t target;           /* where the gate enters the box: in it, a bundle start */
    uint64_t stack;            /* of a gate call: the box's stack pointer, where `home` goes */
    uint64_t home;             /* the box's return address */
    struct core_frame *outer;  /* the thread's stay around this one */
    struct core_frame *former; /* that of the context */
    uint64_t enter;            /* on the trampoline page: the last instructions before the box */
    const char *returning;     /* where the return slot leads: machine_return or …_gate_return */
    uint32_t depth;            /* stays of the thread up to this one */
    uint64_t below;            /* within a callback: where stacks of nested calls begin, or 0 */
    uint32_t words, bytes, st; /* of the shape */
    uint32_t gate;             /* a gate call's: 1 + how many of the context are around it */
    uint32_t special;          /* any of words, bytes, st */
    uint16_t fcw;              /* of the box, during a callback */
    uint16_t exact;            /* the box goes on by machine_exact, with all of regs */
    uint16_t host_fsw;
    uint16_t now; /* scratch, as now_mxcsr */
    uint32_t now_mxcsr;
    uint64_t result, place; /* a structure in memory: the caller's, the callee's */
    uint8_t result_st[32];  /* st(0) and st(1), across the cleaning of x87 */
    lfi_light_fn *light;    /* or NULL */
    lfi_light_done_fn *done;
    _Alignas(64) struct core_callback callback; /* the one that runs, or ran last */
    _Alignas(64) uint8_t vectors[16][32];       /* ymm0 … ymm15, or only their lower halves */
    _Alignas(64) uint8_t x87[576];    /* XSAVE area of which only x87 counts, or FXSAVE's */
    struct lfi_host_call host_call;   /* of a light call, then `done` */
    _Alignas(64) uint8_t zmm[32][64]; /* these two only with IN_USE_AVX512, else not initialized */
    uint64_t masks[8];
};

extern const char machine_cpuid[];
void core_cpuid(struct core_frame *frame);

#endif
#endif
