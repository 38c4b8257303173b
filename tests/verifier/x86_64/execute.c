// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Asks this processor whether accepted code stays in its box. Random code is entered at every place
 * that a branch may name, with random registers, and continues one instruction at a time (the trap
 * flag). Before each instruction Zydis and the registers say which memory it is going to access;
 * after it the state must be one that the ABI allows: see before() and after(). Nothing of the
 * runtime is used.
 *
 * --count says how many instructions are executed, --seed which, --seconds how long at most;
 * --at-0=1 places the box at address 0.
 */
/* Not _GNU_SOURCE: its register names of <signal.h> are those of the decoder. */
#undef _GNU_SOURCE
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <Zydis/Zydis.h>

#include <lfi/abi.h>
#include <lfi/verifier.h>

enum {
    CODE_SIZE = 1024,
    PAGE = 4096,
    TILE = 2 << 20, /* the memory of the box: the same pages again and again */
    STEPS = 24,     /* of each run */
    HWCAP2_HAS_FSGSBASE = 2,
    STEPPED = 2, /* si_code TRAP_TRACE */
    JUMP_SIZE = 5,
    JUMPS = LFI_BUNDLE_SIZE / JUMP_SIZE, /* in a bundle */
    EXTENDED_STATE = 832,                /* legacy, header, upper halves of ymm */
    LOWEST = 0x10000,                    /* that a process may map, on most machines */
};
#define CODE_OFFSET 0x10000000u

/* Of <sys/ucontext.h>, whose names collide: indices of gregs. */
enum { R8, R11 = 3, RDI = 8, RSI, RBP, RBX, RDX, RAX, RCX, RSP, RIP, EFL, CSGSFS, GREGS };
enum { FLAG_TRAP = 0x100, FLAGS_FREE = 0x108d5 | 0x400 | FLAG_TRAP };

struct decoded {
    ZydisDecodedInstruction insn; /* length 0: no instruction starts here */
    ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
};

struct world {
    uint64_t base, code_at, sys_page, trampolines;
    bool at_0;
    uint8_t code[CODE_SIZE];
    uint8_t *alias; /* the code, to be written */
    uint8_t sys_bytes[PAGE];
    struct form_index *index;
    uint64_t seed;

    struct decoded *at; /* by offset in the code */
    bool target[CODE_SIZE];
    ZydisDecoder decoder;

    /* Of the current run. */
    bool running;
    uint64_t entry;
    unsigned left;     /* steps */
    uint64_t previous; /* rip of the instruction that is executed */
    uint64_t rsp;      /* before it */
    const char *problem;
    uint64_t problem_regs[GREGS], problem_address;

    /* Of the host. */
    uint64_t regs[GREGS];
    uint64_t fs_base;
    uint8_t vectors[EXTENDED_STATE];

    uint64_t steps, runs, faults, calls, indirect;
};

#include "../execute.h"

#define HOSTILE_BYTES_ONLY
#include "x86_64/hostile-bytes.h"

/* ---- what must hold ---- */

static struct decoded *decoded_at(struct world *w, uint64_t rip)
{
    uint64_t at = rip - w->code_at;
    return at < CODE_SIZE && w->at[at].insn.length != 0 ? &w->at[at] : NULL;
}

static uint64_t value_of(const uint64_t *regs, ZydisRegister reg, uint64_t next_rip)
{
    static const uint8_t greg[16] = {RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI,
                                     0,   1,   2,   3,   4,   5,   6,   7};
    if (reg == ZYDIS_REGISTER_NONE)
        return 0;
    if (reg == ZYDIS_REGISTER_RIP)
        return next_rip;
    return regs[greg[ZydisRegisterGetId(
        ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg))]];
}

/* The instruction that comes next accesses nothing but the box. */
static const char *before(struct world *w, const uint64_t *regs)
{
    struct decoded *d = decoded_at(w, regs[RIP]);
    w->previous = regs[RIP];
    w->rsp = regs[RSP];
    if (!d || d->insn.mnemonic == ZYDIS_MNEMONIC_NOP ||
        d->insn.meta.category == ZYDIS_CATEGORY_PREFETCH)
        return NULL;
    for (unsigned i = 0; i < d->insn.operand_count; i++) {
        const ZydisDecodedOperand *op = &d->ops[i];
        if (op->type != ZYDIS_OPERAND_TYPE_MEMORY || op->mem.type == ZYDIS_MEMOP_TYPE_AGEN ||
            op->mem.type == ZYDIS_MEMOP_TYPE_VSIB)
            continue; /* elements: their faults tell */
        uint64_t address = value_of(regs, op->mem.base, regs[RIP] + d->insn.length) +
                           value_of(regs, op->mem.index, 0) * op->mem.scale +
                           (uint64_t)op->mem.disp.value;
        bool stack = op->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN &&
                     op->mem.base == ZYDIS_REGISTER_RSP; /* of push and pop: not by the prefix */
        if (d->insn.address_width == 32 && !stack)
            address = (uint32_t)address;
        if (op->mem.segment == ZYDIS_REGISTER_GS)
            address += w->base;
        w->problem_address = address;
        if (op->mem.segment == ZYDIS_REGISTER_FS)
            return "an access through fs";
        if (!is_near(w, address))
            return "an access outside the box";
    }
    return NULL;
}

