// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A callback is registered, taken back or replaced while a call of it is at any instruction of the
 * gate: the call meets one callback or faults in the box, and the host lives. The call is made in a
 * child, which is stepped to each instruction; there its table gets other contents.
 *
 * And from the instruction on with which a stay ends, its context is not used any more.
 *
 * Likewise a light system call, at each instruction of which a signal comes: the box's vector state
 * stays, the call is made once, and nothing of the host's gets into the box's registers.
 */
#include "core-box.h"

#include <sys/ptrace.h>
#include <sys/syscall.h>
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

/* Runs to `start`, and `steps` instructions further: where it is then. */
static uint64_t step_to(pid_t child, const char *start, unsigned steps)
{
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
    regs.eflags &= ~0x100ull; /* the kernel takes the trap flag for the program's after popf */
    assert_int_equal(ptrace(PTRACE_SETREGS, child, NULL, &regs), 0);
    return regs.rip;
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
    uint64_t at = step_to(child, machine_callback, steps);
    bool there = at >= (uint64_t)machine_callback_start && at < (uint64_t)machine_callback_end;
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

/* --------------------------------------------------------------------- the end of a stay */

enum stay { RUN, CALL, GATE, GATE_ENDS, STAYS };

static _Noreturn void be_leaver(const struct test_box *t, enum stay stay)
{
    typedef uint64_t empty_fn(uint64_t);
    struct lfi_context *context = t->context;
    const uint64_t function = code_address(t, code_empty);
    struct lfi_regs *regs = lfi_context_regs(context);
    struct lfi_exit exit = {0};
    struct lfi_call call = {0};
    bool good = false;

    if (stay == GATE_ENDS)
        lfi_context_interrupt(context);
    regs->REG_COUNT = 1;
    regs->REG_PC = code_address(t, code_loop);
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) || raise(SIGSTOP))
        _exit(1);
    switch (stay) {
    case RUN:
        good = lfi_context_run(context, &exit) == 0 && exit.kind == LFI_EXIT_RETURNED;
        break;
    case CALL:
        good = lfi_call(context, function, &call) == 0 && call.exit.kind == LFI_EXIT_RETURNED;
        break;
    default:
        ((empty_fn *)(void *)lfi_gate(context, function, LFI_SHAPE(1, 0, 0)))(5);
        good = lfi_gate_exit()->kind == (stay == GATE ? LFI_EXIT_RETURNED : LFI_EXIT_INTERRUPTED);
    }
    raise(SIGSTOP);
    _exit(good ? 0 : 2);
}

static uint64_t peek(pid_t child, const void *from)
{
    errno = 0;
    uint64_t word = (uint64_t)ptrace(PTRACE_PEEKDATA, child, from, NULL);
    assert_int_equal(errno, 0);
    return word;
}

static bool is_filled(pid_t child, const uint8_t *at, size_t size)
{
    for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
        if (peek(child, at + i) != 0xa5a5a5a5a5a5a5a5)
            return false;
    }
    return true;
}

/*
 * From the moment at which a context is no thread's, another one may free it: then the thread that
 * was in it neither reads nor writes it, nor does a handler of a signal that comes then.
 */
