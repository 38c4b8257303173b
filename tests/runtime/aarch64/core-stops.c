// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A box is stopped at each instruction, and on the trampoline page, and goes on: by itself, or
 * after a handler of the box has changed all registers and returned. What it computes must be what
 * it computes undisturbed. Then what a return may ask for, and what it must not.
 *
 * A stop comes where a trap stands instead of the instruction: the test's handler for it puts the
 * instruction back and asks for the stop, whose signal comes when that handler has returned.
 */
#include "stops.h"

#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define BRK 0xd4200000u

extern const char stop_signed[], stop_return[], stop_pair[];

static struct {
    uint64_t at[2]; /* where they are */
    uint32_t instruction[2];
    struct sigaction former;
} traps;

static bool is_wrong(const struct lfi_context *context, const struct lfi_regs *regs,
                     const struct lfi_stop *stop)
{
    return regs->pc - test.t.base >= LFI_BOX_SIZE || regs->x[27] != test.t.base ||
           regs->x[25] != context->machine.block || regs->x[28] - test.t.base >= LFI_BOX_SIZE ||
           (stop->signal && !test.opens);
}

static void begin_handler(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context, (void)regs;
}

static struct lfi_exit run_from(const char *label)
{
    struct lfi_regs *regs = lfi_context_regs(test.t.context);
    struct lfi_vectors none = {0};
    struct lfi_exit exit;

    lfi_context_set_vectors(test.t.context, &none);
    lfi_context_set_tp(test.t.context, 0);
    *regs = (struct lfi_regs){.pc = stops_address(label), .sp = test.t.base + TEST_STACK + 0x8000};
    assert_int_equal(lfi_context_run(test.t.context, &exit), 0);
    return exit;
}

static void fill_data(void)
{
    static uint8_t data[0x1000];

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + i / 256);
    assert_int_equal(lfi_copy_out(test.t.box, test.t.base + TEST_DATA, data, sizeof data), 0);
    assert_int_equal(lfi_copy_out(test.t.box, test.t.base + TEST_STACK + 0x8000, data, sizeof data),
                     0);
}

static uint64_t result_of(const struct lfi_exit *exit)
{
    static uint8_t data[0x1000];
    struct lfi_vectors vectors;
    uint64_t sum = exit->kind;

    lfi_context_get_vectors(test.t.context, &vectors);
    assert_int_equal(lfi_copy_in(test.t.box, data, test.t.base + TEST_DATA, sizeof data), 0);
    sum = mix(sum, &exit->regs, sizeof exit->regs);
    sum = mix(sum, &vectors, sizeof vectors);
    return mix(sum, data, sizeof data);
}

static uint64_t undisturbed(void)
{
    fill_data();
    struct lfi_exit exit = run_from(stop_forms);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(test.stops, 0);
    return result_of(&exit);
}

/* ---- traps ---- */

static void put(uint64_t at, uint32_t instruction)
{
    uint64_t page = at & -(uint64_t)lfi_page_size();

    mprotect((void *)page, lfi_page_size(), PROT_READ | PROT_WRITE);
    memcpy((void *)at, &instruction, sizeof instruction);
    mprotect((void *)page, lfi_page_size(), PROT_READ | PROT_EXEC);
    __builtin___clear_cache((char *)at, (char *)at + 4);
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
    uint64_t pc = ((ucontext_t *)context)->uc_mcontext.pc;

    for (int i = 0; i < 2; i++) {
        if (pc != traps.at[i])
            continue;
        put(pc, traps.instruction[i]);
        traps.at[i] = 0;
        __atomic_fetch_or(&test.t.context->interrupt, INTERRUPT_STOP, __ATOMIC_SEQ_CST);
        syscall(SYS_tgkill, getpid(), core_thread.tid, SIGRTMIN + 3);
        return;
    }
    traps.former.sa_sigaction(signal, info, context);
}

static void set_trap(int i, uint64_t at)
{
    traps.at[i] = at;
    memcpy(&traps.instruction[i], (const void *)at, sizeof traps.instruction[i]);
    put(at, BRK);
}

static void catch_traps(void)
{
    struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    sigaction(SIGTRAP, &action, &traps.former);
}

static void run_with_traps(uint64_t expected, uint64_t first, uint64_t second)
{
    fill_data();
    test.stops = test.wrong = test.depth = 0;
    set_trap(0, first);
    if (second)
        set_trap(1, second);
    struct lfi_exit exit = run_from(stop_forms);
    if (traps.at[0]) { /* it did not come there */
        put(first, traps.instruction[0]);
        traps.at[0] = 0;
    } else if (exit.kind != LFI_EXIT_RETURNED || test.stops != (second ? 2 : 1) || test.wrong ||
               result_of(&exit) != expected) {
        fail_msg("stopped at stops_code+0x%lx, then +0x%lx: kind %d, %u stops, %u wrong, %s",
                 (unsigned long)(first - test.t.base - TEST_STOPS),
                 (unsigned long)(second - test.t.base - TEST_STOPS), exit.kind, test.stops,
                 test.wrong, result_of(&exit) == expected ? "same" : "another result");
    }
}

static void each_instruction(enum how how)
{
    unsigned count = 0;

    open_test(how);
    catch_traps();
    uint64_t expected = undisturbed(), page = test.t.box->reservation->trampolines;
    for (uint64_t at = stops_address(stop_forms); at < stops_address(stop_handler); at += 4) {
        run_with_traps(expected, at, 0);
        count += test.stops;
    }
    assert_true(count > 60);
    for (uint64_t at = page; at < page + 0x80; at += 4)
        run_with_traps(expected, at, 0);
    if (how == HANDLES) { /* and once more, within the handler: at pairs of places */
        for (uint64_t at = stops_address(stop_handler); at < stops_address(stop_spin) - 8; at += 4)
            run_with_traps(expected, stops_address(stop_forms) + 16, at);
    }
    sigaction(SIGTRAP, &traps.former, NULL);
    close_box(&test.t);
}

