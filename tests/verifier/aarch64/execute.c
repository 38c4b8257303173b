// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Asks this processor (or QEMU) whether accepted code stays in its box. Random code is entered at
 * every word with random registers, and continues one instruction at a time: what may come next is
 * a breakpoint. Before each instruction its word and the registers say which memory it is going to
 * access; after it the state must be one that the ABI allows: see before() and after(). Nothing
 * of the runtime is used.
 *
 * --count says how many instructions are executed, --seed which, --seconds how long at most.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <asm/hwcap.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <lfi/abi.h>
#include <lfi/verifier.h>

enum {
    CODE_SIZE = 1024,
    PAGE_MOST = 0x10000,
    TILE = 16 << 20, /* the memory of the box: the same pages again and again */
    STEPS = 24,      /* of each run */
    BACK = 1024,     /* how far past the box an instruction may write sp back */
    VECTORS = 528,   /* fpsr, fpcr and registers in the kernel's frame, and their head */
};
#define CODE_OFFSET    0x10000000u
#define BRK            0xd4200000u
#define STATE_OF_A_BOX 0xf1001c00u /* of pstate: NZCV, DIT, SSBS, BTYPE */

struct world {
    uint64_t base, code_at, sys_page, trampolines, block;
    uint8_t code[CODE_SIZE];
    uint8_t *sys_bytes;
    struct form_index *index;
    uint64_t seed;

    bool bad_casp; /* is left out */

    /* Of the current run. */
    bool running;
    uint64_t entry;
    unsigned left; /* steps */
    uint32_t word; /* what is executed, at: */
    uint64_t previous;
    uint64_t stops[2]; /* breakpoints */
    const char *problem;
    struct sigcontext problem_regs;

    struct sigcontext host;
    uint64_t steps, runs, faults, calls, indirect;
};

#include "../execute.h"

#define HOSTILE_BYTES_ONLY
#include "aarch64/hostile-bytes.h"

/* ---- instructions ---- */

static bool is(uint32_t word, uint32_t mask, uint32_t value)
{
    return (word & mask) == value;
}

static bool is_direct(uint32_t word)
{
    return is(word, 0x7c000000, 0x14000000) || is(word, 0xff000000, 0x54000000) ||
           is(word, 0x7c000000, 0x34000000);
}

/* br, blr, ret and their authenticated forms */
static bool is_indirect(uint32_t word)
{
    return is(word, 0xfe000000, 0xd6000000);
}

static int64_t signed_bits(uint32_t word, unsigned low, unsigned size)
{
    return (int64_t)((uint64_t)word << (64 - low - size)) >> (64 - size);
}

/* Of a direct branch. */
static uint64_t target_of(uint32_t word, uint64_t pc)
{
    int64_t words = is(word, 0x7c000000, 0x14000000)   ? signed_bits(word, 0, 26)
                    : is(word, 0x7e000000, 0x36000000) ? signed_bits(word, 5, 14)
                                                       : signed_bits(word, 5, 19);
    return pc + (uint64_t)(words * 4);
}

static uint64_t value_of(const struct sigcontext *regs, unsigned reg)
{
    return reg == SP ? regs->sp : regs->regs[reg];
}

static bool is_in_code(const struct world *w, uint64_t pc)
{
    return pc - w->code_at < CODE_SIZE && pc % 4 == 0;
}

/* ---- what must hold ---- */

/* An instruction that loads or stores: where? All of them have the base at bit 5. */
static const char *check_access(const struct world *w, const struct sigcontext *regs)
{
    uint32_t word = w->word;
    unsigned base = word >> 5 & 31, offset = word >> 16 & 31;
    uint64_t address = value_of(regs, base);
    if (!is(word, 0x0a000000, 0x08000000))
        return NULL;
    if (is(word, 0x3b000000, 0x18000000)) { /* literal */
        address = regs->pc + (uint64_t)(signed_bits(word, 5, 19) * 4);
        return is_near(w, address) ? NULL : "a literal outside the box";
    }
    if (is(word, 0x3b200c00, 0x38200800)) { /* register offset */
        uint64_t index = offset == 31 ? 0 : regs->regs[offset];
        unsigned extend = word >> 13 & 7;
        if (extend == 2)
            index = (uint32_t)index;
        else if (extend == 6)
            index = (uint64_t)(int32_t)index;
        address += index; /* scaled, it is further away than the box is large */
        if (word >> 12 & 1)
            address += 3 * index;
    }
    if (base == CONTEXT)
        return is(word, 0xffbffc00, 0xf9000000 | LFI_CONTEXT_TP / 8 << 10)
                   ? NULL
                   : "an access to the context block";
    return is_near(w, address) ? NULL : "an access outside the box";
}

