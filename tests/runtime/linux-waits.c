// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A thread of a box that waits in the host is woken by a signal of the box, and by the end of the
 * process, whenever these come: before the wait, during it, and between the two.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <ucontext.h>

#include "linux-box.h"
#include "linux/wait.h"
#include "options.h"
#include "serve.h"

static uint64_t test_count;

/* runtime/core/machine.h */
extern const char machine_host_start[], machine_host_end[], machine_host_skipped[];

/* A signal that finds the thread between the two is one that skips the call. */
static void try_instructions(const char *start, const char *end, const char *skipped)
{
    int count = 0;
    for (const char *at = start - 64; at < end + 64; at++) {
        ucontext_t context = {0};
        bool inside = at >= start && at < end;
        linux_arch_signal_set_pc(&context, (uint64_t)at);
        linux_wait_woken(HOST_SIGNAL_WAKE, NULL, &context);
        assert_true(linux_arch_signal_pc(&context) == (uint64_t)(inside ? skipped : at));
        count += inside;
    }
    assert_true(count > 4);
}

static void test_instructions(void **state)
{
    (void)state;
    try_instructions(linux_arch_wait_start, linux_arch_wait_end, linux_arch_wait_woken);
    try_instructions(machine_host_start, machine_host_end, machine_host_skipped);
    atomic_int wake = 1;
    const uint64_t none[6] = {0};
    assert_int_equal(linux_arch_wait(&wake, SYS_getpid, none), LINUX_NOT_BEGUN);
    wake = 0;
    assert_int_equal(linux_arch_wait(&wake, SYS_getpid, none), getpid());
    assert_int_equal(linux_arch_wait(&wake, SYS_close, (const uint64_t[6]){UINT64_MAX}), -EBADF);
}

enum {
    ARGUMENTS = 64,
    TIME = 128,
    REST = 160,
    DESCRIPTORS = 192,
    NAME = 224,
    LONG_NAME = 232,
    STACK_SIZE = 65536
};

static struct waiting {
    struct box box;
    struct thread *waiter, *other;
    uint64_t round; /* that the waiter is about to begin; both atomic */
    uint64_t done;
    uint64_t rounds;
    long number;
    uint64_t arg[6];
    long result;
} w;

static long call_of(struct thread *thread, long number, const uint64_t arg[6])
{
    struct lfi_regs regs = {
        CALL_REGISTERS((uint64_t)number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5])};
    serve_call(thread->context, &regs);
    if (regs.PC != thread->process->actions[SIGCHLD - 1].handler)
        return (long)regs.CALL_RESULT;
    struct lfi_regs back = {CALL_REGISTERS((uint64_t)SYS_rt_sigreturn, 0, 0, 0, 0, 0, 0)};
    back.STACK = regs.STACK + RETURNS;
    linux_serve(thread->context, &back);
    return (long)back.CALL_RESULT;
}

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* Both threads do, so that either can be the first. */
static void pass_some_time(uint64_t *seed)
{
    for (uint64_t until = now() + test_random(seed) % 4000; now() < until;)
        continue;
}

static void *waits(void *unused)
{
    uint64_t seed = 2;
    atomic_store(&w.waiter->host_tid, (int)syscall(SYS_gettid));
    for (uint64_t i = 1; i <= w.rounds; i++) {
        __atomic_store_n(&w.round, i, __ATOMIC_SEQ_CST);
        pass_some_time(&seed);
        w.result = call_of(w.waiter, w.number, w.arg);
        __atomic_store_n(&w.done, i, __ATOMIC_SEQ_CST);
        if (w.result != -EINTR)
            break;
    }
    return unused;
}

/* Whether the round ends: a minute is enough for any machine. */
static bool ends(uint64_t round)
{
    for (uint64_t until = now() + 60000000000; now() < until;) {
        if (__atomic_load_n(&w.done, __ATOMIC_SEQ_CST) == round)
            return true;
        sched_yield();
    }
    return false;
}

/* A signal in each round, at any moment from before the call until the thread sleeps. */
static void wake_each_time(const char *name)
{
    const uint64_t signal[6] = {(uint64_t)w.waiter->tid, SIGCHLD};
    pthread_t thread;
    uint64_t seed = 1;
    w.round = w.done = 0;
    assert_int_equal(pthread_create(&thread, NULL, waits, NULL), 0);
    for (uint64_t i = 1; i <= w.rounds; i++) {
        while (__atomic_load_n(&w.round, __ATOMIC_SEQ_CST) != i)
            sched_yield();

        pass_some_time(&seed);
        assert_int_equal(call_of(w.other, SYS_tkill, signal), 0);
        if (!ends(i))
            fail_msg("%s: the signal of round %lu was lost", name, (unsigned long)i);
        if (w.result != -EINTR)
            fail_msg("%s: round %lu returned %ld", name, (unsigned long)i, w.result);
    }
    pthread_join(thread, NULL);
}

