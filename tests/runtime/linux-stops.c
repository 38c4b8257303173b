// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A handler sets each word of its frame, one after the other, to what could do harm, and returns.
 * The program goes on in its box or ends; the host lives. Then faults without room for a frame.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>

#include "linux-box.h"

#include "frames.h" /* of the architecture */

enum { CALL_CHANGE = 400, ROUNDS_MOST = 20 };

static struct {
    struct program program;
    uint64_t handler; /* offset in the program */
    struct box box;
    uint64_t base;
    unsigned calls;
    size_t word; /* of the frame, or none */
    uint64_t value;
    bool has_word; /* the frame is as large as that */
} test;

static void make_program(void)
{
    struct program *program = &test.program;

    program_new(program);
    program_emit(program, trap_code, sizeof trap_code);
    program_set(program, NUMBER, SYS_exit_group);
    program_set(program, FIRST, 0);
    program_call(program, LFI_SLOT_SYSCALL);
    program->code = (program->code + LFI_BUNDLE_SIZE - 1) & -(size_t)LFI_BUNDLE_SIZE;
    test.handler = program->code;
    program_emit(program, frame_code, sizeof frame_code);
    program_set(program, NUMBER, CALL_CHANGE);
    program_call(program, LFI_SLOT_SYSCALL);
    program_emit(program, return_code, sizeof return_code);
    program_set(program, NUMBER, SYS_rt_sigreturn);
    program_call(program, LFI_SLOT_SYSCALL);
}

static bool hook(struct lfi_linux_call *call, void *data)
{
    struct lfi_box *box = test.box.box;
    uint64_t frame = call->arguments[0], pc;

    (void)data;
    if (call->number != CALL_CHANGE)
        return false;
    call->result = 0;
    if (++test.calls > ROUNDS_MOST)
        lfi_context_stop(call->context, 0);
    assert_int_equal(lfi_copy_in(box, &pc, frame + FRAME_PC, sizeof pc), 0);
    assert_true(pc == test.box.process->image_start + PROGRAM_CODE);
    pc += TRAP_SIZE; /* after the instruction that trapped */
    assert_int_equal(lfi_copy_out(box, frame + FRAME_PC, &pc, sizeof pc), 0);
    if (test.calls == 1 && test.word < FRAME_BYTES / 8)
        test.has_word = lfi_copy_out(box, frame + 8 * test.word, &test.value, 8) == 0;
    return true;
}

/* `values`: which of the values, or, at the end, false. */
static bool run_with(size_t word, size_t values, struct lfi_linux_result *result)
{
    const struct lfi_linux_options options = {.restricted = true, .hook = hook};
    struct lfi_error error;
    int here;

    memset(result, 0, sizeof *result);
    test.calls = 0;
    test.word = word;
    test.has_word = true;
    struct box *box = &test.box;
    assert_int_equal(test_space_new(&box->space, 1, &error), 0);
    assert_int_equal(lfi_box_new(box->space, &box->box, &error), 0);
    if (lfi_linux_new(box->box, &options, &box->process, &error) ||
        lfi_linux_load_bytes(box->process, "program", test.program.bytes, PROGRAM_SIZE, &error))
        fail_msg("%s", error.message);
    uint64_t base = test.base = box->process->base, code = box->process->image_start + PROGRAM_CODE;
    const uint64_t all[] = {
        0,
        1,
        UINT64_MAX,
        1ull << 63,
        0x7fffffffffffffff,
        0x5555555555555555,
        base,
        base - 8,
        base + LFI_BOX_SIZE,
        base + LFI_BOX_SIZE - 8,
        base + 0x2f000,
        code,
        code + 1,
        code + 3,
        code + 17 + 7, /* x86-64: in a runtime call */
        code + 0x2000,
        (uint64_t)(uintptr_t)run_with,
        (uint64_t)(uintptr_t)&here,
        (uint64_t)(uintptr_t)box->process,
    };
    bool there = values < sizeof all / sizeof *all;
    if (there) {
        test.value = all[values];
        box->process->actions[SIGILL - 1] =
            (struct action){.handler = box->process->image_start + test.handler};
        assert_int_equal(lfi_linux_run(box->process, result), 0);
    }
    box_free(box);
    return there;
}

static void each_word(void **state)
{
    unsigned ends[4] = {0}, went_on = 0;
    struct lfi_linux_result result;
    size_t words = 0;

    (void)state;
    make_program();
    /* under an emulator a run takes its time: a word in four, as that of the pc, with one value */
    enum { EVERY = TEST_EMULATED ? 4 : 1, ALL = 19 };
    for (size_t word = FRAME_PC / 8 % EVERY; word < FRAME_BYTES / 8; word += EVERY) {
        bool has = true;
        for (size_t i = TEST_EMULATED ? word / EVERY % ALL : 0; has && run_with(word, i, &result);
             i += TEST_EMULATED ? ALL : 1) {
            has = test.has_word;
            if (!has)
                continue;
            if (result.end == LFI_LINUX_FAULT)
                assert_true(result.fault.regs.PC - test.base < LFI_BOX_SIZE);
            ends[result.end]++;
            went_on += result.end == LFI_LINUX_EXITED && result.status == 0;
        }
        words += has;
    }
    assert_true(words > 140 / EVERY); /* all that counts */
    assert_true(went_on > words / 2);
    assert_true(ends[LFI_LINUX_FAULT] + ends[LFI_LINUX_KILLED] > 0);
}

static void nothing_changed(void **state)
{
    struct lfi_linux_result result;

    (void)state;
    make_program();
    assert_true(run_with(FRAME_BYTES, 0, &result));
    assert_int_equal(result.end, LFI_LINUX_EXITED);
    assert_int_equal(result.status, 0);
    assert_int_equal(test.calls, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_changed),
        cmocka_unit_test(each_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
