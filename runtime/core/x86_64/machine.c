// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * x86-64: features, trampolines, frames, signal contexts. Facts of the instruction set from Intel's
 * Software Developer's Manual (SDM).
 */
#include "internal.h"

#include <asm/prctl.h>
#include <cpuid.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define AT(member, offset) \
    _Static_assert(offsetof(struct core_frame, member) == (offset), "frame.h: " #member)
AT(regs.rax, REGS_RAX);
AT(regs.rbx, REGS_RBX);
AT(regs.rcx, REGS_RCX);
AT(regs.rdx, REGS_RDX);
AT(regs.rsi, REGS_RSI);
AT(regs.rdi, REGS_RDI);
AT(regs.rbp, REGS_RBP);
AT(regs.rsp, REGS_RSP);
AT(regs.r8, REGS_R8);
AT(regs.r9, REGS_R9);
AT(regs.r10, REGS_R10);
AT(regs.r11, REGS_R11);
AT(regs.r12, REGS_R12);
AT(regs.r13, REGS_R13);
AT(regs.r14, REGS_R14);
AT(regs.r15, REGS_R15);
AT(regs.rip, REGS_RIP);
AT(regs.rflags, REGS_RFLAGS);
AT(context, FRAME_CONTEXT);
AT(serve, FRAME_SERVE);
AT(host_rsp, FRAME_HOST_RSP);
AT(base, FRAME_BASE);
AT(stack_reach, FRAME_STACK_REACH);
AT(mxcsr, FRAME_MXCSR);
AT(host_mxcsr, FRAME_HOST_MXCSR);
AT(host_fcw, FRAME_HOST_FCW);
AT(in_use, FRAME_IN_USE);
AT(features, FRAME_FEATURES);
AT(in_box, FRAME_IN_BOX);
AT(leave, FRAME_LEAVE);
AT(in_callback, FRAME_IN_CALLBACK);
AT(target, FRAME_TARGET);
AT(stack, FRAME_STACK);
AT(home, FRAME_HOME);
AT(outer, FRAME_OUTER);
AT(former, FRAME_FORMER);
AT(enter, FRAME_ENTER);
AT(returning, FRAME_RETURNING);
AT(depth, FRAME_DEPTH);
AT(below, FRAME_BELOW);
AT(words, FRAME_WORDS);
AT(bytes, FRAME_BYTES);
AT(st, FRAME_ST);
AT(gate, FRAME_GATE);
AT(special, FRAME_SPECIAL);
AT(fcw, FRAME_FCW);
AT(exact, FRAME_EXACT);
AT(host_fsw, FRAME_HOST_FSW);
AT(now, FRAME_NOW);
AT(now_mxcsr, FRAME_NOW_MXCSR);
AT(result, FRAME_RESULT);
AT(place, FRAME_PLACE);
AT(result_st, FRAME_RESULT_ST);
AT(light, FRAME_LIGHT);
AT(host_call, FRAME_HOST_CALL);
AT(done, FRAME_DONE);
AT(callback, FRAME_CALLBACK);
AT(vectors, FRAME_VECTORS);
AT(x87, FRAME_X87);
AT(zmm, FRAME_ZMM);
AT(masks, FRAME_MASKS);

_Static_assert(offsetof(struct core_callback, version) == CALLBACK_VERSION, "frame.h");
_Static_assert(offsetof(struct core_callback, function) == CALLBACK_FUNCTION, "frame.h");
_Static_assert(offsetof(struct core_callback, data) == CALLBACK_DATA, "frame.h");
_Static_assert(offsetof(struct core_callback, integers) == CALLBACK_INTEGERS, "frame.h");
_Static_assert(offsetof(struct core_callback, vectors) == CALLBACK_VECTORS, "frame.h");
_Static_assert(offsetof(struct core_callback, words) == CALLBACK_WORDS, "frame.h");
_Static_assert(offsetof(struct core_callback, bytes) == CALLBACK_BYTES, "frame.h");
_Static_assert(offsetof(struct core_callback, st) == CALLBACK_ST, "frame.h");
_Static_assert(offsetof(struct core_callback, special) == CALLBACK_SPECIAL, "frame.h");
_Static_assert(offsetof(struct lfi_context, machine.tp) == CONTEXT_TP, "frame.h");
_Static_assert(offsetof(struct core_thread, machine.tp) == THREAD_TP, "frame.h");

const enum lfi_arch machine_arch = LFI_ARCH_X86_64;

const uint8_t machine_return_code[MACHINE_RETURN_SIZE] = {
    0x66,
    0x0f,
    0x1f,
    0x84,
    0,
    0,
    0,
    0,
    0, /* nopw 0(%rax,%rax) */
    0x0f,
    0x1f,
    0x84,
    0,
    0,
    0,
    0,
    0, /* nopl 0(%rax,%rax) */
    0x4c,
    0x8d,
    0x1d,
    8,
    0,
    0,
    0, /* leaq 1f(%rip), %r11 */
    0x65,
    0xff,
    0x24,
    0x25,
    MACHINE_SLOT(LFI_SLOT_RETURN) & 0xff,
    MACHINE_SLOT(LFI_SLOT_RETURN) >> 8 & 0xff,
    MACHINE_SLOT(LFI_SLOT_RETURN) >> 16,
    0, /* jmpq *%gs:0x2f018; 1: */
};

/* XGETBV in assembly: a compiler flag for it would affect the rest of the file. */
static uint64_t xgetbv(uint32_t which)
{
    uint32_t low, high;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(which));
    return (uint64_t)high << 32 | low;
}

