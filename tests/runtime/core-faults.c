// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Faults of the box end its run with a true report; faults of the host stay the host's. */
#include "core-box.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int *volatile nowhere = (volatile int *)8;

static void serve_nothing(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context;
    regs->REG_RESULT = 0;
}

static void serve_count(struct lfi_context *context, struct lfi_regs *regs)
{
    atomic_uint *count = lfi_context_data(context);

    regs->REG_RESULT = atomic_fetch_add(count, 1);
}

static void check_fault(const struct lfi_exit *exit, int signal, uint64_t address)
{
    assert_int_equal(exit->kind, LFI_EXIT_FAULT);
    assert_int_equal(exit->signal, signal);
    assert_int_equal(exit->address, address);
    assert_true(exit->code > 0);
}

static void every_kind_of_fault(void **state)
{
    struct test_box t;
    struct lfi_exit exit;
    char name[] = "/tmp/lfi-core-XXXXXX";
    int file;

    (void)state;
    open_box(&t, true, serve_nothing, NULL);
    for (int round = 0; round < 2; round++) { /* and it runs again after each */
        exit = run(&t, code_load, 0);
        check_fault(&exit, SIGSEGV, t.base);
        assert_int_equal(exit.regs.REG_PC, code_address(&t, code_load));
        exit = run(&t, code_load, 0x123456789);
        check_fault(&exit, SIGSEGV, t.base + 0x23456789);
        /* the last byte of the guard, the sys page after it */
        exit = run(&t, code_load, (uint32_t) - (lfi_page_size() + 1));
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        exit = run(&t, code_store, TEST_CODE);
        check_fault(&exit, SIGSEGV, t.base + TEST_CODE);
        exit = run(&t, code_store, 0xfffff000);
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        exit = run(&t, code_jump, TEST_DATA);
        check_fault(&exit, SIGSEGV, t.base + TEST_DATA);
        assert_int_equal(exit.regs.REG_PC, t.base + TEST_DATA);
        exit = run(&t, code_illegal, 0);
        check_fault(&exit, SIGILL, code_address(&t, code_illegal));
        exit = run(&t, code_breakpoint, 0);
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        assert_int_equal(exit.signal, SIGTRAP);
        exit = run(&t, code_recurse, 0);
        check_fault(&exit, SIGSEGV, t.base + TEST_STACK - RECURSE_FAULT);
        assert_int_equal(exit.regs.REG_SP, t.base + TEST_STACK);
        /* an entry that is none: the report shows the trampoline page, not liblfi */
        exit = run(&t, wild_trap, (uint64_t)MACHINE_SLOT(40));
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
        assert_int_equal(exit.signal, SIGILL);
        assert_in_range(exit.regs.REG_PC - t.space->reservations->trampolines, 0, 4095);
    }

    file = mkstemp(name);
    assert_true(file >= 0);
    unlink(name);
    assert_int_equal(ftruncate(file, (off_t)lfi_page_size()), 0);
    assert_int_equal(
        lfi_box_map(t.box, t.base + 0x600000, lfi_page_size(), PROT_READ, MAP_SHARED, file, 0), 0);
    assert_int_equal(ftruncate(file, 0), 0);
    exit = run(&t, code_load, 0x600010);
    check_fault(&exit, SIGBUS, t.base + 0x600010);
    close(file);
    close_box(&t);
}

/* Calls end by faults too, and the next call is as good as ever. */
static void faults_in_calls(void **state)
{
    struct lfi_call call = {0};
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(lfi_call(t.context, code_address(&t, code_illegal), &call), 0);
        assert_int_equal(call.exit.kind, LFI_EXIT_FAULT);
        assert_int_equal(call.exit.signal, SIGILL);
    }
    call = (struct lfi_call){.real = {3, 4}};
    assert_int_equal(lfi_call(t.context, code_address(&t, code_multiply), &call), 0);
    assert_true(call.real_result == 12.0);
    close_box(&t);
}

