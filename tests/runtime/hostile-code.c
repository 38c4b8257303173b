// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Runs random code that the verifier accepts, in a box whose whole 4 GiB can be read and written,
 * between two other boxes, or at address 0 and two others elsewhere. Whatever it does, it must not
 * get out: no access faults beyond the guards, registers keep their promises, the neighbours and
 * the sys pages are untouched, and the host goes on with its own floating-point control words.
 *
 * --count says how many programs, --seed which.
 */
/* Not _GNU_SOURCE: its register names of <signal.h> are those of the decoder. */
#undef _GNU_SOURCE
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <lfi/lfi.h>

#include "../options.h"
#include "place.h"
#include "processor.h" /* of the architecture */

enum {
    RUNS = 60, /* of each program, from random places with random registers */
    CODE_SIZE = 8192,
    TILE = 2 << 20, /* the memory of the box: the same pages again and again */
    CALLS_MAX = 300,
    SYS_PAGE = LFI_SYS_PAGE_SIZE,
    PAGE_MOST = 0x10000,
};
#define CODE_OFFSET 0x10000000u

static uint64_t programs, first_seed; /* of the command line */

struct world {
    struct lfi_space *space;
    struct lfi_box *boxes[3];
    int hostile; /* the number of the box that is */
    struct lfi_context *context;
    uint64_t base, code_at;
    uint8_t code[CODE_SIZE];
    uint64_t sys_at[2]; /* its sys page, and the next box's */
    uint8_t sys_pages[2][SYS_PAGE];
    struct form_index *index;
    uint64_t seed;
    unsigned calls, exits[4], retired;
    atomic_bool done;
};

static uint64_t next(struct world *w)
{
    return test_random(&w->seed);
}

static uint64_t number(struct world *w)
{
    static const uint64_t values[] = {0,          1,          8,          0xffffffff,
                                      0x80000000, UINT64_MAX, 1ull << 47, 0x7fffffff};
    uint64_t random = next(w);
    switch (random & 3) {
    case 0:
        return values[(random >> 8) % 8];
    case 1:
        return w->base + (uint32_t)next(w);
    case 2:
        return next(w) << 16 ^ next(w);
    default:
        return (random >> 8) % 256;
    }
}

#include "hostile-bytes.h" /* of the architecture: what stands in programs, what registers must be */

/* ---- code -------------------------------------------------------------------------------------
 */

static void make_program(struct world *w)
{
    fill_code(w);
    for (int round = 0; round < 200; round++) {
        uint8_t copy[CODE_SIZE];
        memcpy(copy, w->code, CODE_SIZE);
        struct lfi_code run = {.bytes = copy, .size = CODE_SIZE, .image_end = PAGE_MOST};
        if (lfi_verify_code(ARCH, LFI_MODE_FULL, &run, erase, w) == LFI_ACCEPTED)
            return;
    }
    fill_nops(w->code, CODE_SIZE);
}

/* ---- runs -------------------------------------------------------------------------------------
 */

static void serve(struct lfi_context *context, struct lfi_regs *regs)
{
    struct world *w = lfi_context_data(context);
    uint64_t pc = regs->REG_PC - w->code_at;
    assert_true(pc <= CODE_SIZE && pc % CODE_ALIGN == 0);
    check_caller(w, regs);
    regs->REG_RESULT = number(w);
    w->retired++;
    if (++w->calls > CALLS_MAX)
        lfi_context_stop(context, 0);
}

static void check_exit(struct world *w, const struct lfi_exit *exit)
{
    const uint64_t guard = 0x40000; /* 256 KiB: what a step, a displacement and an access reach */
    uint64_t trampolines = *(uint64_t *)(w->base + (uint64_t)SLOT(0)) & -lfi_page_size();
    w->exits[exit->kind]++;
    check_registers(w, &exit->regs);
    assert_true(exit->regs.REG_PC - w->base <= LFI_BOX_SIZE ||
                exit->regs.REG_PC - trampolines < lfi_page_size());
    if (exit->kind == LFI_EXIT_FAULT && (exit->signal == SIGSEGV || exit->signal == SIGBUS) &&
        exit->code != 0x80 && /* SI_KERNEL: a general-protection fault has no address */
        exit->address - (w->base - guard) > LFI_BOX_SIZE + 2 * guard)
        fail_msg("an access outside of the box: %lx, pc %lx, base %lx",
                 (unsigned long)exit->address, (unsigned long)exit->regs.REG_PC,
                 (unsigned long)w->base);
    check_host();
}

static void check_others(struct world *w)
{
    for (int i = 0; i < 2; i++)
        assert_memory_equal((void *)w->sys_at[i], w->sys_pages[i], SYS_PAGE);
    for (int i = 0; i < 3; i++) {
        if (i == w->hostile)
            continue;
        uint64_t base = lfi_box_base(w->boxes[i]);
        const uint64_t *ends[] = {
            (uint64_t *)(base + LFI_GUARD_SIZE),
            (uint64_t *)(base + LFI_BOX_SIZE - LFI_GUARD_SIZE - PAGE_MOST),
        };
        for (int end = 0; end < 2; end++)
            for (unsigned k = 0; k < PAGE_MOST / 8; k++)
                assert_true(ends[end][k] == 0x5a5a5a5a5a5a5a5a);
    }
}