static uint64_t read_fs_base(void)
{
    uint64_t base;
    __asm__ volatile("rdfsbase %0" : "=r"(base));
    return base;
}

static uint64_t read_gs_base(void)
{
    uint64_t base;
    __asm__ volatile("rdgsbase %0" : "=r"(base));
    return base;
}

static bool is_in_box(const struct world *w, uint64_t rsp)
{
    return rsp - w->base < LFI_BOX_SIZE;
}

/* Gathers and scatters may stop after any element, and go on from there. */
static bool has_elements(const struct decoded *d)
{
    for (unsigned i = 0; i < d->insn.operand_count; i++)
        if (d->ops[i].type == ZYDIS_OPERAND_TYPE_MEMORY &&
            d->ops[i].mem.type == ZYDIS_MEMOP_TYPE_VSIB)
            return true;
    return false;
}

/* Where control may be after the instruction at w->previous. */
static const char *check_rip(struct world *w, const uint64_t *regs)
{
    const struct decoded *from = decoded_at(w, w->previous);
    uint64_t rip = regs[RIP], at = rip - w->code_at;
    if (!from)
        return "an instruction was executed outside the code";
    bool ahead = rip == w->previous + from->insn.length, branch = false, indirect = false;
    switch (from->insn.meta.category) {
    case ZYDIS_CATEGORY_COND_BR:
    case ZYDIS_CATEGORY_UNCOND_BR:
    case ZYDIS_CATEGORY_CALL:
        branch = true;
        indirect = from->ops[0].type != ZYDIS_OPERAND_TYPE_IMMEDIATE;
        break;
    default:
        if (rip == w->previous &&
            (has_elements(from) ||
             (from->insn.attributes &
              (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE)) != 0))
            return NULL;
        break;
    }
    if (!indirect) {
        if (ahead)
            return at == CODE_SIZE || decoded_at(w, rip) ? NULL
                                                         : "control is inside an instruction";
        if (!branch)
            return "control went elsewhere";
        return at < CODE_SIZE && w->target[at] ? NULL
                                               : "a branch to something that is not a target";
    }
    w->indirect++;
    if (rip - w->trampolines < PAGE) {
        w->calls++;
        if (from->ops[0].type != ZYDIS_OPERAND_TYPE_MEMORY)
            return "a jump into the host";
        if (regs[R11] != w->previous + from->insn.length || regs[R11] % LFI_BUNDLE_SIZE)
            return "a runtime call with a wrong return address";
        return rip % 16 ? "a runtime call of no entry" : NULL;
    }
    if (rip - w->base >= LFI_BOX_SIZE)
        return "control left the box";
    return rip % LFI_BUNDLE_SIZE ? "an indirect branch into a bundle" : NULL;
}

static const char *after(struct world *w, const uint64_t *regs, bool fault)
{
    uint16_t ds, es;
    __asm__ volatile("mov %%ds, %0; mov %%es, %1" : "=r"(ds), "=r"(es));
    if (read_gs_base() != w->base || read_fs_base() != w->fs_base)
        return "a segment base changed";
    if (regs[CSGSFS] != w->regs[CSGSFS] || ds || es)
        return "a segment register changed";
    if ((regs[EFL] ^ w->regs[EFL]) & ~(uint64_t)FLAGS_FREE)
        return "a flag of the system changed";
    const uint64_t reach = LFI_STACK_REACH;
    uint64_t rsp = regs[RSP], at = regs[RIP] - w->code_at;
    bool plain = at < CODE_SIZE && w->target[at]; /* no group is half done */
    if (rsp - (w->base - reach) > LFI_BOX_SIZE + 2 * reach && (plain || rsp >= LFI_BOX_SIZE))
        return "rsp left the box";
    if (fault)
        return regs[RIP] == w->previous ? NULL : "a fault elsewhere";
    const struct decoded *from = decoded_at(w, w->previous);
    if (from && from->insn.mnemonic != ZYDIS_MNEMONIC_NOP && rsp >= LFI_BOX_SIZE &&
        w->rsp >= LFI_BOX_SIZE && !is_in_box(w, w->rsp))
        return "rsp left the box, and nothing faulted";
    return check_rip(w, regs);
}

