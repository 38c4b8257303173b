// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The registers that a call keeps, x86-64. In the box wild() keeps none; in the host
 * registers_changed() says which a call of it changed. */
#include <stdint.h>

#ifdef __LFI__
long wild(void);
__asm__(".text\n"
        ".globl wild\n"
        ".type wild, @function\n"
        "wild:\n"
        "movq $-1, %rbx\n"
        "movq $-1, %rbp\n"
        "movq $-1, %r12\n"
        "movq $-1, %r13\n"
        "movq $-1, %r14\n"
        "movq $-1, %r15\n"
        "movq $-1, %rcx\n"
        "movq $-1, %rdx\n"
        "movq $-1, %rsi\n"
        "movq $-1, %rdi\n"
        "movq $-1, %r8\n"
        "movq $-1, %r9\n"
        "movq $-1, %r10\n"
        "pcmpeqd %xmm0, %xmm0\n"
        "pcmpeqd %xmm1, %xmm1\n"
        "pcmpeqd %xmm8, %xmm8\n"
        "pcmpeqd %xmm15, %xmm15\n"
        "movl $0x3f80, -8(%rsp)\n" /* rounds up */
        "ldmxcsr -8(%rsp)\n"
        "movw $0x0f7f, -8(%rsp)\n" /* towards zero, single precision */
        "fldcw -8(%rsp)\n"
        "fld1\n"
        "movq $-1, %rax\n"
        "std\n"
        "ret\n"
        ".size wild, . - wild\n");
#else
/* A bit for each of rbx, rbp, r12 … r15, rsp, direction flag, mxcsr, x87 control word, x87 tags
 * that is not as before the call. */
static inline unsigned registers_changed(long (*call)(void), long *result)
{
    uint64_t out[11], flags;
    uint32_t mxcsr[2];
    uint16_t fcw[2];
    struct {
        uint32_t control, status, tags, rest[4];
    } environment;
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr[0]), "=m"(fcw[0]));
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n\t" /* the red zone */
                     "pushq %%rbx\n\tpushq %%rbp\n\tpushq %%r12\n\tpushq %%r13\n\t"
                     "pushq %%r14\n\tpushq %%r15\n\t"
                     "movq %%rsp, %%rdx\n\tandq $-16, %%rsp\n\tpushq %%rdx\n\tpushq %%rsi\n\t"
                     "movq %%rsp, (%%rsi)\n\t"
                     "movl $101, %%ebx\n\tmovl $102, %%ebp\n\tmovl $103, %%r12d\n\t"
                     "movl $104, %%r13d\n\tmovl $105, %%r14d\n\tmovl $106, %%r15d\n\t"
                     "call *%%rax\n\t"
                     "movq (%%rsp), %%rsi\n\t"
                     "movq %%rsp, 8(%%rsi)\n\tmovq %%rbx, 16(%%rsi)\n\t"
                     "movq %%rbp, 24(%%rsi)\n\tmovq %%r12, 32(%%rsi)\n\t"
                     "movq %%r13, 40(%%rsi)\n\tmovq %%r14, 48(%%rsi)\n\t"
                     "movq %%r15, 56(%%rsi)\n\t"
                     "pushfq\n\tpopq 64(%%rsi)\n\tcld\n\t"
                     "movq 8(%%rsp), %%rsp\n\tpopq %%r15\n\tpopq %%r14\n\tpopq %%r13\n\t"
                     "popq %%r12\n\tpopq %%rbp\n\tpopq %%rbx\n\tleaq 128(%%rsp), %%rsp\n\t"
                     : "=a"(*result)
                     : "a"(call), "S"(out)
                     : "rcx", "rdx", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1\n\tfnstenv %2\n\tfldenv %2"
                     : "=m"(mxcsr[1]), "=m"(fcw[1]), "=m"(environment));
    flags = out[8];
    unsigned changed = 0;
    for (unsigned i = 0; i < 6; i++)
        changed |= (out[2 + i] != 101 + i ? 1u : 0) << i;
    changed |= (out[0] != out[1] ? 1u : 0) << 6;
    changed |= (flags & 0x400 ? 1u : 0) << 7;
    changed |= ((mxcsr[0] ^ mxcsr[1]) & 0xffc0 ? 1u : 0) << 8;
    changed |= (fcw[0] != fcw[1] ? 1u : 0) << 9;
    changed |= ((environment.tags & 0xffff) != 0xffff ? 1u : 0) << 10;
    return changed;
}
#endif