/* A signal stack and a mask that the host has stay its own. */
static void signal_state_is_restored(void **state)
{
    static uint8_t memory[65536];
    stack_t mine = {.ss_sp = memory, .ss_size = sizeof(memory)}, former, now;
    sigset_t blocked, mask;
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    assert_int_equal(sigaltstack(&mine, &former), 0);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGSEGV);
    sigaddset(&blocked, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    assert_int_equal(run(&t, code_load, 0).kind, LFI_EXIT_FAULT); /* though SIGSEGV is blocked */
    pthread_sigmask(SIG_UNBLOCK, &blocked, &mask);
    assert_int_equal(sigismember(&mask, SIGSEGV), 1);
    assert_int_equal(sigismember(&mask, SIGUSR1), 1);
    assert_int_equal(sigismember(&mask, SIGBUS), 0);
    assert_int_equal(sigaltstack(&former, &now), 0);
    assert_ptr_equal(now.ss_sp, memory);
    assert_int_equal(now.ss_size, sizeof(memory));
    close_box(&t);
}

/* Faults of the host: the former handler gets them, within a system call of a box too. */
static sigjmp_buf host_fault;
static volatile sig_atomic_t host_faults;

static void on_host_fault(int signal, siginfo_t *info, void *ucontext)
{
    (void)signal;
    (void)info;
    (void)ucontext;
    host_faults++;
    siglongjmp(host_fault, 1);
}

static void serve_host_fault(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context;
    if (sigsetjmp(host_fault, 1) == 0)
        *nowhere = 1;
    regs->REG_RESULT = 5;
}

static void host_faults_are_the_hosts(void **state)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO}, former;
    struct test_box t;
    struct lfi_exit exit;

    (void)state;
    action.sa_sigaction = on_host_fault;
    sigaction(SIGSEGV, &action, &former);
    open_box(&t, false, serve_host_fault, NULL);
    host_faults = 0;
    if (sigsetjmp(host_fault, 1) == 0)
        *nowhere = 1;
    assert_int_equal(host_faults, 1);
    lfi_context_regs(t.context)->REG_COUNT = 1;
    exit = run(&t, code_loop, 0);
    assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
    assert_int_equal(exit.regs.REG_RESULT, 5);
    assert_int_equal(host_faults, 2);
    /* one that someone sent is no fault of the box either */
    if (sigsetjmp(host_fault, 1) == 0)
        raise(SIGSEGV);
    assert_int_equal(host_faults, 3);
    assert_int_equal(run(&t, code_load, 0).kind, LFI_EXIT_FAULT);
    assert_int_equal(host_faults, 3);
    close_box(&t);
    sigaction(SIGSEGV, &former, NULL);
}

/* With no handler before ours, a fault of the host kills the process as ever. */
static void default_action_is_kept(void **state)
{
    struct test_box t;
    int status;
    pid_t child;

    (void)state;
    for (int how = 0; how < 3; how++) {
        fflush(stdout);
        child = fork();
        if (child == 0) {
            signal(SIGSEGV, how == 2 ? SIG_IGN : SIG_DFL);
            open_box(&t, false, serve_nothing, NULL);
            if (how == 1)
                raise(SIGSEGV);
            else
                *nowhere = 1;
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSEGV);
    }
}

static void nothing_runs_without_fault_handlers(void **state)
{
    struct test_box t;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    lfi_faults_remove();
    assert_int_equal(lfi_context_run(t.context, &exit), -EINVAL);
    assert_int_equal(lfi_faults_install(0, NULL), 0);
    assert_int_equal(run(&t, code_load, 0).kind, LFI_EXIT_FAULT);
    close_box(&t);
}

/* Threads in one box, each with its context, each with faults and system calls. */
enum { THREADS = 6, ROUNDS = 200 };

struct worker {
    struct test_box *t;
    struct lfi_context *context;
    atomic_uint calls;
    unsigned index, faults, returns;
    bool wrong;
};

static void *work(void *data)
{
    struct worker *w = data;
    struct lfi_regs *regs = lfi_context_regs(w->context);
    uint64_t stack = w->t->base + 0x1000000 + 0x10000 * w->index;

    for (unsigned i = 0; i < ROUNDS; i++) {
        struct lfi_exit exit;

        regs->REG_SP = stack + 0x10000;
        regs->REG_PC = code_address(w->t, i % 4 == 0   ? code_recurse
                                          : i % 4 == 1 ? code_loop
                                          : i % 4 == 2 ? code_tp
                                                       : code_illegal);
        regs->REG_COUNT = 50;
        regs->REG_ARG0 = w->index * 1000 + i;
        lfi_context_set_tp(w->context, i);
        if (lfi_context_run(w->context, &exit)) {
            w->wrong = true;
            break;
        }
        switch (i % 4) {
        case 0:
            w->wrong |= exit.kind != LFI_EXIT_FAULT || exit.signal != SIGSEGV ||
                        exit.address != stack - RECURSE_FAULT;
            break;
        case 2:
            w->wrong |= exit.kind != LFI_EXIT_RETURNED || exit.regs.REG_RESULT != i ||
                        exit.regs.REG_SECOND != w->index * 1000 + i;
            break;
        case 3:
            w->wrong |= exit.kind != LFI_EXIT_FAULT || exit.signal != SIGILL;
            break;
        default:
            w->wrong |= exit.kind != LFI_EXIT_RETURNED;
        }
    }
    return NULL;
}

