// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * AArch64: features, trampolines, context blocks, frames, signal contexts. Facts of the instruction
 * set from the Arm Architecture Reference Manual.
 */
#include "internal.h"

#include <asm/hwcap.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <ucontext.h>

#define AT(member, offset) \
    _Static_assert(offsetof(struct core_frame, member) == (offset), "frame.h: " #member)
AT(regs.sp, REGS_SP);
AT(regs.pc, REGS_PC);
AT(regs.nzcv, REGS_NZCV);
AT(context, FRAME_CONTEXT);
AT(serve, FRAME_SERVE);
AT(host_sp, FRAME_HOST_SP);
AT(base, FRAME_BASE);
AT(stack_reach, FRAME_STACK_REACH);
AT(block, FRAME_BLOCK);
AT(host_x18, FRAME_HOST_X18);
AT(fpcr, FRAME_FPCR);
AT(fpsr, FRAME_FPSR);
AT(host_fpcr, FRAME_HOST_FPCR);
AT(host_fpsr, FRAME_HOST_FPSR);
AT(dit, FRAME_DIT);
AT(host_dit, FRAME_HOST_DIT);
AT(features, FRAME_FEATURES);
AT(in_box, FRAME_IN_BOX);
AT(leave, FRAME_LEAVE);
AT(elsewhere, FRAME_ELSEWHERE);
AT(in_callback, FRAME_IN_CALLBACK);
AT(depth, FRAME_DEPTH);
AT(target, FRAME_TARGET);
AT(stack, FRAME_STACK);
AT(home, FRAME_HOME);
AT(outer, FRAME_OUTER);
AT(former, FRAME_FORMER);
AT(enter, FRAME_ENTER);
AT(returning, FRAME_RETURNING);
AT(below, FRAME_BELOW);
AT(words, FRAME_WORDS);
AT(bytes, FRAME_BYTES);
AT(st, FRAME_ST);
AT(gate, FRAME_GATE);
AT(special, FRAME_SPECIAL);
AT(result, FRAME_RESULT);
AT(place, FRAME_PLACE);
AT(back, FRAME_BACK);
AT(callback, FRAME_CALLBACK);
AT(vectors, FRAME_VECTORS);
AT(exact, FRAME_EXACT);
_Static_assert((int)offsetof(struct core_frame, regs.x[30]) == REGS_X(30), "frame.h: REGS_X");

_Static_assert(offsetof(struct core_callback, integers) == CALLBACK_INTEGERS, "frame.h");
_Static_assert(offsetof(struct core_callback, vectors) == CALLBACK_VECTORS, "frame.h");
_Static_assert(offsetof(struct core_callback, words) == CALLBACK_WORDS, "frame.h");
_Static_assert(offsetof(struct core_callback, bytes) == CALLBACK_BYTES, "frame.h");
_Static_assert(offsetof(struct core_callback, special) == CALLBACK_SPECIAL, "frame.h");

const enum lfi_arch machine_arch = LFI_ARCH_AARCH64;

const uint8_t machine_return_code[MACHINE_RETURN_SIZE] = {
    0x7e, 0x03, 0x5e, 0xf8, /* ldur x30, [x27, #-32] */
    0xc0, 0x03, 0x3f, 0xd6, /* blr x30 */
};

int machine_features(uint32_t *features, struct lfi_error *error)
{
    unsigned long capabilities = getauxval(AT_HWCAP);

    (void)error;
    *features = capabilities & HWCAP_DIT ? 1U << FEATURE_DIT : 0;
    return 0;
}

/*
 * The trampoline page. Table entries point here, so that they do not reveal where liblfi is;
 * full-mode code cannot read the page (space.c), so its pointers do not either.
 */
enum {
    TRAMPOLINE_SYSCALL = 0x00,
    TRAMPOLINE_RETURN = 0x20,
    TRAMPOLINE_TRAP = 0x40,
    TRAMPOLINE_CALLBACK = 0x60,
    TRAMPOLINE_POINTERS = 0x80, /* of SYSCALL, CALLBACK */
};

/* The thread's frame to x25, the address to x27, then there. x25 and x27 are what the runtime knows
 * anyway. */
static void write_trampoline(uint8_t *page, unsigned at, uint32_t load_x27, uint64_t tls)
{
    const uint32_t code[] = {
        0xd53bd059,                                /* mrs x25, tpidr_el0 */
        0x91400339 | (uint32_t)(tls >> 12) << 10,  /* add x25, x25, #tls >> 12, lsl #12 */
        0xf9400339 | (uint32_t)(tls & 0xfff) << 7, /* ldr x25, [x25, #tls & 0xfff] */
        load_x27,                                  /* ldr x27, … */
        0xd61f0360,                                /* br x27 */
    };

    memcpy(page + at, code, sizeof code);
}

/* ldr x27, pointer: `at` is where the trampoline begins */
static uint32_t load_literal(unsigned at, unsigned pointer)
{
    return 0x5800001b | (pointer - (at + 12)) / 4 << 5;
}

int machine_write_trampolines(uint8_t page[4096], struct lfi_error *error)
{
    const char *thread_pointer;
    const uint64_t entries[2] = {(uint64_t)machine_syscall, (uint64_t)machine_callback};

    /* The thread's block is at the same distance from every thread's tpidr_el0: initial-exec. */
    __asm__("mrs %0, tpidr_el0" : "=r"(thread_pointer));
    uint64_t tls = (uint64_t)((const char *)&core_thread.frame - thread_pointer);
    if (tls >= 1 << 24 || tls % 8) {
        core_explain(error, "thread-local storage is too far from tpidr_el0 for the trampolines");
        return -ENOTSUP;
    }
    memset(page, MACHINE_TRAP, 4096);
    write_trampoline(page, TRAMPOLINE_SYSCALL,
                     load_literal(TRAMPOLINE_SYSCALL, TRAMPOLINE_POINTERS), tls);
    write_trampoline(page, TRAMPOLINE_CALLBACK,
                     load_literal(TRAMPOLINE_CALLBACK, TRAMPOLINE_POINTERS + 8), tls);
    /* ldr x27, [x25, #returning] */
    write_trampoline(page, TRAMPOLINE_RETURN, 0xf940033b | FRAME_RETURNING / 8 << 10, tls);
    memcpy(page + TRAMPOLINE_POINTERS, entries, sizeof entries);
    return 0;
}

void machine_write_table(uint8_t page[4096], uint64_t base, uint64_t trampolines)
{
    (void)base;
    memset(page, 0, 4096);
    for (int k = 0; k < LFI_SLOT_COUNT; k++) {
        uint64_t entry = trampolines + (k == LFI_SLOT_SYSCALL    ? TRAMPOLINE_SYSCALL
                                        : k == LFI_SLOT_RETURN   ? TRAMPOLINE_RETURN
                                        : k == LFI_SLOT_CALLBACK ? TRAMPOLINE_CALLBACK
                                                                 : TRAMPOLINE_TRAP);

        memcpy(page + (4096 - MACHINE_SYS_PAGE + MACHINE_SLOT((ptrdiff_t)k)), &entry, sizeof entry);
    }
}

/* Context blocks: beyond the boxes, where none of them reaches. */
int machine_reservation_init(struct core_reservation *reservation, uint64_t room, size_t size)
{
    struct machine_reservation *machine = &reservation->machine;

    *machine =
        (struct machine_reservation){.blocks = room, .count = (uint32_t)(size / LFI_CONTEXT_SIZE)};
    machine->next_free = calloc(machine->count, sizeof *machine->next_free);
    if (!machine->next_free)
        return -ENOMEM;
    if (mprotect((void *)room, size, PROT_READ | PROT_WRITE)) {
        free(machine->next_free);
        return -ENOMEM;
    }
    return 0;
}

void machine_reservation_free(struct core_reservation *reservation)
{
    free(reservation->machine.next_free);
}

int machine_context_init(struct lfi_context *context)
{
    struct lfi_space *space = context->box->space;
    struct machine_reservation *machine = &context->box->reservation->machine;
    uint32_t block = UINT32_MAX;

    pthread_mutex_lock(&space->lock);
    if (machine->first_free) {
        block = machine->first_free - 1;
        machine->first_free = machine->next_free[block];
    } else if (machine->used < machine->count) {
        block = machine->used++;
    }
    pthread_mutex_unlock(&space->lock);
    if (block == UINT32_MAX)
        return -ENOMEM;
    context->machine.block = machine->blocks + (uint64_t)block * LFI_CONTEXT_SIZE;
    memset((void *)context->machine.block, 0, LFI_CONTEXT_SIZE);
    return 0;
}

void machine_context_free(struct lfi_context *context)
{
    struct lfi_space *space = context->box->space;
    struct machine_reservation *machine = &context->box->reservation->machine;
    uint32_t block = (uint32_t)((context->machine.block - machine->blocks) / LFI_CONTEXT_SIZE);

    pthread_mutex_lock(&space->lock);
    machine->next_free[block] = machine->first_free;
    machine->first_free = block + 1;
    pthread_mutex_unlock(&space->lock);
}

uint64_t *machine_tp(struct lfi_context *context)
{
    return (uint64_t *)(context->machine.block + LFI_CONTEXT_TP);
}

void machine_frame_fill(struct core_frame *frame)
{
    frame->block = frame->context->machine.block;
    frame->enter = frame->context->box->reservation->trampolines + TRAMPOLINE_TRAP;
}

void machine_stay_begin(struct core_frame *frame, struct core_frame *outer)
{
    (void)frame, (void)outer;
}

void machine_stay_pause(struct core_frame *frame)
{
    (void)frame;
}

void core_gate_resume(struct core_frame *outer)
{
    (void)outer;
}

void machine_stay_end(struct core_frame *frame, struct core_frame *outer)
{
    (void)frame, (void)outer;
}

void machine_frame_init(struct core_frame *frame)
{
    memset(frame, 0, sizeof *frame);
}

void machine_frame_copy(struct core_frame *to, const struct core_frame *from)
{
    to->regs = from->regs;
    to->fpcr = from->fpcr;
    to->fpsr = from->fpsr;
    to->dit = from->dit;
    memcpy(to->vectors, from->vectors, sizeof to->vectors);
}

void lfi_context_get_vectors(const struct lfi_context *context, struct lfi_vectors *vectors)
{
    const struct core_frame *frame = context->active ? context->active : &context->frame;

    vectors->fpsr = (uint32_t)frame->fpsr;
    vectors->fpcr = (uint32_t)frame->fpcr;
    memcpy(vectors->v, frame->vectors, sizeof vectors->v);
}

void lfi_context_set_vectors(struct lfi_context *context, const struct lfi_vectors *vectors)
{
    struct core_frame *frame = context->active ? context->active : &context->frame;

    frame->fpsr = vectors->fpsr;
    frame->fpcr = vectors->fpcr;
    memcpy(frame->vectors, vectors->v, sizeof vectors->v);
}

uint64_t machine_call_stack(const struct core_frame *caller, size_t arguments, bool nested)
{
    (void)nested; /* there is no red zone */
    return (caller->regs.sp - 8 * arguments) & ~(uint64_t)15;
}

void machine_call_begin(struct core_frame *frame, const struct lfi_call *call, uint64_t function,
                        uint64_t stack, uint64_t home)
{
    memcpy(frame->regs.x, call->integer, sizeof call->integer);
    frame->regs.x[30] = home;
    frame->regs.sp = stack;
    frame->regs.pc = function;
    for (int i = 0; i < 8; i++)
        memcpy(frame->vectors[i], &call->real[i], sizeof(double));
}

void machine_call_end(const struct core_frame *frame, struct lfi_call *call)
{
    call->result = frame->regs.x[0];
    call->result2 = frame->regs.x[1];
    memcpy(&call->real_result, frame->vectors[0], sizeof(double));
}

const char *machine_gate_entry(lfi_shape shape)
{
    const char *entry = machine_gate_entries + (size_t)LFI_SHAPE_INDEX(shape) * GATE_ENTRY_SIZE;

    /* bti c; fmov dN, dN for each vector; bti c */
    return shape & LFI_SHAPE_WIDE ? entry + 4 + (size_t)4 * LFI_SHAPE_VECTORS(shape) : entry;
}

bool machine_gate_touches(uint64_t pc)
{
    return (pc >= (uint64_t)machine_gate_start && pc < (uint64_t)machine_gate_end) ||
           (pc >= (uint64_t)machine_callback_start && pc < (uint64_t)machine_callback_end) ||
           (pc >= (uint64_t)machine_result_start && pc < (uint64_t)machine_result_end);
}

uint64_t machine_gate_stack(const struct core_frame *frame, uint64_t stack)
{
    return frame->base + (uint32_t)(stack & ~(uint64_t)15);
}

uint64_t machine_stack_pointer(const struct core_frame *frame, bool nested)
{
    (void)nested; /* there is no red zone */
    return frame->regs.sp;
}

void machine_set_stack_pointer(struct core_frame *frame, uint64_t stack)
{
    frame->regs.sp = stack;
}

void machine_write_stub(uint8_t stub[MACHINE_STUB_SIZE], uint32_t number)
{
    const uint32_t code[] = {
        0x52800010 | number << 5, /* mov w16, #number */
        0xaa1e03f1,               /* mov x17, x30 */
        0xf840037e | ((uint32_t)MACHINE_SLOT(LFI_SLOT_CALLBACK) & 0x1ff) << 12, /* ldur x30, … */
        0xd63f03c0,                                                             /* blr x30 */
    };

    memcpy(stub, code, sizeof code);
}

void machine_callback_fill(struct core_callback *entry, const struct lfi_callback *callback)
{
    /* ends of these are the masks of so many registers: of 8 bytes, of 16 */
    static const _Alignas(16) uint64_t narrow[16] = {~0UL, 0, ~0UL, 0, ~0UL, 0, ~0UL, 0},
                                       wide[16] = {~0UL, ~0UL, ~0UL, ~0UL, ~0UL, ~0UL, ~0UL, ~0UL};
    lfi_shape shape = callback->shape;
    unsigned integers = LFI_SHAPE_RESULT_INTEGERS(shape), vectors = LFI_SHAPE_RESULT_VECTORS(shape);

    entry->integers[0] = integers > 0 ? ~0UL : 0;
    entry->integers[1] = integers > 1 ? ~0UL : 0;
    entry->vectors = (shape & LFI_SHAPE_WIDE ? wide : narrow) + 2 * (size_t)(4 - vectors);
}

enum lfi_exit_kind machine_run(struct core_frame *frame)
{
    return machine_enter(frame);
}

uint64_t machine_signal_pc(const void *ucontext)
{
    return ((const ucontext_t *)ucontext)->uc_mcontext.pc;
}

uint64_t machine_signal_stack(const void *ucontext)
{
    return ((const ucontext_t *)ucontext)->uc_mcontext.sp;
}

void machine_signal_set_pc(void *ucontext, uint64_t pc)
{
    ((ucontext_t *)ucontext)->uc_mcontext.pc = pc;
}

/* On the way back from a light call: the registers are in the frame, but vector state is not. */
static bool in_light(uint64_t pc)
{
    return pc >= (uint64_t)machine_light_start && pc < (uint64_t)machine_light_end;
}

bool machine_signal_entering(const void *ucontext)
{
    uint64_t pc = machine_signal_pc(ucontext);

    return (pc >= (uint64_t)machine_resume_start && pc < (uint64_t)machine_resume_end) ||
           (pc >= (uint64_t)machine_exact_start && pc < (uint64_t)machine_exact_end) ||
           in_light(pc);
}

#define PSTATE_NZCV  0xf0000000ul
#define PSTATE_BTYPE 0xc00ul

/* From the signal handler on, the thread is the host's, and goes on at one of two places. */
static void go_on(void *ucontext, struct core_frame *frame, bool entering, const char *saving,
                  const char *saved)
{
    mcontext_t *machine = &((ucontext_t *)ucontext)->uc_mcontext;
    struct lfi_regs *regs = &frame->regs;

    if (!entering) {
        for (int i = 0; i < 31; i++)
            regs->x[i] = machine->regs[i];
        regs->sp = machine->sp;
        regs->pc = machine->pc;
        regs->nzcv = machine->pstate & PSTATE_NZCV;
        if (regs->pc - frame->base >= LFI_BOX_SIZE) { /* on the trampoline page they are ours */
            regs->x[25] = frame->block;
            regs->x[27] = frame->base;
        }
    }
    /* sigreturn restores the signal mask, the alternate stack and the box's vector state */
    machine->regs[25] = (uint64_t)frame;
    machine->regs[29] = frame->host_sp;
    machine->sp = frame->host_sp;
    machine->pc = (uint64_t)(entering && !in_light(machine->pc) ? saved : saving);
    machine->pstate &= ~(PSTATE_NZCV | PSTATE_BTYPE);
    frame->in_box = 0;
}

void machine_signal_leave(void *ucontext, struct core_frame *frame, enum lfi_exit_kind kind,
                          bool entering)
{
    go_on(ucontext, frame, entering, machine_leave_saving, machine_leave_entering);
    ((ucontext_t *)ucontext)->uc_mcontext.regs[26] = (uint64_t)kind + 1;
}

/* ---- stops: docs/stops.md ---- */

#define BLR_X30 0xd63f03c0u

void machine_signal_stop(void *ucontext, struct core_frame *frame, bool entering)
{
    go_on(ucontext, frame, entering, machine_stop_saving, machine_stop_entering);
}

void machine_signal_fault(const void *ucontext, struct lfi_stop *fault)
{
    (void)ucontext, (void)fault;
}

bool machine_signal_back(void *ucontext, const struct core_frame *frame)
{
    mcontext_t *machine = &((ucontext_t *)ucontext)->uc_mcontext;
    uint64_t trampolines = frame->context->box->reservation->trampolines;

    if (machine->pc - frame->base < LFI_BOX_SIZE)
        return true;
    if (machine->pc - trampolines >= TRAMPOLINE_POINTERS)
        return false;
    /* x30 is the return point, 8 bytes after the ldur of the runtime call */
    machine->pc = frame->base + (uint32_t)((machine->regs[30] & -4ul) - 8);
    machine->regs[25] = frame->block;
    machine->regs[27] = frame->base;
    return true;
}

/* An instruction of code that is in the box now, and that nothing else will ever replace. */
static bool instruction_at(const struct core_frame *frame, uint64_t pc, uint32_t *instruction)
{
    uint8_t bundle[LFI_BUNDLE_SIZE];

    if (!core_code_bundle(frame->context->box, pc, bundle))
        return false;
    memcpy(instruction, bundle + pc % LFI_BUNDLE_SIZE, sizeof *instruction);
    return true;
}

bool machine_settle(struct core_frame *frame)
{
    struct lfi_regs *regs = &frame->regs;
    uint32_t instruction;

    /* of a runtime call the ldur is done, and nothing else loads what is not in the box */
    if (regs->x[30] - frame->base >= LFI_BOX_SIZE &&
        instruction_at(frame, regs->pc, &instruction) && instruction == BLR_X30)
        regs->pc -= 4;
    return true;
}

/* Whether the code at `pc` brings x30 into the box, or writes it, before it branches otherwise. */
static bool is_guarded(const struct core_frame *frame, uint64_t pc)
{
    enum { FAR = 4096 };
    uint32_t instruction;

    for (int i = 0; i < FAR && instruction_at(frame, pc, &instruction); i++, pc += 4) {
        if ((instruction & 0xffe0ffff) == 0x8b20437e || /* add x30, x27, wM, uxtw */
            (instruction & 0xfc000000) == 0x94000000 || /* bl */
            instruction == 0xd63f0380)                  /* blr x28 */
            return true;
        if ((instruction & 0xfc000000) == 0x14000000 || /* b */
            (instruction & 0xfe000000) == 0x54000000 || /* b.cond */
            (instruction & 0x7c000000) == 0x34000000 || /* cbz, cbnz, tbz, tbnz */
            (instruction & 0xfe000000) == 0xd6000000)   /* br, blr, ret */
            return false;
    }
    return false;
}

bool machine_may_continue(struct core_frame *frame)
{
    struct lfi_regs *regs = &frame->regs;
    uint64_t base = frame->base;

    if (regs->pc - base >= LFI_BOX_SIZE || regs->pc % 4)
        return false;
    regs->x[25] = frame->block;
    regs->x[27] = base;
    regs->x[28] = base + (uint32_t)regs->x[28];
    if (regs->x[30] - base >= LFI_BOX_SIZE && !is_guarded(frame, regs->pc))
        regs->x[30] = base + (uint32_t)regs->x[30];
    return true;
}

void machine_signal_exact(void *ucontext, struct core_frame *frame)
{
    mcontext_t *machine = &((ucontext_t *)ucontext)->uc_mcontext;
    const struct lfi_regs *regs = &frame->regs;

    for (int i = 0; i < 31; i++)
        machine->regs[i] = regs->x[i];
    machine->sp = regs->sp;
    machine->pc = regs->pc;
    machine->pstate =
        (machine->pstate & ~(PSTATE_NZCV | PSTATE_BTYPE)) | (regs->nzcv & PSTATE_NZCV);
    frame->exact = 0;
}
