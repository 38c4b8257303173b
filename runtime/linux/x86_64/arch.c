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

/*
 * What a handler finds on its stack: the kernel's arch/x86/include/asm/sigframe.h and, above it,
 * the state of x87 and vectors, of asm/sigcontext.h: as FXSAVE64 stores it, then the rest of
 * an XSAVE area and a word that says that it is there. The part of AVX-512 is there only if it is
 * in use, and then lies where AMD's processors have it.
 */
struct area {
    uint8_t x87[160];
    uint8_t xmm[16][16];
    uint8_t unused[48];
    struct {
        uint32_t magic, extended_size;
        uint64_t features;
        uint32_t size, padding[7];
    } software;
    uint64_t in_use, header[7];
    uint8_t high[16][16]; /* of ymm */
    uint64_t masks[8];
    uint8_t zmm_high[16][32];
    uint8_t zmm[16][64];
    uint32_t room[16]; /* for the word after all of it */
};
_Static_assert(offsetof(struct area, software) == 464, "struct _fpx_sw_bytes");
_Static_assert(offsetof(struct area, in_use) == 512, "struct _xstate");

enum {
    AREA_SIZE = offsetof(struct area, masks), /* without AVX-512 */
    AREA_SIZE_AVX512 = offsetof(struct area, room),
    AREA_LEGACY = offsetof(struct area, in_use),
    AREA_MAGIC = 0x46505853, /* FP_XSTATE_MAGIC1 */
    AREA_END = 0x46505845,   /* FP_XSTATE_MAGIC2 */
    AREA_FEATURES = 7,       /* x87, SSE, AVX */
    AREA_AVX512 = 0xe0,      /* masks, upper halves of zmm0-15, zmm16-31 */
    MXCSR_AT = 24,
};

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

#define RED_ZONE    256   /* and what the rewriter keeps beyond it */
#define FLAGS_SHOWN 0xcd5 /* OF, DF, SF, ZF, AF, PF, CF */
#define FLAGS_FIXED 0x202
#define PAGE_FAULT  14 /* SDM 3, 6.3.1 */

_Static_assert(AREA_SIZE == 832, "as XSAVE");

/* Returns how many bytes of the area there are. */
static size_t put_vectors(const struct lfi_vectors *vectors, struct area *area)
{
    const uint32_t wide = vectors->in_use & AREA_AVX512 ? AREA_AVX512 : 0, end = AREA_END;
    const uint32_t size = wide ? AREA_SIZE_AVX512 : AREA_SIZE;
    memset(area, 0, sizeof *area);
    memcpy(area->x87, vectors->x87, sizeof area->x87);
    const uint32_t mxcsr[2] = {vectors->mxcsr, 0xffff}; /* and which bits of it there are */
    memcpy(area->x87 + MXCSR_AT, mxcsr, sizeof mxcsr);
    for (int i = 0; i < 16; i++) {
        memcpy(area->xmm[i], vectors->ymm[i], 16);
        memcpy(area->high[i], vectors->ymm[i] + 16, 16);
    }
    memcpy(area->masks, vectors->masks, sizeof area->masks);
    memcpy(area->zmm_high, vectors->zmm_high, sizeof area->zmm_high);
    memcpy(area->zmm, vectors->zmm, sizeof area->zmm);
    area->software.magic = AREA_MAGIC;
    area->software.extended_size = size + sizeof end;
    area->software.features = AREA_FEATURES | wide;
    area->software.size = size;
    area->in_use = vectors->in_use;
    memcpy((uint8_t *)area + size, &end, sizeof end);
    return size + sizeof end;
}

/* Nothing in the area is trusted. */
static int take_vectors(struct lfi_box *box, uint64_t address, struct lfi_vectors *vectors)
{
    struct area area = {0};
    uint32_t end = 0, in_use = 3, size = 0;
    if (lfi_copy_in(box, &area, address, AREA_LEGACY))
        return -EFAULT;
    if (area.software.magic == AREA_MAGIC) {
        size = area.software.features & AREA_AVX512 ? AREA_SIZE_AVX512 : AREA_SIZE;
        if (lfi_copy_in(box, &area.in_use, address + AREA_LEGACY, size + sizeof end - AREA_LEGACY))
            return -EFAULT;
        memcpy(&end, (uint8_t *)&area + size, sizeof end);
    }
    if (end == AREA_END)
        in_use = (uint32_t)area.in_use & (AREA_FEATURES | (size == AREA_SIZE ? 0 : AREA_AVX512));
    memcpy(vectors->x87, area.x87, sizeof vectors->x87);
    memcpy(&vectors->mxcsr, area.x87 + MXCSR_AT, sizeof vectors->mxcsr);
    vectors->in_use = in_use;
    for (int i = 0; i < 16; i++) {
        memcpy(vectors->ymm[i], area.xmm[i], 16);
        memcpy(vectors->ymm[i] + 16, area.high[i], 16);
    }
    memcpy(vectors->masks, area.masks, sizeof vectors->masks);
    memcpy(vectors->zmm_high, area.zmm_high, sizeof vectors->zmm_high);
    memcpy(vectors->zmm, area.zmm, sizeof vectors->zmm);
    return 0;
}

