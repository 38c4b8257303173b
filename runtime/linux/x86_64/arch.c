// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What differs from one architecture to the next, for x86-64. */
#include "linux/process.h"

#include <string.h>
#include <sys/auxv.h>
#include <ucontext.h>

/* clone(flags, stack, parent_tid, child_tid, tls): clone(2), "C library/kernel differences". */
void linux_arch_clone_arguments(const uint64_t arg[6], uint64_t *child_tid, uint64_t *tls)
{
    *child_tid = arg[3];
    *tls = arg[4];
}

const char *linux_arch_platform(void)
{
    return "x86_64";
}

void linux_arch_capabilities(uint64_t *first, uint64_t *second)
{
    /* register EDX of leaf 1 of `cpuid` */
    enum { EAX, EBX, ECX, EDX, HIDE = 0, KEEP = 1 };
#define CPUID(leaf, subleaf, reg, bit, name, answer, insn) \
    | ((leaf) == 1 && (reg) == EDX ? (uint64_t)(answer) << (bit) : 0)
#define CPUID_NONE(leaf, subleaf, name)
    const uint64_t kept = 0
#include "cpuid.def"
        ;
    *first = getauxval(AT_HWCAP) & kept;
    *second = 0; /* bit 1 tells of FSGSBASE: not for a box */
}

void linux_arch_start(struct lfi_regs *regs, uint64_t entry, uint64_t stack)
{
    regs->rip = entry;
    regs->rsp = stack;
    regs->rdx = 0; /* psABI, "Process Initialization": no function for atexit */
}

void linux_arch_set_stack(struct lfi_regs *regs, uint64_t stack)
{
    regs->rsp = stack;
}

uint64_t linux_arch_get_stack(const struct lfi_regs *regs)
{
    return regs->rsp;
}

uint64_t linux_arch_get_pc(const struct lfi_regs *regs)
{
    return regs->rip;
}

uint64_t linux_arch_get_result(const struct lfi_regs *regs)
{
    return regs->rax;
}

uint64_t linux_arch_signal_pc(const void *context)
{
    return (uint64_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
}

void linux_arch_signal_set_pc(void *context, uint64_t pc)
{
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] = (greg_t)pc;
}

int64_t linux_arch_signal_result(const void *context)
{
    return (int64_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RAX];
}

/* What a handler finds on its stack: arch/x86/include/asm/sigframe.h, without vector state. */
struct frame {
    uint64_t restorer;
    struct {
        uint64_t flags, link, stack, stack_flags, stack_size;
        uint64_t gregs[23];
        uint64_t fpregs;
        uint64_t restart; /* reserved: where rip is if a call is to be made again, or 0 */
        uint64_t reserved[7];
        uint64_t mask;
    } context;
    uint8_t info[128];
};

#define RED_ZONE 256 /* and what the rewriter keeps beyond it */

int linux_arch_signal_enter(struct thread *thread, struct lfi_regs *regs,
                            const struct linux_signal *signal, const struct action *action,
                            uint64_t old_mask, uint64_t top, bool restart)
{
    struct lfi_box *box = thread->process->box;
    struct frame frame;
    memset(&frame, 0, sizeof frame);
    frame.restorer = action->restorer;
    frame.context.stack = thread->stack;
    frame.context.stack_flags = thread->stack_flags;
    frame.context.stack_size = thread->stack_size;
    const struct {
        int index;
        uint64_t value;
    } saved[] = {
        {REG_R8, regs->r8},   {REG_R9, regs->r9},      {REG_R10, regs->r10}, {REG_R11, regs->r11},
        {REG_R12, regs->r12}, {REG_R13, regs->r13},    {REG_R14, regs->r14}, {REG_R15, regs->r15},
        {REG_RDI, regs->rdi}, {REG_RSI, regs->rsi},    {REG_RBP, regs->rbp}, {REG_RBX, regs->rbx},
        {REG_RDX, regs->rdx}, {REG_RAX, regs->rax},    {REG_RCX, regs->rcx}, {REG_RSP, regs->rsp},
        {REG_RIP, regs->rip}, {REG_EFL, regs->rflags},
    };
    for (size_t i = 0; i < sizeof saved / sizeof *saved; i++)
        frame.context.gregs[saved[i].index] = saved[i].value;
    frame.context.mask = old_mask;
    frame.context.restart = restart ? regs->rip : 0;
    memcpy(frame.info, &signal->info, sizeof signal->info);

    uint64_t at = top ? top : regs->rsp - RED_ZONE;
    at = ((at - sizeof frame) & ~(uint64_t)15) - 8; /* as after a call */
    if (lfi_copy_out(box, at, &frame, sizeof frame))
        return -EFAULT;
    regs->rdi = (uint64_t)signal->number;
    regs->rsi = at + offsetof(struct frame, info);
    regs->rdx = at + offsetof(struct frame, context);
    regs->rax = 0;
    regs->rsp = at;
    regs->rip = action->handler;      /* core puts it on a bundle start of the box */
    regs->rflags &= ~(uint64_t)0x400; /* DF */
    return 0;
}

int linux_arch_signal_leave(struct thread *thread, struct lfi_regs *regs, uint64_t *mask,
                            bool *restart)
{
    /* The handler's ret took the restorer from the stack. Nothing in the frame is trusted. */
    struct frame frame;
    if (lfi_copy_in(thread->process->box, &frame, regs->rsp - sizeof frame.restorer, sizeof frame))
        return -EFAULT;
    const uint64_t *gregs = frame.context.gregs, base = thread->process->base;
    *regs = (struct lfi_regs){
        .rax = gregs[REG_RAX],
        .rbx = gregs[REG_RBX],
        .rcx = gregs[REG_RCX],
        .rdx = gregs[REG_RDX],
        .rsi = gregs[REG_RSI],
        .rdi = gregs[REG_RDI],
        .rbp = gregs[REG_RBP],
        .rsp = base | (uint32_t)gregs[REG_RSP],
        .r8 = gregs[REG_R8],
        .r9 = gregs[REG_R9],
        .r10 = gregs[REG_R10],
        .r11 = gregs[REG_R11],
        .r12 = gregs[REG_R12],
        .r13 = gregs[REG_R13],
        .r14 = gregs[REG_R14],
        .r15 = gregs[REG_R15],
        .rip = gregs[REG_RIP],
        .rflags = gregs[REG_EFL],
    };
    *mask = frame.context.mask;
    *restart = frame.context.restart && frame.context.restart == regs->rip;
    return 0;
}