static void threads_in_one_box(void **state)
{
    static struct worker workers[THREADS];
    pthread_t threads[THREADS];
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_count, NULL);
    /* with gaps between the stacks, so that an overflow is seen */
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.t = &t, .index = 2 * i};
        assert_int_equal(
            lfi_box_map(t.box, t.base + 0x1000000 + 0x20000 * i, 0x10000, RW, ANON, -1, 0), 0);
        assert_int_equal(
            lfi_context_new(t.box, serve_count, &workers[i].calls, &workers[i].context), 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_false(workers[i].wrong);
        assert_int_equal(workers[i].calls, 50 * ROUNDS / 4);
        assert_int_equal(lfi_context_free(workers[i].context), 0);
    }
    close_box(&t);
}

/* Interruption: of a loop, of a loop of system calls, before it begins. */
static void *run_to_the_end(void *data)
{
    struct lfi_context *context = data;
    static _Thread_local struct lfi_exit exit;

    if (lfi_context_run(context, &exit))
        return NULL;
    return (void *)(uintptr_t)(exit.kind + 1);
}

static void interruption(void **state)
{
    struct test_box t;
    atomic_uint count = 0;
    struct lfi_exit exit;

    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* TSan keeps signals until the thread calls what it knows, which this box never does */
#endif
    open_box(&t, false, serve_count, &count);
    for (int i = 0; i < 200; i++) {
        pthread_t thread;
        void *kind;

        lfi_context_regs(t.context)->REG_PC = code_address(&t, i % 2 ? code_spin : code_spin_calls);
        assert_int_equal(pthread_create(&thread, NULL, run_to_the_end, t.context), 0);
        if (i % 3)
            usleep(100 * (unsigned)(i % 3));
        lfi_context_interrupt(t.context);
        pthread_join(thread, &kind);
        assert_int_equal((uintptr_t)kind, LFI_EXIT_INTERRUPTED + 1);
    }
    lfi_context_interrupt(t.context);
    exit = run(&t, code_spin, 0);
    assert_int_equal(exit.kind, LFI_EXIT_INTERRUPTED);
    /* and then it is over */
    lfi_context_regs(t.context)->REG_COUNT = 3;
    assert_int_equal(run(&t, code_loop, 0).kind, LFI_EXIT_RETURNED);
    close_box(&t);
}

/* A host's call that a signal interrupts tells whether the box was only notified. */
static struct {
    atomic_int begun, notified, other, twice;
} waited;

static void serve_wait(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context;
    regs->REG_RESULT = 0;
    waited.begun++;
    if (poll(NULL, 0, 50) == 0 || errno != EINTR)
        return;
    if (lfi_context_notified())
        waited.notified++;
    else
        waited.other++;
    waited.twice += lfi_context_notified();
}

/* Until the box has begun so many more: a signal that was sent before is then part of the past. */
static void wait_for_waits(int more)
{
    int until = waited.begun + more;

    while (waited.begun < until)
        usleep(1000);
}

static bool go_on(struct lfi_context *context, struct lfi_regs *regs, const struct lfi_stop *stop)
{
    (void)context, (void)regs;
    return stop->signal == 0;
}

static atomic_int stops;

static bool count_stop(struct lfi_context *context, struct lfi_regs *regs,
                       const struct lfi_stop *stop)
{
    stops++;
    return go_on(context, regs, stop);
}

static void wait_for_stop(void)
{
    while (!stops)
        usleep(1000);
}

