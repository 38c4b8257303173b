// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What differs from one architecture to the next, for AArch64. */
#include "linux/process.h"

#include <asm/hwcap.h>
#include <string.h>
#include <sys/auxv.h>
#include <ucontext.h>

/* clone(flags, stack, parent_tid, tls, child_tid): clone(2), "C library/kernel differences". */
void linux_arch_clone_arguments(const uint64_t arg[6], uint64_t *child_tid, uint64_t *tls)
{
    *tls = arg[3];
    *child_tid = arg[4];
}

const char *linux_arch_platform(void)
{
    return "aarch64";
}

/*
 * Not SVE, SME and MTE, whose instructions do not verify, SSBS, which a box may not write, and what
 * a later kernel adds; nor that the identification registers can be read, which tell of all of
 * them. Bits of AT_HWCAP2: the kernel's uapi/asm/hwcap.h.
 */
void linux_arch_capabilities(uint64_t *first, uint64_t *second)
{
    const uint64_t lowest = 0xffffffff & ~(uint64_t)(HWCAP_SVE | HWCAP_SSBS | HWCAP_CPUID);
    const uint64_t known = 1 << 0       /* DCPODP */
                           | 1 << 7     /* FLAGM2 */
                           | 1 << 8     /* FRINT */
                           | 1 << 13    /* I8MM */
                           | 1 << 14    /* BF16 */
                           | 1 << 15    /* DGH */
                           | 1 << 16    /* RNG */
                           | 1 << 17    /* BTI */
                           | 1 << 20    /* AFP */
                           | 1 << 21    /* RPRES */
                           | 1UL << 34; /* CSSC */
    *first = getauxval(AT_HWCAP) & lowest;
    *second = getauxval(AT_HWCAP2) & known;
}

void linux_arch_start(struct lfi_regs *regs, uint64_t entry, uint64_t stack)
{
    regs->pc = entry;
    regs->sp = stack;
}

void linux_arch_set_stack(struct lfi_regs *regs, uint64_t stack)
{
    regs->sp = stack;
}

uint64_t linux_arch_get_stack(const struct lfi_regs *regs)
{
    return regs->sp;
}

uint64_t linux_arch_get_pc(const struct lfi_regs *regs)
{
    return regs->pc;
}

uint64_t linux_arch_get_result(const struct lfi_regs *regs)
{
    return regs->x[0];
}

uint64_t linux_arch_signal_pc(const void *context)
{
    return ((const ucontext_t *)context)->uc_mcontext.pc;
}

void linux_arch_signal_set_pc(void *context, uint64_t pc)
{
    ((ucontext_t *)context)->uc_mcontext.pc = pc;
}

int64_t linux_arch_signal_result(const void *context)
{
    return (int64_t)((const ucontext_t *)context)->uc_mcontext.regs[0];
}

/* What a handler finds on its stack: the kernel's arch/arm64/kernel/signal.c, asm/sigcontext.h. */
struct frame {
    uint8_t info[128];
    struct {
        uint64_t flags, link, stack, stack_flags, stack_size;
        uint64_t mask;
        uint8_t unused[120];
        uint64_t padding; /* struct sigcontext has an alignment of 16 */
        uint64_t fault_address, x[31], sp, pc, pstate;
        uint64_t restart; /* reserved: where pc is if a call is to be made again, or 0 */
        struct {
            uint32_t magic, size;
            struct lfi_vectors vectors;
        } records[1];
        uint8_t no_records[4096 - 528];
    } context;
    uint64_t record[2]; /* of the interrupted function, for unwinders */
};
_Static_assert(offsetof(struct frame, context.x[0]) == 128 + 184, "struct ucontext");
_Static_assert(offsetof(struct frame, context.records) == 128 + 464, "struct sigcontext");
_Static_assert(sizeof(struct lfi_vectors) + 8 == 528, "struct fpsimd_context");

#define FPSIMD_MAGIC 0x46508001

int linux_arch_signal_enter(struct thread *thread, struct lfi_regs *regs,
                            const struct linux_signal *signal, const struct action *action,
                            uint64_t old_mask, uint64_t top, uint64_t least, bool restart)
{
    struct frame frame;
    memset(&frame, 0, sizeof frame);
    frame.context.stack = thread->stack;
    frame.context.stack_flags = thread->stack_flags;
    frame.context.stack_size = thread->stack_size;
    frame.context.mask = old_mask;
    memcpy(frame.context.x, regs->x, sizeof regs->x);
    frame.context.sp = regs->sp;
    frame.context.pc = regs->pc;
    frame.context.pstate = regs->nzcv;
    if (signal->number == SIGSEGV || signal->number == SIGBUS)
        frame.context.fault_address = signal->info.address;
    frame.context.records[0].magic = FPSIMD_MAGIC;
    frame.context.records[0].size = sizeof frame.context.records[0];
    lfi_context_get_vectors(thread->context, &frame.context.records[0].vectors);
    frame.record[0] = regs->x[29];
    frame.record[1] = regs->x[30];
    frame.context.restart = restart ? regs->pc : 0;
    memcpy(frame.info, &signal->info, sizeof signal->info);

    uint64_t at = ((top ? top : regs->sp) - sizeof frame) & ~(uint64_t)15;
    if (at < least || lfi_copy_out(thread->process->box, at, &frame, sizeof frame))
        return -EFAULT;
    regs->x[0] = (uint64_t)signal->number;
    regs->x[1] = at + offsetof(struct frame, info);
    regs->x[2] = at + offsetof(struct frame, context);
    regs->x[29] = at + offsetof(struct frame, record);
    regs->x[30] = action->restorer;
    regs->sp = at;
    regs->pc = action->handler; /* core brings it and x30 into the box */
    return 0;
}

int linux_arch_signal_leave(struct thread *thread, struct lfi_regs *regs, uint64_t *mask,
                            bool *restart)
{
    /* Nothing in the frame is trusted. */
    struct frame frame;
    if (lfi_copy_in(thread->process->box, &frame, regs->sp, sizeof frame))
        return -EFAULT;
    memcpy(regs->x, frame.context.x, sizeof regs->x);
    regs->sp = thread->process->base | (uint32_t)frame.context.sp;
    regs->pc = thread->process->base | (uint32_t)frame.context.pc;
    regs->nzcv = frame.context.pstate & 0xf0000000;
    if (frame.context.records[0].magic == FPSIMD_MAGIC)
        lfi_context_set_vectors(thread->context, &frame.context.records[0].vectors);
    *mask = frame.context.mask;
    *restart = frame.context.restart && frame.context.restart == regs->pc;
    /* after a system call they are so, and it need not take the slower way */
    lfi_context_exact(thread->context, regs->pc != regs->x[30]);
    return 0;
}