static const char *set_call(int which)
{
    uint64_t page = w.box.page;
    memset(w.arg, 0, sizeof w.arg);
    switch (which) {
    case 0:
        w.number = SYS_ppoll;
        return "ppoll";
    case 1: /* a word that is 0 */
        w.number = SYS_futex;
        w.arg[0] = page + ARGUMENTS;
        return "futex";
    case 2:
        w.number = SYS_nanosleep;
        w.arg[0] = page + TIME;
        w.arg[1] = page + REST;
        return "nanosleep";
    case 3:
        w.number = SYS_clock_nanosleep;
        w.arg[2] = page + TIME;
        w.arg[3] = page + REST;
        return "clock_nanosleep";
    case 4: /* an empty pipe */
        w.number = SYS_read;
        w.arg[0] = *(uint32_t *)(page + DESCRIPTORS);
        w.arg[1] = page + ARGUMENTS;
        w.arg[2] = 1;
        return "read";
    case 5:
        w.number = SYS_epoll_pwait;
        w.arg[0] = *(uint32_t *)(page + DESCRIPTORS + 8);
        w.arg[1] = page + ARGUMENTS;
        w.arg[2] = 1;
        w.arg[3] = UINT64_MAX;
        return "epoll_pwait";
    case 6: /* another open file has the lock */
        w.number = SYS_flock;
        w.arg[0] = *(uint32_t *)(page + DESCRIPTORS + 12);
        w.arg[1] = LOCK_EX;
        return "flock";
    case 7: /* nothing is blocked */
        w.number = SYS_rt_sigsuspend;
        w.arg[0] = page + ARGUMENTS;
        w.arg[1] = 8;
        return "rt_sigsuspend";
    case 8: /* a FIFO without another end */
    case 9:
        w.number = SYS_openat;
        w.arg[0] = (uint64_t)AT_FDCWD;
        w.arg[1] = page + (which == 8 ? NAME : LONG_NAME);
        w.arg[2] = O_RDONLY;
        return which == 8 ? "open" : "open of a path that is walked";
    default:
        return NULL;
    }
}

static void open_box(const struct lfi_linux_options *options)
{
    box_new(&w.box, options);
    w.waiter = w.box.process->main;
    w.other = linux_thread_new(w.box.process);
    assert_non_null(w.other);
    struct timespec long_time = {1000, 0};
    long stack = BOX_CALL(&w.box, SYS_mmap, 0, STACK_SIZE, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, (uint64_t)-1);
    assert_true(stack > 0);
    w.waiter->stack = (uint64_t)stack;
    w.waiter->stack_size = STACK_SIZE;
    w.waiter->stack_flags = 0;
    w.box.process->actions[SIGCHLD - 1] =
        (struct action){.handler = w.box.page, .flags = SA_ONSTACK};
    assert_int_equal(BOX_CALL(&w.box, SYS_pipe2, w.box.page + DESCRIPTORS), 0);
    uint32_t *more = (uint32_t *)(w.box.page + DESCRIPTORS + 8);
    more[0] = (uint32_t)BOX_CALL(&w.box, SYS_epoll_create1, 0);
    lfi_copy_out(w.box.box, w.box.page + TIME, &long_time, sizeof long_time);
}

static void close_box(void)
{
    linux_thread_end(w.other);
    box_free(&w.box);
}

static atomic_int both_wake, both_sent;

/* The thread is at the call, and both signals come to it there as soon as this returns. */
static void sends_both(int signal, siginfo_t *info, void *context)
{
    uint64_t pc = linux_arch_signal_pc(context);
    (void)signal;
    (void)info;
    if (pc < (uint64_t)linux_arch_wait_start || pc >= (uint64_t)linux_arch_wait_end || both_sent)
        return;
    both_wake = 1;
    syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), HOST_SIGNAL_INTERRUPT);
    syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), HOST_SIGNAL_WAKE);
    both_sent = 1;
}

static void *sends_until_both(void *thread)
{
    while (!both_sent) {
        pthread_kill(*(pthread_t *)thread, SIGUSR2);
        usleep(1000);
    }
    return NULL;
}

/*
 * An interrupt and a wake-up together, with the thread at a call that has not begun: the second
 * one's handler must not begin on top of the first one's, where it would not see the call. If it
 * does, this does not end.
 */