static void notified_while_it_waits(void **state)
{
    struct test_box t;
    pthread_t thread;
    void *kind;

    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* as above */
#endif
    open_box(&t, false, serve_wait, NULL);
    lfi_context_on_stop(t.context, go_on);
    lfi_context_regs(t.context)->REG_PC = code_address(&t, code_spin_calls);
    assert_int_equal(pthread_create(&thread, NULL, run_to_the_end, t.context), 0);
    while (waited.notified < 5) {
        assert_int_equal(lfi_context_notify(t.context), 0);
        wait_for_waits(1);
    }
    wait_for_waits(2); /* the first may have begun before the last signal */
    assert_int_equal(waited.other, 0);
    assert_int_equal(waited.twice, 0);
    int before = waited.notified;
    lfi_context_interrupt(t.context);
    pthread_join(thread, &kind);
    assert_int_equal((uintptr_t)kind, LFI_EXIT_INTERRUPTED + 1);
    assert_int_equal(waited.notified, before);
    close_box(&t);
}

/*
 * The kernel has no room for the signal: whoever notifies learns that, from the result and not from
 * errno, and can do it again.
 */
static void notified_without_room(void **state)
{
    struct test_box t;
    pthread_t thread;
    struct rlimit limit, none;

    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* as above */
#endif
    open_box(&t, false, serve_nothing, NULL);
    lfi_context_on_stop(t.context, count_stop);
    stops = 0;
    lfi_context_regs(t.context)->REG_PC = code_address(&t, code_spin);
    assert_int_equal(pthread_create(&thread, NULL, run_to_the_end, t.context), 0);
    assert_int_equal(lfi_context_notify(t.context), 0);
    wait_for_stop();
    assert_int_equal(getrlimit(RLIMIT_SIGPENDING, &limit), 0);
    none = (struct rlimit){0, limit.rlim_max};
    int first, second, third, meanwhile, after, tries = 0, error;
    do { /* again where the thread stopped before it was in the box, or by an earlier signal */
        assert_int_equal(setrlimit(RLIMIT_SIGPENDING, &none), 0);
        stops = 0;
        errno = ENOTTY;
        first = lfi_context_notify(t.context);
        second = lfi_context_notify(t.context);
        error = errno;
        usleep(10000);
        meanwhile = stops;
        setrlimit(RLIMIT_SIGPENDING, &limit);
        third = lfi_context_notify(t.context);
        wait_for_stop();
        after = stops;
    } while (first == -EAGAIN && second == -EAGAIN && (meanwhile || after > 1) && ++tries < 20);
    lfi_context_interrupt(t.context);
    pthread_join(thread, NULL);
    assert_int_equal(first, -EAGAIN);
    assert_int_equal(second, -EAGAIN);
    assert_int_equal(error, ENOTTY);
    assert_int_equal(meanwhile, 0);
    assert_int_equal(third, 0);
    assert_int_equal(after, 1);
    close_box(&t);
}

/* A run that an interrupt ends does not take the stop with it that was asked for, too. */
static void notified_and_interrupted(void **state)
{
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    lfi_context_on_stop(t.context, count_stop);
    stops = 0;
    lfi_context_regs(t.context)->REG_COUNT = 3;
    assert_int_equal(lfi_context_notify(t.context), 0);
    lfi_context_interrupt(t.context);
    assert_int_equal(run(&t, code_loop, 0).kind, LFI_EXIT_INTERRUPTED);
    assert_int_equal(stops, 0);
    lfi_context_regs(t.context)->REG_COUNT = 3;
    assert_int_equal(run(&t, code_loop, 0).kind, LFI_EXIT_RETURNED);
    assert_int_equal(stops, 1);
    close_box(&t);
}

/* What comes just before a wait in the host does not end that, as lfi.h says, but the run. */
static void serve_too_early(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)regs;
    lfi_context_interrupt(context);
    waited.other = poll(NULL, 0, 20);
}

static void interrupted_before_it_waits(void **state)
{
    struct test_box t;

    (void)state;
    open_box(&t, false, serve_too_early, NULL);
    waited.other = -1;
    assert_int_equal(run(&t, code_spin_calls, 0).kind, LFI_EXIT_INTERRUPTED);
    assert_int_equal(waited.other, 0);
    close_box(&t);
}