static void it_goes_on(void **state)
{
    (void)state;
    each_instruction(GOES_ON);
}

static void a_handler_returns(void **state)
{
    (void)state;
    each_instruction(HANDLES);
}

/* ---- the rest ---- */

static void faults(void **state)
{
    (void)state;
    for (enum how how = GOES_ON; how <= HANDLES; how++) {
        open_test(how);
        uint64_t expected = undisturbed();
        fill_data();
        test.opens = 0x10000;
        lfi_box_protect(test.t.box, test.t.base + TEST_DATA, 0x10000, PROT_NONE);
        struct lfi_exit exit = run_from(stop_forms);
        assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
        assert_int_equal(test.stops, 1);
        assert_int_equal(test.wrong, 0);
        assert_true(result_of(&exit) == expected);
        test.refuses = true;
        exit = run_from(stop_null);
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        assert_int_equal(exit.signal, SIGSEGV);
        assert_true(exit.address == test.t.base);
        close_box(&test.t);
    }
}

/* Between a step and its check: a stop is the fault that comes. */
static void the_stack_pointer_is_outside(void **state)
{
    (void)state;
    open_test(GOES_ON);
    catch_traps();
    test.refuses = true;
    set_trap(0, stops_address(stop_step) + 12);
    struct lfi_exit exit = run_from(stop_step);
    assert_int_equal(exit.kind, LFI_EXIT_FAULT);
    assert_int_equal(exit.signal, SIGSEGV);
    assert_true(exit.regs.pc == stops_address(stop_step) + 12);
    assert_true(exit.regs.sp == test.t.base + 0x100 - 4096);
    sigaction(SIGTRAP, &traps.former, NULL);
    close_box(&test.t);
}

static struct core_frame *frame_at(uint64_t pc, uint64_t sp, uint64_t x30)
{
    struct core_frame *frame = &test.t.context->frame;

    core_frame_fill(frame, test.t.context);
    memset(&frame->regs, 0xa5, sizeof frame->regs);
    frame->regs.pc = pc;
    frame->regs.sp = sp;
    frame->regs.x[30] = x30;
    return frame;
}

static void what_a_return_may_ask_for(void **state)
{
    (void)state;
    open_test(GOES_ON);
    const uint64_t base = test.t.base, top = base + LFI_BOX_SIZE, stack = base + TEST_STACK;
    const uint64_t host = (uint64_t)machine_syscall, good = stops_address(stop_return);
    const uint64_t stacks[] = {top + 1024, base - 8, host, (uint64_t)&stacks, UINT64_MAX};
    const uint64_t places[] = {top,
                               base - 4,
                               host,
                               UINT64_MAX & -4ul,
                               good + 1,
                               good + 2,
                               test.t.box->reservation->trampolines};
    for (size_t i = 0; i < sizeof stacks / sizeof *stacks; i++)
        assert_int_equal(core_exact(frame_at(good, stacks[i], 0)), LFI_EXIT_FAULT + 1);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        assert_int_equal(core_exact(frame_at(places[i], stack, 0)), LFI_EXIT_FAULT + 1);
    const uint64_t signed30 = 0xdead000000000000 | good;
    const struct {
        uint64_t pc, x30;
        bool kept;
    } cases[] = {
        {stops_address(stop_signed), signed30, true},
        {stops_address(stop_signed) + 4, signed30, true},
        {stops_address(stop_return), signed30, false},
        {stops_address(stop_return), host, false},
        {stops_address(stop_return), good, true},
        {stops_address(stop_pair), host, false},
        {stops_address(stop_pair) + 4, host, false}, /* blr x30 */
        {stops_address(stop_spin), host, false},     /* b */
        {stops_address(stop_forms), host, true},     /* bl */
        {base + TEST_DATA, host, false},
        {base, host, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct core_frame *frame = frame_at(cases[i].pc, stack, cases[i].x30);

        assert_int_equal(core_exact(frame), 0);
        if (frame->regs.x[30] != (cases[i].kept ? cases[i].x30 : base + (uint32_t)cases[i].x30))
            fail_msg("case %zu: x30 0x%lx", i, (unsigned long)frame->regs.x[30]);
        assert_true(frame->regs.x[25] == test.t.context->machine.block);
        assert_true(frame->regs.x[27] == base);
        assert_true(frame->regs.x[28] == base + 0xa5a5a5a5);
    }
    close_box(&test.t);
}

static void stops_at_any_time(void **state)
{
    (void)state;
    for (enum how how = GOES_ON; how <= HANDLES; how++) {
        bool ends = false;
        pthread_t thread;

        open_test(how);
        uint64_t expected = undisturbed();
        assert_int_equal(pthread_create(&thread, NULL, notify_all_the_time, &ends), 0);
        for (int i = 0; i < 100 || !test.stops || (i < 2000 && test.stops < 200); i++) {
            fill_data();
            struct lfi_exit exit = run_from(stop_forms);
            assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
            assert_true(result_of(&exit) == expected);
        }
        __atomic_store_n(&ends, true, __ATOMIC_RELEASE);
        pthread_join(thread, NULL);
        assert_int_equal(test.wrong, 0);
        close_box(&test.t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_return_may_ask_for),
        cmocka_unit_test(faults),
        cmocka_unit_test(the_stack_pointer_is_outside),
        cmocka_unit_test(it_goes_on),
        cmocka_unit_test(a_handler_returns),
        cmocka_unit_test(stops_at_any_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