static void test_both_signals(void **state)
{
#ifdef __SANITIZE_THREAD__
    skip(); /* TSan keeps signals until the thread calls what it knows, which it never does here */
#endif
    struct sigaction sends = {.sa_sigaction = sends_both, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigaction before;
    pthread_t self = pthread_self(), other;
    int ends_of[2];
    char byte;
    (void)state;
    open_box(&(struct lfi_linux_options){.restricted = true}); /* whose handlers they are */
    sigfillset(&sends.sa_mask);
    assert_int_equal(sigaction(SIGUSR2, &sends, &before), 0);
    assert_int_equal(pipe(ends_of), 0);
    assert_int_equal(pthread_create(&other, NULL, sends_until_both, &self), 0);
    const uint64_t arg[6] = {(uint64_t)ends_of[0], (uint64_t)&byte, 1};
    assert_int_equal(linux_arch_wait(&both_wake, SYS_read, arg), LINUX_NOT_BEGUN);
    pthread_join(other, NULL);
    assert_int_equal(sigaction(SIGUSR2, &before, NULL), 0);
    close(ends_of[0]);
    close(ends_of[1]);
    close_box();
}

static void test_signals(void **state)
{
    char directory[] = "/tmp/lfi-waits-XXXXXX";
    (void)state;
    assert_non_null(mkdtemp(directory));
    struct lfi_linux_dir dir = {"/", directory};
    struct lfi_linux_options options = {.restricted = true, .dirs = &dir, .dir_count = 1};
    open_box(&options);
    uint32_t *file = (uint32_t *)(w.box.page + DESCRIPTORS + 12);
    file[0] = (uint32_t)box_open(&w.box, "/lock", O_RDWR | O_CREAT);
    file[1] = (uint32_t)box_open(&w.box, "/lock", O_RDWR);
    assert_int_equal(BOX_CALL(&w.box, SYS_flock, file[1], LOCK_EX), 0);
    lfi_copy_out(w.box.box, w.box.page + NAME, "/fifo", sizeof "/fifo");
    lfi_copy_out(w.box.box, w.box.page + LONG_NAME, "/../fifo", sizeof "/../fifo");
    assert_int_equal(BOX_CALL(&w.box, SYS_mknodat, AT_FDCWD, w.box.page + NAME, S_IFIFO | 0600), 0);
    const char *name;
    for (int i = 0; (name = set_call(i)); i++) {
        w.rounds = test_count;
        wake_each_time(name);
        struct timespec rest = {0, 0};
        lfi_copy_in(w.box.box, &rest, w.box.page + REST, sizeof rest);
        if (i == 2 || i == 3) /* of 1000 s some time is left, whenever the signal came */
            assert_in_range(rest.tv_sec, 900, 1000); /* a round may take a minute: ends() */
        lfi_copy_out(w.box.box, w.box.page + REST, &(struct timespec){0, 0}, sizeof rest);
    }
    /* a transfer of a regular file is made even so */
    w.waiter->wake = 1;
    w.waiter->pending = 1ull << (SIGCHLD - 1);
    const uint64_t write[6] = {file[0], w.box.page, 16};
    assert_int_equal(call_of(w.waiter, SYS_write, write), 16);
    w.waiter->wake = 1;
    w.waiter->pending = 1ull << (SIGCHLD - 1);
    struct {
        uint64_t start, size;
    } vector = {w.box.page, 16};
    lfi_copy_out(w.box.box, w.box.page + ARGUMENTS, &vector, sizeof vector);
    const uint64_t writev[6] = {file[0], w.box.page + ARGUMENTS, 1};
    assert_int_equal(call_of(w.waiter, SYS_writev, writev), 16);
    close_box();
    char path[64];
    snprintf(path, sizeof path, "%s/lock", directory);
    unlink(path);
    snprintf(path, sizeof path, "%s/fifo", directory);
    unlink(path);
    rmdir(directory);
}

/* Once: the end of the process is not repeated here, as expel_others() does. */
static void test_end(void **state)
{
    uint64_t seed = 1;
    pthread_t thread;
    (void)state;
    for (uint64_t i = 0; i < test_count / 20 + 10; i++) {
        open_box(&(struct lfi_linux_options){.restricted = true});
        set_call((int)(i % 6));
        w.rounds = 1;
        w.round = w.done = 0;
        assert_int_equal(pthread_create(&thread, NULL, waits, NULL), 0);
        while (__atomic_load_n(&w.round, __ATOMIC_SEQ_CST) != 1)
            sched_yield();

        pass_some_time(&seed);
        atomic_store(&w.box.process->ending, true);
        linux_threads_interrupt(w.box.process);
        if (!ends(1))
            fail_msg("end %lu was lost", (unsigned long)i);
        pthread_join(thread, NULL);
        close_box();
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_instructions),
        cmocka_unit_test(test_both_signals),
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_end),
    };
    test_count = test_option(argc, argv, "--count=", (TEST_EMULATED ? 200 : 5000) / TEST_SLOWER);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