int machine_features(uint32_t *features, struct lfi_error *error)
{
    unsigned a = 0, b = 0, c = 0, d = 0;

    *features = FEATURE_X87 | FEATURE_SSE;
    __cpuid(0x80000001, a, b, c, d); /* __get_cpuid() asks once more; a hypervisor may take 3 us */
    if (!(c & 1)) {
        core_explain(error, "this processor is older than x86-64-v2 (no LAHF in 64-bit mode)");
        return -ENOTSUP;
    }
    /* AT_HWCAP2 bit 1: HWCAP2_FSGSBASE of the kernel's uapi/asm/hwcap2.h */
    if (getauxval(AT_HWCAP2) & 2)
        *features |= FEATURE_FSGSBASE;
    __cpuid(1, a, b, c, d);
    if (!(c & bit_OSXSAVE))
        return 0;
    if (c & bit_AVX) /* SDM 1, 14.3, 15.3: what the operating system saves can be used */
        *features |= (uint32_t)xgetbv(0) & (FEATURE_AVX | FEATURE_AVX512);
    if (*features & FEATURE_AVX512) {
        __cpuid_count(7, 0, a, b, c, d);
        if (!(b & bit_AVX512BW) || !(b & bit_AVX512VL)) { /* its registers could not be cleared */
            core_explain(error, "this processor has AVX-512 without BW and VL (Xeon Phi)");
            return -ENOTSUP;
        }
    }
    __cpuid_count(0xd, 1, a, b, c, d); /* is there with OSXSAVE */
    if (a & 4)                         /* SDM 2A, CPUID leaf 0DH */
        *features |= FEATURE_XGETBV1;
    return 0;
}

/*
 * The trampoline page. Table entries point here, so that they do not reveal where liblfi is;
 * full-mode code cannot read the page (space.c), so its pointers do not either.
 */
enum {
    TRAMPOLINE_SYSCALL = 0x00,
    TRAMPOLINE_GET_TP = 0x20,
    TRAMPOLINE_SET_TP = 0x40,
    TRAMPOLINE_RETURN = 0x60,
    TRAMPOLINE_CALLBACK = 0xc0,
    TRAMPOLINE_CPUID = 0xe0,
    TRAMPOLINE_ZERO = 0xf80,     /* an operand */
    TRAMPOLINE_POINTERS = 0xfc0, /* of SYSCALL, CALLBACK, CPUID */
};

static uint8_t *put(uint8_t *to, const uint8_t *bytes, size_t size, int64_t displacement)
{
    int32_t word = (int32_t)displacement;

    memcpy(to, bytes, size);
    memcpy(to + size, &word, sizeof word);
    return to + size + sizeof word;
}
#define PUT(to, displacement, ...) \
    put(to, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), displacement)

