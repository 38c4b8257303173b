// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The registers that a call keeps, AArch64. In the box wild() keeps none of those that it may
 * write; in the host registers_changed() says which a call of it changed. */
#include <stdint.h>

#ifdef __LFI__
long wild(void);
__asm__(".text\n"
        ".globl wild\n"
        ".type wild, %function\n"
        "wild:\n"
        ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, "
        "24, 29\n"
        "movn x\\i, #0\n"
        ".endr\n"
        ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 31\n"
        "movi v\\i\\().16b, #255\n"
        ".endr\n"
        "mov x1, #0x400000\n" /* rounds up */
        "msr fpcr, x1\n"
        "ret\n"
        ".size wild, . - wild\n");
#else
/* A bit for each of x19 … x29, d8 … d15, sp, fpcr that is not as before the call. */
static inline unsigned registers_changed(long (*call)(void), long *result)
{
    uint64_t out[22], fpcr[2];
    register uint64_t x0 __asm__("x0") = (uint64_t)(uintptr_t)call;
    register uint64_t *x1 __asm__("x1") = out;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr[0]));
    __asm__ volatile("sub sp, sp, #192\n\t"
                     "stp x19, x20, [sp]\n\tstp x21, x22, [sp, #16]\n\tstp x23, x24, [sp, #32]\n\t"
                     "stp x25, x26, [sp, #48]\n\tstp x27, x28, [sp, #64]\n\t"
                     "stp x29, x30, [sp, #80]\n\tstp d8, d9, [sp, #96]\n\t"
                     "stp d10, d11, [sp, #112]\n\tstp d12, d13, [sp, #128]\n\t"
                     "stp d14, d15, [sp, #144]\n\tstr x1, [sp, #160]\n\t"
                     "mov x2, sp\n\tstr x2, [sp, #168]\n\t"
                     ".irp i, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29\n\t"
                     "mov x\\i, #(100 + \\i)\n\t"
                     ".endr\n\t"
                     ".irp i, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
                     "mov x2, #(200 + \\i)\n\tfmov d\\i, x2\n\t"
                     ".endr\n\t"
                     "blr x0\n\t"
                     "ldr x1, [sp, #160]\n\t"
                     "stp x19, x20, [x1]\n\tstp x21, x22, [x1, #16]\n\tstp x23, x24, [x1, #32]\n\t"
                     "stp x25, x26, [x1, #48]\n\tstp x27, x28, [x1, #64]\n\tstr x29, [x1, #80]\n\t"
                     "stp d8, d9, [x1, #88]\n\tstp d10, d11, [x1, #104]\n\t"
                     "stp d12, d13, [x1, #120]\n\tstp d14, d15, [x1, #136]\n\t"
                     "mov x2, sp\n\tldr x3, [sp, #168]\n\tsub x2, x2, x3\n\tstr x2, [x1, #152]\n\t"
                     "ldp x19, x20, [sp]\n\tldp x21, x22, [sp, #16]\n\tldp x23, x24, [sp, #32]\n\t"
                     "ldp x25, x26, [sp, #48]\n\tldp x27, x28, [sp, #64]\n\t"
                     "ldp x29, x30, [sp, #80]\n\tldp d8, d9, [sp, #96]\n\t"
                     "ldp d10, d11, [sp, #112]\n\tldp d12, d13, [sp, #128]\n\t"
                     "ldp d14, d15, [sp, #144]\n\tadd sp, sp, #192\n\t"
                     : "+r"(x0), "+r"(x1)
                     :
                     : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
                       "x14", "x15", "x16", "x17", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7",
                       "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26",
                       "v27", "v28", "v29", "v30", "v31", "memory", "cc");
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr[1]));
    *result = (long)x0;
    unsigned changed = 0;
    for (unsigned i = 0; i < 11; i++)
        changed |= (out[i] != 119 + i ? 1u : 0) << i;
    for (unsigned i = 0; i < 8; i++)
        changed |= (out[11 + i] != 208 + i ? 1u : 0) << (11 + i);
    changed |= (out[19] != 0 ? 1u : 0) << 19;
    changed |= (fpcr[0] != fpcr[1] ? 1u : 0) << 20;
    return changed;
}
#endif
