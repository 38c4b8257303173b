// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What a step of rsp, a displacement and an access reach from both ends of a box (docs/abi.md, "The
 * stack"): each combination that the verifier accepts runs, and must fault exactly where nothing of
 * the box is.
 */
#include "core-box.h"

#define REACH LFI_STACK_REACH
#define CODE  0x10000000

static void serve_nothing(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context;
    regs->REG_RESULT = 0;
}

enum kind { LOAD, STORE, LOAD_VECTOR, STORE_VECTOR, PUSH, POP, KINDS };
static const struct {
    uint8_t bytes[5], length; /* followed by a displacement, unless it is push or pop */
    unsigned size;
    bool write;
} accesses[KINDS] = {
    [LOAD] = {{0x48, 0x8b, 0x84, 0x24}, 4, 8, false},
    [STORE] = {{0x48, 0x89, 0x84, 0x24}, 4, 8, true},
    [LOAD_VECTOR] = {{0xc5, 0xfe, 0x6f, 0x84, 0x24}, 5, 32, false}, /* vmovdqu */
    [STORE_VECTOR] = {{0xc5, 0xfe, 0x7f, 0x84, 0x24}, 5, 32, true},
    [PUSH] = {{0x50}, 1, 8, true},
    [POP] = {{0x58}, 1, 8, false},
};

static const int32_t distances[] = {-REACH, -4096, -8, -1, 0, 1, 8, 4096, REACH};
enum { DISTANCES = sizeof distances / sizeof *distances };

/* leaq step(%rsp),%rsp; the access; the return to the host in the next bundle. */
static void put_code(uint8_t code[64], int32_t step, enum kind kind, int32_t displacement)
{
    uint8_t *at = code;

    memset(code, 0x90, 64);
    memcpy(at, (const uint8_t[]){0x48, 0x8d, 0xa4, 0x24}, 4);
    memcpy(at + 4, &step, 4);
    at += 8;
    memcpy(at, accesses[kind].bytes, accesses[kind].length);
    if (kind < PUSH)
        memcpy(at + accesses[kind].length, &displacement, 4);
    memcpy(code + 32, machine_return_code, 32);
}

/* Offsets from the base. The sys page can be read. */
static bool is_there(int64_t from, unsigned size, bool write)
{
    const int64_t first = write ? LFI_GUARD_SIZE : LFI_SYS_PAGE_INSIDE;

    return from >= first && from + size <= (int64_t)(LFI_BOX_SIZE - LFI_GUARD_SIZE);
}

static uint64_t place_code(const struct test_box *t)
{
    static uint8_t code[DISTANCES * DISTANCES * KINDS][64];
    struct lfi_error error;
    struct lfi_code_map map;

    for (unsigned i = 0; i < DISTANCES * DISTANCES * KINDS; i++)
        put_code(code[i], distances[i % DISTANCES], i / DISTANCES / DISTANCES,
                 distances[i / DISTANCES % DISTANCES]);
    map = code_map(t->base + CODE, code, sizeof code);
    if (lfi_box_map_code(t->box, &map, &error))
        fail_msg("%s", error.message);
    return map.address;
}

static void stack_at_the_ends(void **state)
{
    const uint64_t ends[] = {0, LFI_SYS_PAGE_INSIDE, LFI_GUARD_SIZE, LFI_BOX_SIZE - LFI_GUARD_SIZE,
                             LFI_BOX_SIZE};
    const int32_t offsets[] = {-REACH, -64, -8, -1, 0, 1, 8, REACH};
    struct lfi_space *space;
    struct lfi_exit exit;
    struct test_box t, other;
    unsigned faults = 0, good = 0;
    uint64_t code;

    (void)state;
    assert_int_equal(lfi_faults_install(SIGRTMIN + 3, NULL), 0);
    assert_int_equal(test_space_new(&space, 2, NULL), 0);
    fill_box(&t, space, false, serve_nothing, NULL);
    fill_box(&other, space, false, serve_nothing, NULL);
    code = place_code(&t);
    for (int end = 0; end < 2; end++)
        assert_int_equal(
            lfi_box_map(t.box,
                        t.base + (end ? LFI_BOX_SIZE - LFI_GUARD_SIZE - 4 * REACH : LFI_GUARD_SIZE),
                        4 * REACH, RW, ANON, -1, 0),
            0);
    for (unsigned e = 0; e < sizeof ends / sizeof *ends; e++) {
        for (unsigned o = 0; o < sizeof offsets / sizeof *offsets; o++) {
            int64_t start = (int64_t)ends[e] + offsets[o];

            if (start < 0 || start >= (int64_t)LFI_BOX_SIZE)
                continue; /* rsp is never there */
            for (unsigned i = 0; i < DISTANCES * DISTANCES * KINDS; i++) {
                enum kind kind = i / DISTANCES / DISTANCES;
                int64_t rsp = start + distances[i % DISTANCES];
                int64_t at = kind == PUSH  ? rsp - 8
                             : kind == POP ? rsp
                                           : rsp + distances[i / DISTANCES % DISTANCES];
                bool there = is_there(at, accesses[kind].size, accesses[kind].write);
                struct lfi_regs *regs = lfi_context_regs(t.context);

                regs->rip = code + i * 64;
                regs->rsp = t.base + (uint64_t)start;
                assert_int_equal(lfi_context_run(t.context, &exit), 0);
                if (exit.kind != (there ? LFI_EXIT_RETURNED : LFI_EXIT_FAULT))
                    fail_msg("rsp %lx, step %d, access %d at %lx: exit %d", (unsigned long)start,
                             distances[i % DISTANCES], (int)kind, (unsigned long)at,
                             (int)exit.kind);
                if (there) {
                    assert_true(exit.regs.rsp - t.base < LFI_BOX_SIZE);
                    good++;
                } else {
                    assert_int_equal(exit.signal, SIGSEGV);
                    faults++;
                }
            }
        }
    }
    assert_true(good > 1000 && faults > 1000);
    close_box(&t);
    close_box(&other);
    assert_int_equal(lfi_space_free(space), 0);
    lfi_faults_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stack_at_the_ends)};

    if (!__builtin_cpu_supports("avx2"))
        return 77;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