int machine_write_trampolines(uint8_t page[4096], struct lfi_error *error)
{
    uint64_t fs_base;

    /* The thread's block is at the same distance from every thread's %fs base: initial-exec. */
    __asm__("movq %%fs:0, %0" : "=r"(fs_base)); /* the psABI: %fs:0 holds its own address */
    int64_t tls = (int64_t)((uint64_t)&core_thread - fs_base);
    if (tls != (int32_t)tls) {
        core_explain(error, "thread-local storage is too far from %%fs for the trampolines");
        return -ENOTSUP;
    }

    memset(page, MACHINE_TRAP, 4096);

    /* movq %fs:frame, %rcx; jmpq *pointer(%rip) */
    uint8_t *at = page + TRAMPOLINE_SYSCALL;
    at = PUT(at, tls + (int64_t)offsetof(struct core_thread, frame), 0x64, 0x48, 0x8b, 0x0c, 0x25);
    PUT(at, page + TRAMPOLINE_POINTERS - (at + 6), 0xff, 0x25);
    /* movq %fs:frame, %rcx; jmpq *returning(%rcx) */
    at = page + TRAMPOLINE_RETURN;
    at = PUT(at, tls + (int64_t)offsetof(struct core_thread, frame), 0x64, 0x48, 0x8b, 0x0c, 0x25);
    PUT(at, FRAME_RETURNING, 0xff, 0xa1);
    /* movq %fs:frame, %r11; jmpq *pointer(%rip) */
    at = page + TRAMPOLINE_CALLBACK;
    at = PUT(at, tls + (int64_t)offsetof(struct core_thread, frame), 0x64, 0x4c, 0x8b, 0x1c, 0x25);
    PUT(at, page + TRAMPOLINE_POINTERS + 8 - (at + 6), 0xff, 0x25);
    uint64_t entry = (uint64_t)machine_syscall;
    memcpy(page + TRAMPOLINE_POINTERS, &entry, sizeof entry);
    entry = (uint64_t)machine_callback;
    memcpy(page + TRAMPOLINE_POINTERS + 8, &entry, sizeof entry);

    /* movq %rcx, %fs:ret; movq %fs:frame, %rcx; jmpq *pointer(%rip) */
    at = page + TRAMPOLINE_CPUID;
    at = PUT(at, tls + (int64_t)offsetof(struct core_thread, machine.ret), 0x64, 0x48, 0x89, 0x0c,
             0x25);
    at = PUT(at, tls + (int64_t)offsetof(struct core_thread, frame), 0x64, 0x48, 0x8b, 0x0c, 0x25);
    PUT(at, page + TRAMPOLINE_POINTERS + 16 - (at + 6), 0xff, 0x25);
    entry = (uint64_t)machine_cpuid;
    memcpy(page + TRAMPOLINE_POINTERS + 16, &entry, sizeof entry);

    /*
     * From gate.S, r11 is the frame. What x87 keeps of its last instruction, operand and comparison
     * is from here: fldz; fcomps zero(%rip); movq target(%r11), %r11; jmpq *%r11
     */
    at = page + TRAMPOLINE_ENTER;
    at = memcpy(at, (const uint8_t[]){0xd9, 0xee}, 2);
    at += 2;
    at = PUT(at, page + TRAMPOLINE_ZERO - (at + 6), 0xd8, 0x1d);
    at = PUT(at, FRAME_TARGET, 0x4d, 0x8b, 0x9b);
    memcpy(at, (const uint8_t[]){0x41, 0xff, 0xe3}, 3);
    memset(page + TRAMPOLINE_ZERO, 0, 4);

    /* movq %r11, %fs:ret; movq %fs:tp, %r11; jmpq *%fs:ret */
    at = page + TRAMPOLINE_GET_TP;
    at = PUT(at, tls + (int64_t)offsetof(struct core_thread, machine.ret), 0x64, 0x4c, 0x89, 0x1c,
             0x25);
    at = PUT(at, tls + (int64_t)offsetof(struct core_thread, machine.tp), 0x64, 0x4c, 0x8b, 0x1c,
             0x25);
    PUT(at, tls + (int64_t)offsetof(struct core_thread, machine.ret), 0x64, 0xff, 0x24, 0x25);

    /* movq %rdi, %fs:tp; jmpq *%r11 */
    at = page + TRAMPOLINE_SET_TP;
    at = PUT(at, tls + (int64_t)offsetof(struct core_thread, machine.tp), 0x64, 0x48, 0x89, 0x3c,
             0x25);
    memcpy(at, (const uint8_t[]){0x41, 0xff, 0xe3}, 3);

    /* ud2 */
    memcpy(page + TRAMPOLINE_TRAP, (const uint8_t[]){0x0f, 0x0b}, 2);
    return 0;
}

/*
 * `cpuid` of a box, in its registers; the subleaf is where the trampoline put it, because that
 * needs rcx. A light call: general registers only, and no functions of TSan's.
 */
