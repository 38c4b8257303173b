// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What of <lfi/lfi.h> is of x86-64. Include that. */
#ifndef LFI_X86_64_H
#define LFI_X86_64_H

#include <stdint.h>

/* The stack pointer that the caller of the function that this stands in had at the call, for
 * <lfi/bind.h>. */
#define LFI_CALLER_STACK() ((const char *)__builtin_dwarf_cfa())

#ifdef __cplusplus
extern "C" {
#endif

struct lfi_context;

/* The general registers of a context. Initially all are 0 (rflags: 0x202). */
struct lfi_regs {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rip;    /* where the box continues: the host may only name a bundle start (lower bits
                        are dropped, the upper half is the base's); after a fault, where that
                        happened */
    uint64_t rflags; /* only the arithmetic flags and DF are taken over on the way in */
};

/*
 * The vector and x87 state of a context, or within a system call or a stop that of the caller: what
 * a frame for a signal handler has to hold. Bits of `in_use` are those of XSTATE_BV: 1 x87, 2 SSE,
 * 4 AVX, 0xe0 AVX-512; what is not in use is in its initial state. Every value is valid: what the processor does
 * not have, and reserved bits of mxcsr, are left out.
 */
struct lfi_vectors {
    uint32_t in_use, mxcsr;
    uint8_t x87[160]; /* as FXSAVE64 stores it, of which what is SSE's is not used */
    uint8_t ymm[16][32];
    uint64_t masks[8];        /* of AVX-512, from here on */
    uint8_t zmm_high[16][32]; /* the upper halves of zmm0-15 */
    uint8_t zmm[16][64];      /* zmm16-31 */
};
void lfi_context_get_vectors(const struct lfi_context *context, struct lfi_vectors *vectors);
/* NULL: all of the initial state. */
void lfi_context_set_vectors(struct lfi_context *context, const struct lfi_vectors *vectors);

#ifdef __cplusplus
}
#endif

/* How many integer arguments of a call are passed in registers. */
#define LFI_CALL_INTEGERS 6

/* For functions that use general registers only: lfi_light_fn. */
#define LFI_LIGHT __attribute__((target("general-regs-only")))

#endif