/* Sets a breakpoint at each place where the instruction at pc may lead. */
static void set_stops(struct world *w, uint64_t pc)
{
    uint64_t target = is_direct(w->word) ? target_of(w->word, pc) : pc + 4;
    const uint32_t stop = BRK;
    w->stops[0] = pc + 4;
    w->stops[1] = target;
    if (is_indirect(w->word)) {
        uint64_t to = w->problem_regs.regs[w->word >> 5 & 31];
        if (is_in_code(w, to))
            w->stops[1] = to;
    }
    mprotect((void *)w->code_at, PAGE_MOST, PROT_READ | PROT_WRITE);
    for (int i = 0; i < 2; i++)
        if (w->stops[i] != pc && w->stops[i] - w->code_at <= CODE_SIZE)
            memcpy((void *)w->stops[i], &stop, sizeof stop);
    mprotect((void *)w->code_at, PAGE_MOST, PROT_READ | PROT_EXEC);
    __builtin___clear_cache((char *)w->code_at, (char *)w->code_at + CODE_SIZE + 4);
}

static void remove_stops(struct world *w)
{
    mprotect((void *)w->code_at, PAGE_MOST, PROT_READ | PROT_WRITE);
    for (int i = 0; i < 2; i++)
        if (is_in_code(w, w->stops[i]))
            memcpy((void *)w->stops[i], w->code + (w->stops[i] - w->code_at), 4);
    mprotect((void *)w->code_at, PAGE_MOST, PROT_READ | PROT_EXEC);
    __builtin___clear_cache((char *)w->code_at, (char *)w->code_at + CODE_SIZE + 4);
}

/* A branch to itself: no breakpoint can stop it. */
static bool turns_round(const struct world *w, const struct sigcontext *regs)
{
    uint32_t word;
    memcpy(&word, w->code + (regs->pc - w->code_at), sizeof word);
    return (is_direct(word) && target_of(word, regs->pc) == regs->pc) ||
           (is_indirect(word) && value_of(regs, word >> 5 & 31) == regs->pc);
}

static const char *before(struct world *w, const struct sigcontext *regs)
{
    w->previous = regs->pc;
    memcpy(&w->word, w->code + (regs->pc - w->code_at), sizeof w->word);
    w->problem_regs = *regs;
    set_stops(w, regs->pc);
    return check_access(w, regs);
}

static const char *check_pc(struct world *w, const struct sigcontext *regs)
{
    uint64_t pc = regs->pc;
    bool direct = is_direct(w->word), indirect = is_indirect(w->word);
    w->indirect += indirect;
    if (!direct && !indirect)
        return pc == w->previous + 4 ? NULL : "control went elsewhere";
    if (regs->sp - w->base >= LFI_BOX_SIZE + BACK)
        return "a branch with sp out of the box";
    if (regs->regs[LINK] - w->base >= LFI_BOX_SIZE)
        return "a branch with x30 out of the box";
    if (direct)
        return pc == w->previous + 4 || pc == target_of(w->word, w->previous)
                   ? NULL
                   : "a branch led elsewhere";
    if (pc - w->trampolines < PAGE_MOST) {
        w->calls++;
        if (regs->regs[LINK] != w->previous + 4)
            return "a runtime call with a wrong return address";
        return pc % 16 ? "a runtime call of no entry" : NULL;
    }
    return pc - w->base < LFI_BOX_SIZE ? NULL : "control left the box";
}

static const char *after(struct world *w, const struct sigcontext *regs, bool fault)
{
    const uint64_t reach = LFI_STACK_REACH;
    if (regs->regs[CONTEXT] != w->block || regs->regs[BASE] != w->base)
        return "x25 or x27 changed";
    if (regs->regs[ADDRESS] - w->base >= LFI_BOX_SIZE)
        return "x28 left the box";
    if (regs->sp - (w->base - reach) >= LFI_BOX_SIZE + 2 * reach + BACK)
        return "sp left the box";
    if ((regs->pstate ^ w->host.pstate) & ~(uint64_t)STATE_OF_A_BOX)
        return "the processor's state changed";
    if (!fault)
        return check_pc(w, regs);
    if (regs->pc == w->previous)
        return NULL;
    return check_pc(w, regs); /* a branch to where no code is */
}

/* ---- runs ---- */

static void enter(struct world *w, struct sigcontext *regs)
{
    uint8_t *vectors = (uint8_t *)regs->__reserved;
    w->host = *regs;
    for (unsigned i = 0; i < 31; i++)
        regs->regs[i] = number(w);
    regs->regs[CONTEXT] = w->block;
    regs->regs[BASE] = w->base;
    regs->regs[ADDRESS] = test_place(&w->seed, w->base);
    regs->regs[LINK] = test_place(&w->seed, w->base);
    regs->sp = test_place(&w->seed, w->base);
    regs->pc = w->entry;
    regs->pstate = (regs->pstate & ~(uint64_t)FLAGS_SET) | (next(w) & FLAGS_SET);
    for (unsigned i = 16; i < VECTORS; i += 8) /* after fpsr and fpcr */
        memcpy(vectors + i, &(uint64_t){number(w)}, 8);
    w->running = true;
    w->left = STEPS;
    w->runs++;
    w->problem = before(w, regs);
}