/* A context that one thread is in is no other's. */
static void contexts_belong_to_one_thread(void **state)
{
    struct test_box t;
    atomic_uint count = 0;
    pthread_t thread;
    struct lfi_exit exit;
    struct lfi_call call = {0};

    (void)state;
    open_box(&t, false, serve_count, &count);
    lfi_context_regs(t.context)->REG_PC = code_address(&t, code_spin_calls);
    assert_int_equal(pthread_create(&thread, NULL, run_to_the_end, t.context), 0);
    while (atomic_load(&count) == 0)
        usleep(100);
    assert_int_equal(lfi_context_run(t.context, &exit), -EBUSY);
    assert_int_equal(lfi_call(t.context, code_address(&t, code_add), &call), -EBUSY);
    assert_int_equal(lfi_context_free(t.context), -EBUSY);
    lfi_context_interrupt(t.context);
    pthread_join(thread, NULL);
    close_box(&t);
}

/*
 * Cancelling a thread sends it a signal, which glibc handles on the stack that it finds: in a box
 * that would be wherever the box points. Here that cannot be written, so the process would end.
 */
struct cancelled {
    struct lfi_context *context;
    int type;
    struct lfi_exit exit;
    int left;     /* whether the stay ended before the thread did */
    int survived; /* whether the thread was not cancelled then */
};

static void *run_and_be_cancelled(void *data)
{
    struct cancelled *thread = data;

    if (lfi_thread_prepare() || pthread_setcanceltype(thread->type, NULL) ||
        lfi_context_run(thread->context, &thread->exit))
        return NULL;
    thread->left = 1;
    lfi_thread_release();
    pthread_testcancel();
    thread->survived = 1;
    return NULL;
}

static void cancellation_waits(void **state)
{
    static const int types[] = {PTHREAD_CANCEL_ASYNCHRONOUS, PTHREAD_CANCEL_DEFERRED};
    struct test_box t;

    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* as above */
#endif
    open_box(&t, false, serve_nothing, NULL);
    for (int i = 0; i < 20; i++) {
        struct cancelled thread = {.context = t.context, .type = types[i % 2]};
        pthread_t host;

        lfi_context_regs(t.context)->REG_PC = code_address(&t, code_spin);
        lfi_context_regs(t.context)->REG_SP = t.base + TEST_CODE + 2048;
        assert_int_equal(pthread_create(&host, NULL, run_and_be_cancelled, &thread), 0);
        while (!__atomic_load_n(&t.context->tid, __ATOMIC_ACQUIRE))
            usleep(100);
        usleep(1000);
        assert_int_equal(pthread_cancel(host), 0);
        usleep(1000);
        lfi_context_interrupt(t.context);
        assert_int_equal(pthread_join(host, NULL), 0);
        assert_true(thread.left && !thread.survived);
        assert_int_equal(thread.exit.kind, LFI_EXIT_INTERRUPTED);
    }
    close_box(&t);
}

/* So do the other signals that libc keeps for itself, whoever installed a handler before. */
static void on_nothing(int signal)
{
    (void)signal;
}

static void handlers_of_libc_have_their_stack(void **state)
{
    struct {
        void (*handler)(int);
        unsigned long flags;
        void (*restorer)(void);
        uint64_t mask;
    } before[64], now = {.handler = on_nothing};
    struct test_box t;

    (void)state;
    for (int i = 32; i < SIGRTMIN; i++)
        if (syscall(SYS_rt_sigaction, i, &now, &before[i], sizeof now.mask))
            skip(); /* some emulators keep them, too */
    open_box(&t, false, serve_nothing, NULL);
    for (int i = 32; i < SIGRTMIN; i++) {
        assert_int_equal(syscall(SYS_rt_sigaction, i, &before[i], &now, sizeof now.mask), 0);
        assert_ptr_equal(now.handler, on_nothing);
        assert_true(now.flags & SA_ONSTACK);
    }
    close_box(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_fault),
        cmocka_unit_test(faults_in_calls),
        cmocka_unit_test(signal_state_is_restored),
        cmocka_unit_test(host_faults_are_the_hosts),
        cmocka_unit_test(default_action_is_kept),
        cmocka_unit_test(nothing_runs_without_fault_handlers),
        cmocka_unit_test(threads_in_one_box),
        cmocka_unit_test(interruption),
        cmocka_unit_test(notified_while_it_waits),
        cmocka_unit_test(notified_without_room),
        cmocka_unit_test(notified_and_interrupted),
        cmocka_unit_test(interrupted_before_it_waits),
        cmocka_unit_test(contexts_belong_to_one_thread),
        cmocka_unit_test(cancellation_waits),
        cmocka_unit_test(handlers_of_libc_have_their_stack),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