LFI_LIGHT __attribute__((no_sanitize("thread"))) void core_cpuid(struct core_frame *frame)
{
    enum { EAX, EBX, ECX, EDX, HIDE = 0, KEEP = 1 };
    static const struct row {
        uint32_t leaf, subleaf;
        uint8_t reg, bit, keep;
    } rows[] = {
#define ANY                                                UINT32_MAX
#define CPUID(leaf, subleaf, reg, bit, name, answer, insn) {leaf, subleaf, reg, bit, answer},
#define CPUID_NONE(leaf, subleaf, name)                                                          \
    {leaf, subleaf, EAX, 0, HIDE}, {leaf, subleaf, EBX, 0, HIDE}, {leaf, subleaf, ECX, 0, HIDE}, \
        {leaf, subleaf, EDX, 0, HIDE},
#include "cpuid.def"
    };
    const uint32_t leaf = (uint32_t)frame->regs.rax, subleaf = (uint32_t)core_thread.machine.ret;
    uint32_t value[4], named[4] = {0}, kept[4] = {0};

    __cpuid_count(leaf, subleaf, value[EAX], value[EBX], value[ECX], value[EDX]);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];

        if (row->leaf == leaf && (row->subleaf == subleaf || row->subleaf == ANY)) {
            named[row->reg] = UINT32_MAX;
            kept[row->reg] |= (uint32_t)row->keep << row->bit;
        }
    }
    for (int i = 0; i < 4; i++)
        value[i] &= ~named[i] | kept[i];
    frame->regs.rax = value[EAX];
    frame->regs.rbx = value[EBX];
    frame->regs.rcx = value[ECX];
    frame->regs.rdx = value[EDX];
}

void machine_write_table(uint8_t page[4096], uint64_t base, uint64_t trampolines)
{
    memset(page, 0, 4096);
    for (int k = 0; k < LFI_SLOT_COUNT; k++) {
        uint64_t entry = trampolines + TRAMPOLINE_TRAP;

        switch (k) {
        case LFI_SLOT_SYSCALL:
            entry = trampolines + TRAMPOLINE_SYSCALL;
            break;
        case LFI_SLOT_GET_TP:
            entry = trampolines + TRAMPOLINE_GET_TP;
            break;
        case LFI_SLOT_SET_TP:
            entry = trampolines + TRAMPOLINE_SET_TP;
            break;
        case LFI_SLOT_RETURN:
            entry = trampolines + TRAMPOLINE_RETURN;
            break;
        case LFI_SLOT_CALLBACK:
            entry = trampolines + TRAMPOLINE_CALLBACK;
            break;
        case LFI_SLOT_CPUID:
            entry = trampolines + TRAMPOLINE_CPUID;
            break;
        case LFI_SLOT_BASE:
            entry = base;
            break;
        default:
            break;
        }
        memcpy(page + 4096 - MACHINE_SYS_PAGE + MACHINE_SLOT(k), &entry, sizeof entry);
    }
}

void machine_frame_init(struct core_frame *frame)
{
    const uint16_t fcw = INITIAL_FCW;

    memset(frame, 0, offsetof(struct core_frame, zmm));
    frame->regs.rflags = 0x202;
    frame->mxcsr = INITIAL_MXCSR;
    memcpy(frame->x87, &fcw, sizeof fcw);
}

static struct core_frame *frame_of(struct lfi_context *context)
{
    return context->active ? context->active : &context->frame;
}

void lfi_context_get_vectors(const struct lfi_context *context, struct lfi_vectors *vectors)
{
    const struct core_frame *frame = frame_of((struct lfi_context *)context);
    const uint16_t fcw = INITIAL_FCW;

    memset(vectors, 0, sizeof *vectors);
    vectors->in_use = frame->in_use;
    vectors->mxcsr = frame->mxcsr;
    if (frame->in_use & IN_USE_X87)
        memcpy(vectors->x87, frame->x87, sizeof vectors->x87);
    else
        memcpy(vectors->x87, &fcw, sizeof fcw);
    size_t size = frame->in_use & IN_USE_AVX ? 32 : frame->in_use & IN_USE_SSE ? 16 : 0;
    for (int i = 0; i < 16; i++)
        memcpy(vectors->ymm[i], frame->vectors[i], size);
    if (!(frame->in_use & IN_USE_AVX512))
        return;
    memcpy(vectors->masks, frame->masks, sizeof vectors->masks);
    for (int i = 0; i < 16; i++)
        memcpy(vectors->zmm_high[i], frame->zmm[i] + 32, 32);
    memcpy(vectors->zmm, frame->zmm[16], sizeof vectors->zmm);
}

/* An area for XRSTOR and FXRSTOR. Its header is ours. */
static void set_x87(uint8_t area[576], const uint8_t x87[160])
{
    enum { MXCSR_AT = 24, REGISTERS_AT = 32, HEADER_AT = 512 };
    const uint32_t mxcsr = INITIAL_MXCSR;

    memset(area, 0, 576);
    memcpy(area, x87, MXCSR_AT);
    memcpy(area + MXCSR_AT, &mxcsr, sizeof mxcsr);
    memcpy(area + REGISTERS_AT, x87 + REGISTERS_AT, 160 - REGISTERS_AT);
    area[HEADER_AT] = IN_USE_X87;
}