static void leave(struct world *w, struct sigcontext *regs)
{
    w->problem_regs = *regs;
    *regs = w->host;
    regs->pc += 4; /* after our own brk */
    w->running = false;
}

static void on_signal(int signal, siginfo_t *info, void *data)
{
    struct world *w = world;
    struct sigcontext *regs = (struct sigcontext *)&((ucontext_t *)data)->uc_mcontext;
    if (!w->running) {
        enter(w, regs);
        if (w->problem || turns_round(w, regs)) {
            remove_stops(w);
            leave(w, regs);
        }
        return;
    }
    remove_stops(w);
    bool called = regs->pc - w->trampolines < PAGE_MOST;
    bool stepped = signal == SIGTRAP && (called || regs->pc == w->stops[0] ||
                                         (regs->pc == w->stops[1] && regs->pc != w->previous));
    uint64_t address = (uint64_t)info->si_addr;
    w->steps++;
    w->faults += !stepped;
    if ((signal == SIGSEGV || signal == SIGBUS) && !is_near(w, address))
        w->problem = "a fault outside the box";
    if (!w->problem)
        w->problem = after(w, regs, !stepped);
    if (stepped && !w->problem && --w->left > 0) {
        if (called) {
            regs->pc = w->base + (uint32_t)(regs->regs[LINK] & ~(uint64_t)3);
            regs->regs[LINK] = regs->pc;
            regs->regs[0] = number(w);
        }
        if (is_in_code(w, regs->pc) && !turns_round(w, regs))
            w->problem = before(w, regs);
        else
            w->left = 0;
    }
    if (stepped && !w->problem && w->left > 0)
        return;
    remove_stops(w);
    leave(w, regs);
}

static void run_from(struct world *w, unsigned at)
{
    w->entry = w->code_at + at;
    __asm__ volatile("brk #0" : : : "memory");
    if (!w->problem)
        return;
    for (unsigned i = 0; i < CODE_SIZE; i += 4) {
        uint32_t word;
        memcpy(&word, w->code + i, sizeof word);
        print_error("%08x%s", word, i % 32 == 28 ? "\n" : " ");
    }
    for (unsigned i = 0; i < 31; i++)
        print_error("x%-2u %016" PRIx64 "\n", i, (uint64_t)w->problem_regs.regs[i]);
    fail_msg("%s: base %" PRIx64 ", entered at %x, instruction at %" PRIx64 " (%08x), sp %" PRIx64
             ", pc %" PRIx64,
             w->problem, w->base, at, w->previous - w->code_at, w->word,
             (uint64_t)w->problem_regs.sp, (uint64_t)w->problem_regs.pc);
}

/* ---- code and the box ---- */

/*
 * casp of x30 and xzr: QEMU 7.2 writes the second half to sp in a process that has shared memory or
 * had a second thread. The architecture does not (xzr is no register), so the rules allow it.
 */
static bool is_casp_of_link(uint32_t word)
{
    return (word & 0xbfbf7c01) == 0x083e7c00;
}

static bool casp_of_link_moves_sp(void)
{
    static uint64_t memory[2] __attribute__((aligned(16))) = {5, 7};
    register uint64_t *at __asm__("x0") = memory;
    uint64_t by;
    __asm__ volatile("mov x9, sp\n\tmov x30, #0\n\t"
                     ".inst 0x487e7c16\n\t" /* casp x30, xzr, x22, x23, [x0] */
                     "mov x10, sp\n\tmov sp, x9\n\tsub %0, x10, x9"
                     : "=&r"(by)
                     : "r"(at)
                     : "x9", "x10", "x22", "x23", "x30", "memory");
    return by != 0;
}

static void leave_out_casp_of_link(struct world *w)
{
    for (unsigned i = 0; i < CODE_SIZE; i += 4) {
        uint32_t word;
        memcpy(&word, w->code + i, sizeof word);
        if (is_casp_of_link(word))
            fill_nops(w->code + i, 4);
    }
}

static void make_code(struct world *w)
{
    fill_code(w);
    if (w->bad_casp)
        leave_out_casp_of_link(w);
    for (int round = 0; round < 200; round++) {
        uint8_t copy[CODE_SIZE];
        memcpy(copy, w->code, CODE_SIZE);
        const struct lfi_code code = {.bytes = copy, .size = CODE_SIZE, .image_end = CODE_SIZE};
        if (lfi_verify_code(ARCH, LFI_MODE_FULL, &code, erase, w) == LFI_ACCEPTED)
            return;
    }
    fill_nops(w->code, CODE_SIZE);
}