/* ---- runs ---- */

static void enter(struct world *w, uint64_t *regs, uint8_t *vectors)
{
    uint64_t sets = 7; /* x87, xmm, ymm */
    uint32_t mxcsr = next(w) & 1 ? 0x1f80 : next(w) & 0xffff;
    uint16_t control = next(w) & 1 ? 0x37f : (next(w) & 0xf7f) | 0x40;
    memcpy(w->regs, regs, sizeof w->regs);
    memcpy(w->vectors, vectors, EXTENDED_STATE);
    for (unsigned i = 0; i < RIP; i++)
        regs[i] = number(w);
    regs[RSP] = test_place(&w->seed, w->base);
    regs[RIP] = w->entry;
    regs[EFL] = (w->regs[EFL] & ~(uint64_t)FLAGS_FREE) | (next(w) & FLAGS_SET) | FLAG_TRAP;
    for (unsigned i = 160; i < 160 + 256; i += 8)
        memcpy(vectors + i, &(uint64_t){number(w)}, 8);
    for (unsigned i = 576; i < 576 + 256; i += 8)
        memcpy(vectors + i, &(uint64_t){number(w)}, 8);
    memcpy(vectors, &control, sizeof control);
    memcpy(vectors + 24, &mxcsr, sizeof mxcsr);
    memcpy(vectors + 512, &sets, sizeof sets);
    w->running = true;
    w->left = STEPS;
    w->runs++;
    before(w, regs);
}

static void leave(struct world *w, uint64_t *regs, uint8_t *vectors)
{
    memcpy(w->problem_regs, regs, sizeof w->problem_regs);
    memcpy(regs, w->regs, sizeof w->regs);
    memcpy(vectors, w->vectors, EXTENDED_STATE);
    w->running = false;
}

/* Continues after a runtime call, as the runtime does. */
static void call_returns(struct world *w, uint64_t *regs)
{
    if (regs[RIP] - w->trampolines >= PAGE)
        return;
    regs[RIP] = w->base + (uint32_t)(regs[R11] & ~(uint64_t)(LFI_BUNDLE_SIZE - 1));
    regs[RAX] = number(w);
}

static void on_signal(int signal, siginfo_t *info, void *data)
{
    struct world *w = world;
    ucontext_t *context = data;
    uint64_t *regs = (uint64_t *)context->uc_mcontext.gregs;
    uint8_t *vectors = (uint8_t *)context->uc_mcontext.fpregs;
    if (!w->running) {
        enter(w, regs, vectors);
        return;
    }
    bool stepped = signal == SIGTRAP && info->si_code == STEPPED;
    bool fault = !stepped && !(signal == SIGTRAP); /* int3 is executed */
    w->steps++;
    w->faults += !stepped;
    w->problem_address = (uint64_t)info->si_addr;
    if (fault && (signal == SIGSEGV || signal == SIGBUS) && info->si_code != SI_KERNEL &&
        !is_near(w, (uint64_t)info->si_addr))
        w->problem = "a fault outside the box";
    if (!w->problem)
        w->problem = after(w, regs, fault);
    if (stepped && !w->problem && --w->left > 0) {
        call_returns(w, regs);
        if (decoded_at(w, regs[RIP]))
            w->problem = before(w, regs);
        else
            w->left = 0; /* in the box, but no code: it faults */
    }
    if (!stepped || w->problem || w->left == 0)
        leave(w, regs, vectors);
}

/* Masks, and the vectors that only AVX-512 has, which enter() leaves as they are. */
static void set_vectors(struct world *w)
{
    uint64_t numbers[16];
    for (unsigned i = 0; i < 16; i++)
        numbers[i] = number(w);
    __asm__ volatile("kmovq %1, %%k1\n kmovq %2, %%k2\n kmovq %3, %%k3\n"
                     "vmovdqu64 (%0), %%zmm16\n vmovdqu64 64(%0), %%zmm17\n"
                     "vpaddd %%zmm16, %%zmm17, %%zmm18\n vmovdqa64 %%zmm17, %%zmm20\n"
                     :
                     : "r"(numbers), "r"(next(w)), "r"(next(w)), "r"(next(w))
                     : "memory");
}