/* All of it is set if any of it is in use, which is what RESTORE_STATE loads then. */
static void set_avx512(struct core_frame *frame, const struct lfi_vectors *vectors)
{
    uint32_t in_use = frame->in_use;
    size_t low = in_use & IN_USE_AVX ? 32 : in_use & IN_USE_SSE ? 16 : 0;

    if (!(in_use & IN_USE_AVX512))
        return;
    memset(frame->zmm, 0, sizeof frame->zmm);
    memset(frame->masks, 0, sizeof frame->masks);
    if (in_use & IN_USE_MASKS)
        memcpy(frame->masks, vectors->masks, sizeof frame->masks);
    for (int i = 0; i < 16; i++) {
        memcpy(frame->zmm[i], vectors->ymm[i], low);
        if (in_use & IN_USE_HIGH)
            memcpy(frame->zmm[i] + 32, vectors->zmm_high[i], 32);
        if (in_use & IN_USE_MORE)
            memcpy(frame->zmm[16 + i], vectors->zmm[i], 64);
    }
}

void lfi_context_set_vectors(struct lfi_context *context, const struct lfi_vectors *vectors)
{
    struct core_frame *frame = frame_of(context);
    uint32_t features = context->box->space->features;

    frame->in_use = 0;
    frame->mxcsr = INITIAL_MXCSR;
    if (!vectors)
        return;
    frame->in_use =
        vectors->in_use & features & (IN_USE_X87 | IN_USE_SSE | IN_USE_AVX | IN_USE_AVX512);
    frame->mxcsr = vectors->mxcsr & 0xffff; /* SDM 1, 10.2.3: the others are reserved */
    set_x87(frame->x87, vectors->x87);
    memcpy(frame->vectors, vectors->ymm, sizeof frame->vectors);
    set_avx512(frame, vectors);
}

void machine_frame_copy(struct core_frame *to, const struct core_frame *from)
{
    to->regs = from->regs;
    to->mxcsr = from->mxcsr;
    to->in_use = from->in_use;
    memcpy(to->vectors, from->vectors, sizeof to->vectors);
    memcpy(to->x87, from->x87, sizeof to->x87);
    if (from->in_use & IN_USE_AVX512) {
        memcpy(to->zmm, from->zmm, sizeof to->zmm);
        memcpy(to->masks, from->masks, sizeof to->masks);
    }
}

int machine_reservation_init(struct core_reservation *reservation, uint64_t room, size_t size)
{
    (void)reservation, (void)room, (void)size;
    return 0;
}

void machine_reservation_free(struct core_reservation *reservation)
{
    (void)reservation;
}

int machine_context_init(struct lfi_context *context)
{
    (void)context;
    return 0;
}

void machine_context_free(struct lfi_context *context)
{
    (void)context;
}

/* The thread's innermost context has its thread pointer where the trampolines find it. */
uint64_t *machine_tp(struct lfi_context *context)
{
    struct core_thread *self = &core_thread;
    bool innermost = self->frame && self->frame->context == context;

    return innermost ? &self->machine.tp : &context->machine.tp;
}

void machine_stay_begin(struct core_frame *frame, struct core_frame *outer)
{
    struct machine_thread *self = &core_thread.machine;

    if (outer)
        outer->context->machine.tp = self->tp;
    self->tp = frame->context->machine.tp;
}

void machine_frame_fill(struct core_frame *frame)
{
    frame->enter = frame->context->box->reservation->trampolines + TRAMPOLINE_ENTER;
}

void machine_stay_pause(struct core_frame *frame)
{
    frame->context->machine.tp = core_thread.machine.tp;
}

void machine_stay_end(struct core_frame *frame, struct core_frame *outer)
{
    struct machine_thread *self = &core_thread.machine;

    frame->context->machine.tp = self->tp;
    if (outer)
        self->tp = outer->context->machine.tp;
}

uint64_t machine_call_stack(const struct core_frame *caller, size_t arguments, bool nested)
{
    uint64_t stack = caller->regs.rsp;

    if (nested)
        stack -= 128; /* the red zone of the caller */
    stack -= 8 * arguments;
    return (stack & ~(uint64_t)15) - 8; /* the return address stands below 16-byte alignment */
}

void machine_call_begin(struct core_frame *frame, const struct lfi_call *call, uint64_t function,
                        uint64_t stack, uint64_t home)
{
    (void)home; /* is on the stack */
    frame->regs.rdi = call->integer[0];
    frame->regs.rsi = call->integer[1];
    frame->regs.rdx = call->integer[2];
    frame->regs.rcx = call->integer[3];
    frame->regs.r8 = call->integer[4];
    frame->regs.r9 = call->integer[5];
    frame->regs.rax = 8; /* for variadic functions: how many vector registers may hold arguments */
    frame->regs.rsp = stack;
    frame->regs.rip = function;
    for (int i = 0; i < 8; i++)
        memcpy(frame->vectors[i], &call->real[i], sizeof(double));
    frame->in_use = IN_USE_SSE;
}