static void the_last_access(void **state)
{
    static uint8_t filling[sizeof(struct core_frame) + sizeof(struct lfi_context)];
    struct test_box t;

    (void)state;
    memset(filling, 0xa5, sizeof filling);
    open_box(&t, false, serve_nothing, NULL);
    for (enum stay stay = RUN; stay < STAYS; stay++) {
        const size_t size = sizeof(struct lfi_context) & ~(sizeof(long) - 1);
        uint64_t active = 0, now;
        int status;
        pid_t child = fork();

        assert_int_not_equal(child, -1);
        if (child == 0)
            be_leaver(&t, stay);
        stop_of(child, SIGSTOP);
        while ((now = peek(child, &t.context->active)) || !active) {
            active = now;
            assert_int_equal(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL), 0);
            stop_of(child, SIGTRAP);
        }
        assert_int_equal(peek(child, &core_thread.frame), 0);
        if (stay == GATE || stay == GATE_ENDS)
            poke(child, (void *)active, filling, sizeof(struct core_frame));
        poke(child, t.context, filling, size);
        do { /* the program may have pushed the trap flag of the steps, and taken it back */
            struct user_regs_struct regs;

            assert_int_equal(ptrace(PTRACE_GETREGS, child, NULL, &regs), 0);
            regs.eflags &= ~0x100ull;
            assert_int_equal(ptrace(PTRACE_SETREGS, child, NULL, &regs), 0);
            assert_int_equal(ptrace(PTRACE_CONT, child, NULL, NULL), 0);
            assert_int_equal(waitpid(child, &status, 0), child);
            assert_true(WIFSTOPPED(status));
        } while (WSTOPSIG(status) == SIGTRAP);
        assert_int_equal(WSTOPSIG(status), SIGSTOP);
        assert_true(is_filled(child, (const uint8_t *)t.context, size));
        if (stay == GATE || stay == GATE_ENDS)
            assert_true(is_filled(child, (const uint8_t *)active, sizeof(struct core_frame)));
        assert_int_equal(ptrace(PTRACE_DETACH, child, NULL, NULL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    close_box(&t);
}

/* ------------------------------------------------------------------------------ light calls */

enum { DONE = 1, HOST, HOST_FALSE, NOT }; /* what the number of a system call asks for */
enum { BAD_EXIT = 10, BAD_VECTORS, BAD_REGISTERS, BAD_RESULT, BAD_COUNT };

static struct {
    int file, unless; /* of the host call, which moves the file's position by one */
    unsigned light, done, full;
    uint64_t which;
} calls;

LFI_LIGHT static enum lfi_light light(struct lfi_context *context, struct lfi_regs *regs,
                                      struct lfi_host_call *host)
{
    calls.light++;
    context->frame.vectors[0][0] = 0; /* what is there is old: it must be saved again */
    regs->REG_RESULT = 100;
    clobber_general();
    if (calls.which == DONE || calls.which == NOT)
        return calls.which == DONE ? LFI_LIGHT_DONE : LFI_LIGHT_NOT;
    host->number = SYS_lseek; /* one by one: memcpy may use any register */
    host->arg[0] = (uint64_t)calls.file;
    host->arg[1] = 1;
    host->arg[2] = SEEK_CUR;
    host->unless = &calls.unless;
    return LFI_LIGHT_HOST;
}

LFI_LIGHT static bool light_done(struct lfi_context *context, struct lfi_regs *regs, int64_t result)
{
    (void)context;
    calls.done++;
    regs->REG_RESULT = 100;
    return calls.which == HOST && result != LFI_HOST_NOT_MADE;
}

static void full(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context;
    calls.full++;
    regs->REG_RESULT = 100;
    clobber();
}

static void skip_call(int signal, siginfo_t *info, void *ucontext)
{
    (void)signal, (void)info;
    lfi_host_call_skip(ucontext);
}

/* Nothing but what the box had, and addresses of the box. */
static bool are_boxs(const struct test_box *t, const struct lfi_regs *regs)
{
    const uint64_t all[] = {regs->rbx, regs->rcx, regs->rdx, regs->rsi, regs->rdi, regs->rbp,
                            regs->r8,  regs->r9,  regs->r10, regs->r11, regs->r12, regs->r13,
                            regs->r14, regs->r15, regs->rsp, regs->rip, regs->rax};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i] > 0x1000 && all[i] - t->base >= LFI_BOX_SIZE)
            return false;
    }
    return regs->rbp == 31 && regs->r12 == 32 && regs->r13 == 33 && regs->r15 == 35 &&
           regs->rsi == 36 && regs->r8 == 37;
}