static void run_from(struct world *w, unsigned at)
{
    w->entry = w->code_at + at;
    if (__builtin_cpu_supports("avx512bw"))
        set_vectors(w);
    __asm__ volatile("int3" : : : "memory");
    if (!w->problem)
        return;
    for (unsigned i = 0; i < CODE_SIZE; i++)
        print_error("%02x%s", w->code[i], i % LFI_BUNDLE_SIZE == 31 ? "\n" : " ");
    for (unsigned i = 0; i < GREGS; i++)
        print_error("%2u %016" PRIx64 "\n", i, w->problem_regs[i]);
    fail_msg("%s: base %" PRIx64 ", entered at %x, instruction at %" PRIx64 ", rsp was %" PRIx64
             ", address %" PRIx64,
             w->problem, w->base, at, w->previous - w->code_at, w->rsp, w->problem_address);
}

/* ---- code ---- */

/* Changes some bytes; what is refused then is erased. */
static void mutate(struct world *w)
{
    for (uint64_t n = next(w) % 64; n > 0; n--) {
        uint64_t random = next(w);
        uint8_t *byte = &w->code[random % CODE_SIZE];
        *byte =
            random >> 32 & 1 ? (uint8_t)(random >> 40) : *byte ^ (uint8_t)(1 << (random >> 40 & 7));
    }
}

static bool verifies(const uint8_t *bytes, size_t size, lfi_violation_fn *report, struct world *w)
{
    const struct lfi_code code = {.bytes = bytes, .size = size, .image_end = PAGE};
    return lfi_verify_code(ARCH, LFI_MODE_FULL, &code, report, w) == LFI_ACCEPTED;
}

static void make_code(struct world *w)
{
    fill_code(w);
    if (next(w) & 1)
        mutate(w);
    for (int round = 0; round < 200; round++) {
        uint8_t copy[CODE_SIZE];
        memcpy(copy, w->code, CODE_SIZE);
        if (verifies(copy, CODE_SIZE, erase, w))
            return;
    }
    fill_nops(w->code, CODE_SIZE);
}

enum { TARGETS_SIZE = (CODE_SIZE / JUMPS + 1) * LFI_BUNDLE_SIZE };

static bool is_no_target(void *data, const struct lfi_violation *violation)
{
    struct world *w = data;
    uint64_t jump = violation->address - CODE_SIZE;
    unsigned at = (unsigned)(jump / LFI_BUNDLE_SIZE * JUMPS + jump % LFI_BUNDLE_SIZE / JUMP_SIZE);
    assert_true(violation->address >= CODE_SIZE && at < CODE_SIZE);
    w->target[at] = false;
    return true;
}

/* Asks the verifier what a direct branch may name: after the code there is one to each byte. */
static void find_targets(struct world *w)
{
    static uint8_t bytes[CODE_SIZE + TARGETS_SIZE];
    memcpy(bytes, w->code, CODE_SIZE);
    memset(bytes + CODE_SIZE, 0x90, TARGETS_SIZE);
    for (unsigned i = 0; i < CODE_SIZE; i++) {
        unsigned at = CODE_SIZE + i / JUMPS * LFI_BUNDLE_SIZE + i % JUMPS * JUMP_SIZE;
        int32_t distance = (int32_t)i - (int32_t)(at + JUMP_SIZE);
        bytes[at] = 0xe9;
        memcpy(bytes + at + 1, &distance, sizeof distance);
        w->target[i] = true;
    }
    verifies(bytes, sizeof bytes, is_no_target, w);
}

static void decode(struct world *w)
{
    for (unsigned i = 0; i < CODE_SIZE; i++)
        w->at[i].insn.length = 0;
    for (unsigned at = 0; at < CODE_SIZE;) {
        struct decoded *d = &w->at[at];
        if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&w->decoder, w->code + at, CODE_SIZE - at,
                                                 &d->insn, d->ops)))
            fail_msg("accepted, and no instruction for Zydis: offset %u", at);
        at += d->insn.length;
    }
}

/* ---- the box ---- */

static int memory_file(size_t size)
{
    int file = (int)syscall(SYS_memfd_create, "box", 0);
    assert_true(file >= 0 && ftruncate(file, (off_t)size) == 0);
    return file;
}

static void map(uint64_t at, size_t size, int prot, int file)
{
    void *to;
    memcpy(&to, &at, sizeof to);
    assert_ptr_equal(mmap(to, size, prot, MAP_SHARED | MAP_FIXED, file, 0), to);
}