static void map(uint64_t at, size_t size, int prot, int file)
{
    assert_ptr_equal(mmap((void *)at, size, prot,
                          MAP_FIXED | (file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED), file,
                          0),
                     (void *)at);
}

static void make_box(struct world *w)
{
    uint8_t *area = mmap(NULL, 4 * (size_t)LFI_BOX_SIZE, PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_ptr_not_equal(area, MAP_FAILED);
    w->base = ((uint64_t)area + 2 * LFI_BOX_SIZE - 1) & ~(LFI_BOX_SIZE - 1);
    w->code_at = w->base + CODE_OFFSET;
    w->trampolines = w->base - LFI_BOX_SIZE / 2;
    w->block = w->trampolines + 4 * PAGE_MOST;
    int tile = (int)syscall(SYS_memfd_create, "box", 0);
    assert_true(tile >= 0 && ftruncate(tile, TILE) == 0);
    for (uint64_t at = 0; at < LFI_BOX_SIZE; at += TILE) {
        uint64_t start = at ? at : LFI_GUARD_SIZE, end = at + TILE;
        if (end == LFI_BOX_SIZE)
            end -= LFI_GUARD_SIZE;
        map(w->base + start, end - start, PROT_READ | PROT_WRITE, tile);
    }
    close(tile);
    map(w->code_at, PAGE_MOST, PROT_READ | PROT_WRITE, -1);
    map(w->block, PAGE_MOST, PROT_READ | PROT_WRITE, -1);
    w->sys_page = (w->base + (uint64_t)(int64_t)LFI_SLOT_BELOW(0)) & ~(uint64_t)(PAGE_MOST - 1);
    map(w->sys_page, PAGE_MOST, PROT_READ | PROT_WRITE, -1);
    for (int k = 0; k < LFI_SLOT_COUNT; k++) {
        uint64_t value = w->trampolines + (uint64_t)(16 * k);
        memcpy((void *)(w->base + (uint64_t)(int64_t)LFI_SLOT_BELOW(k)), &value, sizeof value);
    }
    w->sys_bytes = malloc(PAGE_MOST);
    assert_non_null(w->sys_bytes);
    memcpy(w->sys_bytes, (void *)w->sys_page, PAGE_MOST);
    mprotect((void *)w->sys_page, PAGE_MOST, PROT_READ);
    map(w->trampolines, PAGE_MOST, PROT_READ | PROT_WRITE, -1);
    for (uint64_t at = w->trampolines; at < w->trampolines + PAGE_MOST; at += 4)
        memcpy((void *)at, &(uint32_t){BRK}, 4);
    mprotect((void *)w->trampolines, PAGE_MOST, PROT_READ | PROT_EXEC);
}

static uint64_t count, seconds;

static void accepted_code_stays_in_its_box(void **state)
{
    struct world *w = *state;
    make_index(w);
    make_box(w);
    catch_signals();
    if (getauxval(AT_HWCAP) & HWCAP_ATOMICS)
        w->bad_casp = casp_of_link_moves_sp();
    if (w->bad_casp)
        print_message("left out: casp of x30 and xzr, which writes sp in this emulator\n");
    const time_t end = time(NULL) + (time_t)seconds;
    uint64_t programs = 0;
    for (; w->steps < count && (!seconds || time(NULL) < end); programs++) {
        make_code(w);
        mprotect((void *)w->code_at, PAGE_MOST, PROT_READ | PROT_WRITE);
        memcpy((void *)w->code_at, w->code, CODE_SIZE);
        mprotect((void *)w->code_at, PAGE_MOST, PROT_READ | PROT_EXEC);
        for (unsigned at = 0; at < CODE_SIZE; at += 4)
            run_from(w, at);
        assert_memory_equal((void *)w->code_at, w->code, CODE_SIZE);
        assert_memory_equal((void *)w->sys_page, w->sys_bytes, PAGE_MOST);
        for (unsigned i = 0; i < LFI_CONTEXT_SIZE; i++)
            if (i / 8 != LFI_CONTEXT_TP / 8)
                assert_int_equal(((uint8_t *)w->block)[i], 0);
    }
    report_counts(w, programs);
    free(w->index);
    free(w->sys_bytes);
}

int main(int argc, char *argv[])
{
    world = calloc(1, sizeof *world);
    if (!world)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(accepted_code_stays_in_its_box, world),
    };
    count = test_option(argc, argv, "--count=", 50000);
    seconds = test_option(argc, argv, "--seconds=", 0);
    world->seed = test_option(argc, argv, "--seed=", 1);
    printf("--count=%" PRIu64 " --seed=%" PRIu64 "\n", count, world->seed);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(world);
    return failed;
}