/* Ends runs that go on for too long. */
static void *interrupt(void *data)
{
    struct world *w = data;
    while (!atomic_load(&w->done)) {
        nanosleep(&(struct timespec){.tv_nsec = 3000000}, NULL);
        lfi_context_interrupt(w->context);
    }
    return NULL;
}

static void run_program(struct world *w)
{
    struct lfi_error error;
    struct lfi_code_map map = {.address = w->code_at,
                               .bytes = w->code,
                               .size = CODE_SIZE,
                               .mode = LFI_MODE_FULL,
                               .image_start = w->code_at,
                               .image_end = w->code_at + PAGE_MOST};
    if (lfi_box_map_code(w->boxes[w->hostile], &map, &error))
        fail_msg("%s", error.message);
    for (int run = 0; run < RUNS; run++) {
        struct lfi_exit exit;
        struct lfi_regs *regs = lfi_context_regs(w->context);
        for (size_t i = 0; i < sizeof *regs / sizeof(uint64_t); i++)
            ((uint64_t *)regs)[i] = number(w);
        regs->REG_SP = w->base + (next(w) & 1 ? 0x80000000 : (uint32_t)number(w));
        regs->REG_PC = w->code_at + next(w) % CODE_SIZE;
        FLAGS(regs) = next(w) & FLAGS_SET;
        w->calls = 0;
        assert_int_equal(lfi_context_run(w->context, &exit), 0);
        check_exit(w, &exit);
    }
    check_others(w);
    assert_int_equal(lfi_box_unmap(w->boxes[w->hostile], w->code_at, PAGE_MOST), 0);
    w->code_at += PAGE_MOST; /* code takes no other code's place */
}

static void make_world(struct world *w)
{
    struct lfi_error error;
    int memory = (int)syscall(SYS_memfd_create, "box", 0);
    assert_true(memory >= 0 && ftruncate(memory, TILE) == 0);
    assert_int_equal(lfi_faults_install(SIGRTMIN + 3, &error), 0);
    assert_int_equal(test_space_new(&w->space, 3, &error), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(lfi_box_new(w->space, &w->boxes[i], &error), 0);
    w->hostile = test_at_0() ? 0 : 1;
    w->base = lfi_box_base(w->boxes[w->hostile]);
    w->code_at = w->base + CODE_OFFSET;
    for (uint64_t at = w->base; at < w->base + LFI_BOX_SIZE; at += TILE) {
        uint64_t start = at == w->base ? at + LFI_GUARD_SIZE : at, end = at + TILE;
        if (end == w->base + LFI_BOX_SIZE)
            end -= LFI_GUARD_SIZE;
        assert_int_equal(lfi_box_map(w->boxes[w->hostile], start, end - start,
                                     PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0),
                         0);
    }
    close(memory);
    for (int i = 0; i < 3; i++)
        for (int end = 0; end < 2 && i != w->hostile; end++) {
            uint64_t at = lfi_box_base(w->boxes[i]) +
                          (end ? LFI_BOX_SIZE - LFI_GUARD_SIZE - PAGE_MOST : LFI_GUARD_SIZE);
            assert_int_equal(lfi_box_map(w->boxes[i], at, PAGE_MOST, PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                             0);
            memset((void *)at, 0x5a, PAGE_MOST);
        }
    w->sys_at[0] = (w->base + (uint64_t)SLOT(0)) & -(uint64_t)SYS_PAGE;
    w->sys_at[1] = (lfi_box_base(w->boxes[2]) + (uint64_t)SLOT(0)) & -(uint64_t)SYS_PAGE;
    for (int i = 0; i < 2; i++)
        memcpy(w->sys_pages[i], (void *)w->sys_at[i], SYS_PAGE);
    assert_int_equal(lfi_context_new(w->boxes[w->hostile], serve, w, &w->context), 0);
    make_index(w);
    w->seed = first_seed;
}

static void accepted_code_stays_in_its_box(void **state)
{
    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* TSan keeps signals until the thread calls what it knows, which this box never does */
#endif
    struct world *w = calloc(1, sizeof *w);
    pthread_t interrupter;
    assert_non_null(w);
    make_world(w);
    assert_int_equal(pthread_create(&interrupter, NULL, interrupt, w), 0);
    lfi_thread_prepare();
    for (uint64_t i = 0; i < programs; i++) {
        make_program(w);
        run_program(w);
    }
    lfi_thread_release();
    atomic_store(&w->done, true);
    pthread_join(interrupter, NULL);
    print_message("stopped %u, returned %u, faults %u, interrupted %u; %u system calls\n",
                  w->exits[0], w->exits[1], w->exits[2], w->exits[3], w->retired);
    assert_true(w->exits[LFI_EXIT_FAULT] > programs && w->retired > 10 * programs);
    assert_int_equal(lfi_context_free(w->context), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(lfi_box_free(w->boxes[i]), 0);
    assert_int_equal(lfi_space_free(w->space), 0);
    lfi_faults_remove();
    free(w->index);
    free(w);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(accepted_code_stays_in_its_box)};
    programs = test_option(argc, argv, "--count=", 100);
    first_seed = test_option(argc, argv, "--seed=", 1);
    printf("--count=%" PRIu64 " --seed=%" PRIu64 "\n", programs, first_seed);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