int linux_arch_signal_enter(struct thread *thread, struct lfi_regs *regs,
                            const struct linux_signal *signal, const struct action *action,
                            uint64_t old_mask, uint64_t top, uint64_t least, bool restart)
{
    enum { FLAGS = 0x7, SELECTORS_CODE = 0x33 }; /* UC_FP_XSTATE and how ss is to be taken */
    const uint64_t selectors_stack = 0x2bull << 48;
    struct lfi_box *box = thread->process->box;
    struct lfi_vectors vectors;
    struct frame frame;
    struct area area;
    memset(&frame, 0, sizeof frame);
    frame.restorer = action->restorer;
    frame.context.flags = FLAGS;
    frame.context.stack = thread->stack;
    frame.context.stack_flags = thread->stack_flags;
    frame.context.stack_size = thread->stack_size;
    const struct {
        int index;
        uint64_t value;
    } saved[] = {
        {REG_R8, regs->r8},   {REG_R9, regs->r9},   {REG_R10, regs->r10}, {REG_R11, regs->r11},
        {REG_R12, regs->r12}, {REG_R13, regs->r13}, {REG_R14, regs->r14}, {REG_R15, regs->r15},
        {REG_RDI, regs->rdi}, {REG_RSI, regs->rsi}, {REG_RBP, regs->rbp}, {REG_RBX, regs->rbx},
        {REG_RDX, regs->rdx}, {REG_RAX, regs->rax}, {REG_RCX, regs->rcx}, {REG_RSP, regs->rsp},
        {REG_RIP, regs->rip},
    };
    for (size_t i = 0; i < sizeof saved / sizeof *saved; i++)
        frame.context.gregs[saved[i].index] = saved[i].value;
    frame.context.gregs[REG_EFL] = (regs->rflags & FLAGS_SHOWN) | FLAGS_FIXED;
    frame.context.gregs[REG_CSGSFS] = SELECTORS_CODE | selectors_stack;
    frame.context.gregs[REG_ERR] = signal->error;
    frame.context.gregs[REG_TRAPNO] = signal->trap;
    frame.context.gregs[REG_CR2] = signal->trap == PAGE_FAULT ? signal->info.address : 0;
    frame.context.mask = old_mask;
    frame.context.restart = restart ? regs->rip : 0;
    memcpy(frame.info, &signal->info, sizeof signal->info);
    lfi_context_get_vectors(thread->context, &vectors);
    size_t area_size = put_vectors(&vectors, &area);

    uint64_t at = top ? top : regs->rsp - RED_ZONE;
    uint64_t area_at = (at - area_size) & ~(uint64_t)63;
    frame.context.fpregs = area_at;
    at = ((area_at - sizeof frame) & ~(uint64_t)15) - 8; /* as after a call */
    if (at < least || lfi_copy_out(box, area_at, &area, area_size) ||
        lfi_copy_out(box, at, &frame, sizeof frame))
        return -EFAULT;
    lfi_context_set_vectors(thread->context, NULL);
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
    /* The handler's ret took the restorer from the stack. Nothing in the frame is trusted: core
     * checks where the box wants to go on. */
    struct lfi_vectors vectors;
    struct frame frame;
    if (lfi_copy_in(thread->process->box, &frame, regs->rsp - sizeof frame.restorer, sizeof frame))
        return -EFAULT;
    const uint64_t *gregs = frame.context.gregs, base = thread->process->base;
    uint64_t area_at = frame.context.fpregs;
    if (area_at && take_vectors(thread->process->box, area_at, &vectors))
        return -EFAULT;
    lfi_context_set_vectors(thread->context, area_at ? &vectors : NULL);
    *regs = (struct lfi_regs){
        .rax = gregs[REG_RAX],
        .rbx = gregs[REG_RBX],
        .rcx = gregs[REG_RCX],
        .rdx = gregs[REG_RDX],
        .rsi = gregs[REG_RSI],
        .rdi = gregs[REG_RDI],
        .rbp = gregs[REG_RBP],
        .rsp = base | (uint32_t)gregs[REG_RSP], /* the host looks for the stack there */
        .r8 = gregs[REG_R8],
        .r9 = gregs[REG_R9],
        .r10 = gregs[REG_R10],
        .r11 = gregs[REG_R11],
        .r12 = gregs[REG_R12],
        .r13 = gregs[REG_R13],
        .r14 = gregs[REG_R14],
        .r15 = gregs[REG_R15],
        .rip = base | (uint32_t)gregs[REG_RIP],
        .rflags = gregs[REG_EFL],
    };
    *mask = frame.context.mask;
    *restart = frame.context.restart && frame.context.restart == regs->rip;
    /* after a system call they are so, and it need not take the slower way */
    lfi_context_exact(thread->context, regs->rip % LFI_BUNDLE_SIZE || regs->r11 != regs->rip);
    return 0;
}