static _Noreturn void be_caller(struct test_box *t)
{
    const struct sigaction skip = {.sa_sigaction = skip_call, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    struct core_frame *frame = &t->context->frame;
    struct lfi_regs *regs = lfi_context_regs(t->context);
    uint8_t pattern[sizeof frame->vectors];
    struct lfi_exit exit;
    unsigned stays = 0;

    calls.file = memfd_create("file", 0);
    lfi_context_light(t->context, light, light_done);
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (uint8_t)(i * 5 + i / 256 + 1);
    memcpy(frame->vectors, pattern, sizeof pattern);
    fill_vector_state(frame);
    regs->rbp = 31, regs->r12 = 32, regs->r13 = 33, regs->r15 = 35, regs->rsi = 36, regs->r8 = 37;
    regs->REG_COUNT = 1;
    regs->REG_WHICH = calls.which;
    regs->REG_PC = code_address(t, code_loop);
    if (sigaction(SIGRTMIN + 4, &skip, NULL) || ptrace(PTRACE_TRACEME, 0, NULL, NULL) ||
        raise(SIGSTOP))
        _exit(1);
    do {
        if (lfi_context_run(t->context, &exit) || ++stays > 2)
            _exit(BAD_EXIT);
        if (memcmp(frame->vectors, pattern, sizeof pattern) != 0)
            _exit(BAD_VECTORS);
        if (!are_boxs(t, &exit.regs))
            _exit(BAD_REGISTERS);
    } while (exit.kind == LFI_EXIT_INTERRUPTED);
    if (exit.kind != LFI_EXIT_RETURNED || exit.regs.REG_COUNT != 0)
        _exit(BAD_EXIT);
    if (exit.regs.REG_RESULT != 100)
        _exit(BAD_RESULT);
    bool host = calls.which == HOST || calls.which == HOST_FALSE;
    long made = lseek(calls.file, 0, SEEK_CUR);
    if (calls.light != 1 || calls.done != host || made < 0 || made > host ||
        (calls.which == HOST ? (unsigned)made + calls.full != 1
                             : calls.full != (calls.which != DONE)))
        _exit(BAD_COUNT);
    _exit(0);
}

static pid_t start_caller(struct test_box *t)
{
    pid_t child = fork();

    assert_int_not_equal(child, -1);
    if (child == 0)
        be_caller(t);
    stop_of(child, SIGSTOP);
    return child;
}

/* The instructions of the host from the system call on, until the box goes on. */
static size_t trace_call(struct test_box *t, uint64_t *path, size_t room)
{
    size_t count = 0;
    pid_t child = start_caller(t);
    uint64_t at = step_to(child, machine_syscall, 0);

    while (at - t->base >= LFI_BOX_SIZE) {
        struct user_regs_struct regs;

        assert_true(count < room);
        path[count++] = at;
        assert_int_equal(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL), 0);
        stop_of(child, SIGTRAP);
        assert_int_equal(ptrace(PTRACE_GETREGS, child, NULL, &regs), 0);
        if (*(const uint8_t *)at == 0x9c) { /* pushfq: with the trap flag of the steps */
            uint64_t flags = (uint64_t)ptrace(PTRACE_PEEKDATA, child, regs.rsp, NULL) & ~0x100ull;

            poke(child, (const void *)regs.rsp, &flags, sizeof flags);
        }
        at = regs.rip;
    }
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    return count;
}

static void signal_at(struct test_box *t, uint64_t at, bool interrupts)
{
    const uint32_t one = 1;
    uint64_t word = 0;
    int status;
    pid_t child = start_caller(t);

    step_to(child, machine_syscall, 0);
    if (at != (uint64_t)machine_syscall)
        step_to(child, (const char *)at, 0);
    if (interrupts) { /* as lfi_context_interrupt() of another thread */
        errno = 0;
        word = (uint64_t)ptrace(PTRACE_PEEKDATA, child, &t->context->interrupt, NULL);
        assert_int_equal(errno, 0);
        memcpy(&word, &one, sizeof one);
        poke(child, &t->context->interrupt, &word, sizeof word);
    }
    assert_int_equal(ptrace(PTRACE_DETACH, child, NULL, SIGRTMIN + (interrupts ? 3 : 4)), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status))
        fail_msg("call %lu, signal at machine_syscall + %ld: %s %d", (unsigned long)calls.which,
                 (long)(at - (uint64_t)machine_syscall), WIFEXITED(status) ? "status" : "signal",
                 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

static void a_light_call_that_is_interrupted(void **state)
{
    static uint64_t path[1000];
    struct test_box t;

    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* its handlers are no light ones there: TSan calls functions of its own */
#endif
    open_box(&t, false, full, NULL);
    for (calls.which = DONE; calls.which <= NOT; calls.which++) {
        size_t count = trace_call(&t, path, sizeof path / sizeof *path);

        assert_true(count > 60); /* it went all the way */
        for (size_t i = 0; i < count; i++) {
            signal_at(&t, path[i], false);
            signal_at(&t, path[i], true);
        }
    }
    close_box(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_that_changes),
        cmocka_unit_test(the_last_access),
        cmocka_unit_test(a_light_call_that_is_interrupted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