void machine_call_end(const struct core_frame *frame, struct lfi_call *call)
{
    call->result = frame->regs.rax;
    call->result2 = frame->regs.rdx;
    memcpy(&call->real_result, frame->vectors[0], sizeof(double));
}

const char *machine_gate_entry(lfi_shape shape)
{
    const char *entry = machine_gate_entries + (size_t)LFI_SHAPE_INDEX(shape) * 64;

    /* movq %xmmN, %xmmN: four bytes for each vector */
    return shape & LFI_SHAPE_WIDE ? entry + (size_t)4 * LFI_SHAPE_VECTORS(shape) : entry;
}

bool machine_gate_touches(uint64_t pc)
{
    return (pc >= (uint64_t)machine_gate_start && pc < (uint64_t)machine_gate_end) ||
           (pc >= (uint64_t)machine_callback_start && pc < (uint64_t)machine_callback_end) ||
           (pc >= (uint64_t)machine_result_start && pc < (uint64_t)machine_result_end);
}

uint64_t machine_gate_stack(const struct core_frame *frame, uint64_t stack)
{
    return frame->base + (uint32_t)((stack & ~(uint64_t)15) - 8); /* of the return address */
}

uint64_t machine_stack_pointer(const struct core_frame *frame, bool nested)
{
    return nested ? frame->regs.rsp - 128 : frame->regs.rsp; /* the red zone */
}

void machine_set_stack_pointer(struct core_frame *frame, uint64_t stack)
{
    frame->regs.rsp = stack;
}

void machine_write_stub(uint8_t stub[MACHINE_STUB_SIZE], uint32_t number)
{
    const int32_t slot = MACHINE_SLOT(LFI_SLOT_CALLBACK);
    const uint8_t nops[11] = {0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0, 0x90};
    const uint8_t group[11] = {0x4c, 0x8d, 0x1d, 8, 0, 0, 0, 0x65, 0xff, 0x24, 0x25};

    stub[0] = 0x41; /* movl $number, %r10d */
    stub[1] = 0xba;
    memcpy(stub + 2, &number, sizeof number);
    memcpy(stub + 6, nops, sizeof nops);
    memcpy(stub + 17, group, sizeof group); /* leaq 8(%rip), %r11; jmpq *%gs:slot */
    memcpy(stub + 28, &slot, sizeof slot);
}

void machine_callback_fill(struct core_callback *entry, const struct lfi_callback *callback)
{
    static const _Alignas(16) uint64_t vectors[5][4] = {
        {0, 0, 0, 0},       {~0UL, 0, 0, 0},          {~0UL, 0, ~0UL, 0},
        {~0UL, ~0UL, 0, 0}, {~0UL, ~0UL, ~0UL, ~0UL},
    };
    lfi_shape shape = callback->shape;
    unsigned integers = LFI_SHAPE_RESULT_INTEGERS(shape), row = LFI_SHAPE_RESULT_VECTORS(shape);

    entry->integers[0] = integers > 0 ? ~0UL : 0;
    entry->integers[1] = integers > 1 ? ~0UL : 0;
    entry->vectors = vectors[row && shape & LFI_SHAPE_WIDE ? row + 2 : row];
}

/*
 * The base of %gs stays the box's during runtime calls: host code does not use it. A nested stay,
 * in a box within a runtime call of another, restores what it found. Each thread has its own.
 */
static uint64_t gs_read(uint32_t features)
{
    uint64_t base = 0;

    if (features & FEATURE_FSGSBASE)
        __asm__ volatile("rdgsbase %0" : "=r"(base));
    else
        syscall(SYS_arch_prctl, ARCH_GET_GS, &base);
    return base;
}

static void gs_write(uint32_t features, uint64_t base)
{
    if (features & FEATURE_FSGSBASE)
        __asm__ volatile("wrgsbase %0" : : "r"(base) : "memory");
    else
        syscall(SYS_arch_prctl, ARCH_SET_GS, base);
}

/* A gate call ended, and `outer` goes on: what is the thread's is its again. */
void core_gate_resume(struct core_frame *outer)
{
    core_thread.machine.tp = outer->context->machine.tp;
    if (gs_read(outer->features) != outer->base)
        gs_write(outer->features, outer->base);
}

enum lfi_exit_kind machine_run(struct core_frame *frame)
{
    uint64_t gs = gs_read(frame->features);