static void make_box(struct world *w)
{
    const int reserve = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    if (w->at_0) {
        void *area = mmap((void *)LOWEST, 2 * LFI_BOX_SIZE - LOWEST, PROT_NONE,
                          reserve | MAP_FIXED_NOREPLACE, -1, 0);
        if (area == MAP_FAILED) {
            puts("skipped: something lies below 8 GiB");
            exit(77);
        }
    } else {
        uint8_t *area = mmap(NULL, 4 * (size_t)LFI_BOX_SIZE, PROT_NONE, reserve, -1, 0);
        assert_ptr_not_equal(area, MAP_FAILED);
        w->base = ((uint64_t)area + LFI_BOX_SIZE - 1) & ~(LFI_BOX_SIZE - 1);
    }
    w->code_at = w->base + CODE_OFFSET;
    w->trampolines = w->base + 3 * LFI_BOX_SIZE / 2;
    int tile = memory_file(TILE), code = memory_file(PAGE), sys = memory_file(PAGE);
    for (uint64_t at = 0; at < LFI_BOX_SIZE; at += TILE) {
        uint64_t start = at ? at : LFI_GUARD_SIZE, end = at + TILE;
        if (end == LFI_BOX_SIZE)
            end -= LFI_GUARD_SIZE;
        map(w->base + start, end - start, PROT_READ | PROT_WRITE, tile);
    }
    map(w->code_at, PAGE, PROT_READ | PROT_EXEC, code);
    w->alias = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, code, 0);
    assert_ptr_not_equal(w->alias, MAP_FAILED);
    memset(w->alias, 0xf4, PAGE);

    w->sys_page = (w->base + (uint64_t)LFI_SLOT_INSIDE(LFI_SLOT_SYSCALL)) & ~(uint64_t)(PAGE - 1);
    for (int k = 0; k < LFI_SLOT_COUNT; k++) {
        uint64_t slot = w->base + (uint64_t)LFI_SLOT_INSIDE(k) - w->sys_page;
        uint64_t value = k == LFI_SLOT_BASE ? w->base : w->trampolines + (uint64_t)(16 * k);
        memcpy(w->sys_bytes + slot, &value, sizeof value);
    }
    assert_int_equal(pwrite(sys, w->sys_bytes, PAGE, 0), PAGE);
    map(w->sys_page, PAGE, PROT_READ, sys);
    close(tile);
    close(code);
    close(sys);
}

static uint64_t count, seconds;

static void accepted_code_stays_in_its_box(void **state)
{
    struct world *w = *state;
    if ((getauxval(AT_HWCAP2) & HWCAP2_HAS_FSGSBASE) == 0 || !__builtin_cpu_supports("avx2"))
        skip();
    w->at = calloc(CODE_SIZE, sizeof *w->at);
    assert_non_null(w->at);
    ZydisDecoderInit(&w->decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    make_index(w);
    make_box(w);
    w->fs_base = read_fs_base();
    __asm__ volatile("wrgsbase %0" : : "r"(w->base));
    catch_signals();
    const time_t end = time(NULL) + (time_t)seconds;
    uint64_t programs = 0;
    for (; w->steps < count && (!seconds || time(NULL) < end); programs++) {
        make_code(w);
        find_targets(w);
        decode(w);
        memcpy(w->alias, w->code, CODE_SIZE);
        for (unsigned at = 0; at < CODE_SIZE; at++) {
            if (!w->target[at])
                continue;
            assert_int_not_equal(w->at[at].insn.length, 0); /* a target is a start for Zydis, too */
            run_from(w, at);
        }
        assert_memory_equal(w->alias, w->code, CODE_SIZE);
        assert_memory_equal((void *)w->sys_page, w->sys_bytes, PAGE);
    }
    check_host();
    report_counts(w, programs);
    free(w->index);
    free(w->at);
}

int main(int argc, char *argv[])
{
    world = calloc(1, sizeof *world);
    if (!world)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(accepted_code_stays_in_its_box, world),
    };
    count = test_option(argc, argv, "--count=", 300000);
    seconds = test_option(argc, argv, "--seconds=", 0);
    world->seed = test_option(argc, argv, "--seed=", 1);
    world->at_0 = test_option(argc, argv, "--at-0=", 0) != 0;
    printf("--count=%" PRIu64 " --seed=%" PRIu64 "\n", count, world->seed);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(world);
    return failed;
}
