// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A callback is registered, taken back or replaced while a call of it is at any instruction of the
 * gate: the call meets one callback or faults in the box, and the host lives. The call is made in a
 * child, which is stepped to each instruction; there its table gets other contents.
 */
#include "core-box.h"

#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOTHING, DOUBLED, TRIPLED, CONTENTS, FAULTED = 100 };
enum { TORN = CONTENTS }; /* version says that it is being written, and the function is none */

static uint64_t call_doubled(uint64_t x)
{
    return 2 * x;
}

static uint64_t call_tripled(uint64_t x)
{
    return 3 * x;
}

static void serve_nothing(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context;
    regs->REG_RESULT = 0;
}

/* What the table holds for each of the contents, as the library writes it. */
static uint64_t fill_table(const struct test_box *t, struct core_callback contents[CONTENTS + 1])
{
    struct lfi_callback callback = {.shape = LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0)};
    struct lfi_error error = {{0}};
    uint64_t address;

    assert_int_equal(lfi_box_map_stubs(t->box, t->base + TEST_STUBS, &error), 0);
    for (int i = DOUBLED; i <= TRIPLED; i++) {
        callback.function = (lfi_gate_fn *)(i == DOUBLED ? call_doubled : call_tripled);
        t->box->callback_next = 0;
        assert_int_equal(lfi_box_callback(t->box, &callback, &address), 0);
        contents[i] = t->box->callbacks[0];
        assert_int_equal(lfi_box_uncallback(t->box, address), 0);
    }
    contents[NOTHING] = t->box->callbacks[0];
    contents[TORN] = contents[NOTHING];
    contents[TORN].version |= 1;
    return address;
}

static _Noreturn void be_child(const struct test_box *t, uint64_t address)
{
    typedef uint64_t apply_fn(uint64_t n, uint64_t function);

    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) || raise(SIGSTOP))
        _exit(1);
    uint64_t sum = ((apply_fn *)(void *)lfi_gate(t->context, code_address(t, code_apply),
                                                 LFI_SHAPE(2, 0, 0)))(1, address);
    switch (lfi_gate_exit()->kind) {
    case LFI_EXIT_RETURNED:
        _exit((int)sum);
    case LFI_EXIT_FAULT:
        _exit(FAULTED);
    default:
        _exit(1);
    }
}

static void stop_of(pid_t child, int signal)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSTOPPED(status));
    assert_int_equal(WSTOPSIG(status), signal);
}

static void poke(pid_t child, const void *to, const void *from, size_t size)
{
    for (size_t i = 0; i < size; i += sizeof(long)) {
        long word;

        memcpy(&word, (const char *)from + i, sizeof word);
        assert_int_equal(ptrace(PTRACE_POKEDATA, child, (const char *)to + i, word), 0);
    }
}

/* Runs to the first instruction of the callback's gate, and `steps` further. Whether it is there.
 */
static bool step_to(pid_t child, unsigned steps)
{
    const char *start = machine_callback;
    struct user_regs_struct regs;
    long code, trap;

    errno = 0;
    code = ptrace(PTRACE_PEEKTEXT, child, start, NULL);
    assert_int_equal(errno, 0);
    trap = (code & ~0xffL) | 0xcc;
    assert_int_equal(ptrace(PTRACE_POKETEXT, child, start, trap), 0);
    assert_int_equal(ptrace(PTRACE_CONT, child, NULL, NULL), 0);
    stop_of(child, SIGTRAP);
    assert_int_equal(ptrace(PTRACE_POKETEXT, child, start, code), 0);
    assert_int_equal(ptrace(PTRACE_GETREGS, child, NULL, &regs), 0);
    assert_int_equal(regs.rip, (uint64_t)start + 1);
    regs.rip--;
    assert_int_equal(ptrace(PTRACE_SETREGS, child, NULL, &regs), 0);
    for (unsigned i = 0; i < steps; i++) {
        assert_int_equal(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL), 0);
        stop_of(child, SIGTRAP);
    }
    assert_int_equal(ptrace(PTRACE_GETREGS, child, NULL, &regs), 0);
    return regs.rip >= (uint64_t)machine_callback_start &&
           regs.rip < (uint64_t)machine_callback_end;
}

/* Whether there were as many steps. */
static bool change_at(const struct test_box *t, uint64_t address, unsigned steps,
                      const struct core_callback *before, struct core_callback after,
                      int results[2])
{
    int status, result;
    pid_t child;

    t->box->callbacks[0] = *before;
    after.version += before->version & ~UINT64_C(1);
    child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0)
        be_child(t, address);
    stop_of(child, SIGSTOP);
    bool there = step_to(child, steps);
    poke(child, &t->box->callbacks[0], &after, sizeof after);
    assert_int_equal(ptrace(PTRACE_DETACH, child, NULL, NULL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status))
        fail_msg("changed after %u instructions: signal %d", steps, WTERMSIG(status));
    result = WEXITSTATUS(status);
    if (result != results[0] && result != results[1] && result != FAULTED)
        fail_msg("changed after %u instructions: %d", steps, result);
    return there;
}

static void a_table_that_changes(void **state)
{
    static int results[] = {[NOTHING] = FAULTED, [DOUBLED] = 2, [TRIPLED] = 3, [TORN] = FAULTED};
    struct core_callback contents[CONTENTS + 1];
    unsigned steps, least = 20;
    struct test_box t;
    uint64_t address;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    address = fill_table(&t, contents);
    for (int before = NOTHING; before <= TORN; before++) {
        for (int after = NOTHING; after <= TORN; after++) {
            int both[] = {results[before], results[after]};

            steps = 0;
            while (change_at(&t, address, steps, &contents[before], contents[after], both))
                steps++;
            if (before == DOUBLED)
                assert_true(steps >= least); /* it went all the way */
        }
    }
    t.box->callbacks[0] = contents[NOTHING];
    close_box(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_that_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
