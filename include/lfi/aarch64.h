// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What of <lfi/lfi.h> is of AArch64. Include that. */
#ifndef LFI_AARCH64_H
#define LFI_AARCH64_H

#include <stdint.h>

/* The stack pointer that the caller of the function that this stands in had at the call, for
 * <lfi/bind.h>. (What clang calls so is the frame pointer, which depends on the function.) */
#if defined(__clang__)
#define LFI_CALLER_STACK() ((const char *)__builtin_sponentry())
#else
#define LFI_CALLER_STACK() ((const char *)__builtin_dwarf_cfa())
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct lfi_context;

/*
 * The general registers of a context. Initially all are 0. What the host puts in x28, x30 and sp is
 * brought into the box; x25 and x27 are the runtime's, whatever the host puts there.
 */
struct lfi_regs {
    uint64_t x[31];
    uint64_t sp;
    uint64_t pc; /* where the box continues: the lower two bits are dropped, the upper half is the
                    base's. Unless it is x30, as after a system call, x28 will be the same */
    uint64_t nzcv;
};

/* How many integer arguments of a call are passed in registers. */
#define LFI_CALL_INTEGERS 8

/*
 * The vector state of a context, or within a system call that of the caller, as in the kernel's
 * struct fpsimd_context after its head: what a frame for a signal handler has to hold. Every value
 * is valid.
 */
struct lfi_vectors {
    uint32_t fpsr, fpcr;
    uint8_t v[32][16];
};
void lfi_context_get_vectors(const struct lfi_context *context, struct lfi_vectors *vectors);
void lfi_context_set_vectors(struct lfi_context *context, const struct lfi_vectors *vectors);

#ifdef __cplusplus
}
#endif

/* For functions that use general registers only: lfi_light_fn. */
#define LFI_LIGHT __attribute__((target("+nofp")))

#endif