    gs_write(frame->features, frame->base);
    enum lfi_exit_kind kind = machine_enter(frame);
    gs_write(frame->features, gs);
    return kind;
}

uint64_t machine_signal_pc(const void *ucontext)
{
    return (uint64_t)((const ucontext_t *)ucontext)->uc_mcontext.gregs[REG_RIP];
}

uint64_t machine_signal_stack(const void *ucontext)
{
    return (uint64_t)((const ucontext_t *)ucontext)->uc_mcontext.gregs[REG_RSP];
}

void machine_signal_set_pc(void *ucontext, uint64_t pc)
{
    ((ucontext_t *)ucontext)->uc_mcontext.gregs[REG_RIP] = (greg_t)pc;
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

/* From the signal handler on, the thread is the host's, and goes on at one of two places. */
static void go_on(void *ucontext, struct core_frame *frame, bool entering, const char *saving,
                  const char *saved)
{
    greg_t *gregs = ((ucontext_t *)ucontext)->uc_mcontext.gregs;
    struct lfi_regs *regs = &frame->regs;

    if (!entering) {
        regs->rax = (uint64_t)gregs[REG_RAX];
        regs->rbx = (uint64_t)gregs[REG_RBX];
        regs->rcx = (uint64_t)gregs[REG_RCX];
        regs->rdx = (uint64_t)gregs[REG_RDX];
        regs->rsi = (uint64_t)gregs[REG_RSI];
        regs->rdi = (uint64_t)gregs[REG_RDI];
        regs->rbp = (uint64_t)gregs[REG_RBP];
        regs->rsp = (uint64_t)gregs[REG_RSP];
        regs->r8 = (uint64_t)gregs[REG_R8];
        regs->r9 = (uint64_t)gregs[REG_R9];
        regs->r10 = (uint64_t)gregs[REG_R10];
        regs->r11 = (uint64_t)gregs[REG_R11];
        regs->r12 = (uint64_t)gregs[REG_R12];
        regs->r13 = (uint64_t)gregs[REG_R13];
        regs->r14 = (uint64_t)gregs[REG_R14];
        regs->r15 = (uint64_t)gregs[REG_R15];
        regs->rip = (uint64_t)gregs[REG_RIP];
        regs->rflags = (uint64_t)gregs[REG_EFL];
        if (regs->rip - frame->base >= LFI_BOX_SIZE) { /* the trampolines load our address */
            if (regs->rcx == (uint64_t)frame)
                regs->rcx = 0;
            if (regs->r11 == (uint64_t)frame)
                regs->r11 = 0;
        }
    }
    /* sigreturn restores the signal mask, the alternate stack and the box's vector state */
    gregs[REG_RBX] = (greg_t)frame;
    gregs[REG_RSP] = (greg_t)frame->host_rsp;
    gregs[REG_RIP] = (greg_t)(entering && !in_light((uint64_t)gregs[REG_RIP]) ? saved : saving);
    gregs[REG_EFL] = 0x202;
    frame->in_box = 0;
}

void machine_signal_leave(void *ucontext, struct core_frame *frame, enum lfi_exit_kind kind,
                          bool entering)
{
    go_on(ucontext, frame, entering, machine_leave_saving, machine_leave_entering);
    ((ucontext_t *)ucontext)->uc_mcontext.gregs[REG_R12] = (greg_t)kind + 1;
}

/* ---- stops: docs/stops.md ---- */

#define FLAGS_ARITHMETIC 0x8d5 /* OF, SF, ZF, AF, PF, CF */
#define FLAG_DF          0x400
#define FLAGS_FIXED      0x202

void machine_signal_stop(void *ucontext, struct core_frame *frame, bool entering)
{
    go_on(ucontext, frame, entering, machine_stop_saving, machine_stop_entering);
}

void machine_signal_fault(const void *ucontext, struct lfi_stop *fault)
{
    const greg_t *gregs = ((const ucontext_t *)ucontext)->uc_mcontext.gregs;

    fault->trap = (uint32_t)gregs[REG_TRAPNO];
    fault->error = (uint32_t)gregs[REG_ERR];
}

bool machine_signal_back(void *ucontext, const struct core_frame *frame)
{
    enum { GROUP_SIZE = 15, LOAD_SIZE = 9 };
    greg_t *gregs = ((ucontext_t *)ucontext)->uc_mcontext.gregs;
    uint64_t pc = (uint64_t)gregs[REG_RIP], point = (uint64_t)gregs[REG_R11];

    if (pc - frame->base < LFI_BOX_SIZE)
        return true;
    pc -= frame->context->box->reservation->trampolines;
    switch (pc / 0x20 * 0x20) {
    case TRAMPOLINE_SYSCALL:
    case TRAMPOLINE_RETURN: /* rcx may be the frame; the call changes it anyway */
        gregs[REG_RCX] = (greg_t)point;
        break;
    case TRAMPOLINE_GET_TP: /* it has put r11 aside, and will do so again */
        if (pc == TRAMPOLINE_GET_TP + 2 * LOAD_SIZE)
            point = core_thread.machine.ret;
        break;
    case TRAMPOLINE_CPUID:
        if (pc == TRAMPOLINE_CPUID + 2 * LOAD_SIZE) /* it has put rcx aside */
            gregs[REG_RCX] = (greg_t)core_thread.machine.ret;
        break;
    case TRAMPOLINE_SET_TP:
        break;
    default: /* r11 may be the frame */
        return false;
    }
    point = frame->base + ((uint32_t)point & -(uint32_t)LFI_BUNDLE_SIZE);
    gregs[REG_R11] = (greg_t)point;
    gregs[REG_RIP] = (greg_t)(point - GROUP_SIZE);
    return true;
}

/* What is where the box is, or wants to be. Bundles may be entered whatever they hold. */
static enum lfi_place place_of(const struct core_frame *frame, unsigned *start, unsigned *end)
{
    struct lfi_box *box = frame->context->box;
    uint64_t rip = frame->regs.rip;
    uint8_t bundle[LFI_BUNDLE_SIZE];

    if (rip - frame->base >= LFI_BOX_SIZE)
        return LFI_PLACE_NONE;
    if (rip % LFI_BUNDLE_SIZE == 0 || __atomic_load_n(&box->unverified, __ATOMIC_ACQUIRE))
        return LFI_PLACE_START;
    if (!core_code_bundle(box, rip, bundle))
        return LFI_PLACE_NONE;
    return lfi_x86_64_place(bundle, rip % LFI_BUNDLE_SIZE, start, end);
}

bool machine_settle(struct core_frame *frame)
{
    struct lfi_regs *regs = &frame->regs;
    uint64_t bundle = regs->rip & -(uint64_t)LFI_BUNDLE_SIZE;
    unsigned start = 0, end = 0;
    enum lfi_place place = place_of(frame, &start, &end);

    switch (place) {
    case LFI_PLACE_START:
        return true;
    case LFI_PLACE_REPEAT:
        regs->rip = bundle + start;
        return true;
    case LFI_PLACE_ADD: /* the low half of the base is 0: no carry, and the low byte stays */
    case LFI_PLACE_LEA:
        regs->rsp = frame->base + (uint32_t)regs->rsp;
        regs->rip = bundle + end;
        if (place == LFI_PLACE_ADD)
            regs->rflags = (regs->rflags & ~(uint64_t)FLAGS_ARITHMETIC) |
                           (regs->rsp == 0 ? 0x40 : 0) |
                           (__builtin_parity((unsigned)regs->rsp & 0xff) ? 0 : 4);
        return true;
    default:
        return false;
    }
}

bool machine_may_continue(struct core_frame *frame)
{
    unsigned start, end;

    return place_of(frame, &start, &end) == LFI_PLACE_START;
}

void machine_signal_exact(void *ucontext, struct core_frame *frame)
{
    greg_t *gregs = ((ucontext_t *)ucontext)->uc_mcontext.gregs;
    const struct lfi_regs *regs = &frame->regs;

    gregs[REG_RAX] = (greg_t)regs->rax;
    gregs[REG_RBX] = (greg_t)regs->rbx;
    gregs[REG_RCX] = (greg_t)regs->rcx;
    gregs[REG_RDX] = (greg_t)regs->rdx;
    gregs[REG_RSI] = (greg_t)regs->rsi;
    gregs[REG_RDI] = (greg_t)regs->rdi;
    gregs[REG_RBP] = (greg_t)regs->rbp;
    gregs[REG_RSP] = (greg_t)regs->rsp;
    gregs[REG_R8] = (greg_t)regs->r8;
    gregs[REG_R9] = (greg_t)regs->r9;
    gregs[REG_R10] = (greg_t)regs->r10;
    gregs[REG_R11] = (greg_t)regs->r11;
    gregs[REG_R12] = (greg_t)regs->r12;
    gregs[REG_R13] = (greg_t)regs->r13;
    gregs[REG_R14] = (greg_t)regs->r14;
    gregs[REG_R15] = (greg_t)regs->r15;
    gregs[REG_RIP] = (greg_t)regs->rip;
    gregs[REG_EFL] = (greg_t)((regs->rflags & (FLAGS_ARITHMETIC | FLAG_DF)) | FLAGS_FIXED);
    frame->exact = 0;
}
