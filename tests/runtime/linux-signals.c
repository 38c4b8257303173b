// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Signals and timers of a box that asks for the impossible: frames of handlers that are not what
 * the runtime wrote, more signals than there is room for, timers that would never let go, and
 * threads that do all of this at once. That they work is tested by programs
 * (tests/sdk/programs/signal-*.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <time.h>

#include "linux-box.h"
#include "options.h"
#include "serve.h"

static uint64_t test_count;

enum { SET = 64, TIMES = 128, INFO = 256, EVENT = 512, IDENTIFIER = 640, ACTION = 704 };
enum { STACK_SIZE = 65536, HANDLER_AT = 0x40000, FIRST_REAL_TIME = 34 };

struct area {
    struct box box;
    uint64_t stack; /* for handlers */
};

static void area_new(struct area *area)
{
    box_new(&area->box, &(struct lfi_linux_options){.restricted = true});
    long stack = BOX_CALL(&area->box, SYS_mmap, 0, STACK_SIZE, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, (uint64_t)-1);
    assert_true(stack > 0);
    area->stack = (uint64_t)stack;
}

static void put(const struct area *area, uint64_t offset, const void *data, size_t size)
{
    assert_int_equal(lfi_copy_out(area->box.box, area->box.page + offset, data, size), 0);
}

static uint64_t handler(const struct area *area)
{
    return area->box.process->base + HANDLER_AT;
}

static void handle(const struct area *area, int number, uint64_t flags)
{
    area->box.process->actions[number - 1] =
        (struct action){.handler = handler(area), .flags = flags};
}

static struct lfi_regs serve(const struct area *area, struct thread *thread, long number,
                             const uint64_t arg[6])
{
    struct lfi_regs regs = {
        CALL_REGISTERS((uint64_t)number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]),
        .STACK = area->stack + STACK_SIZE, .PC = area->box.process->base + 0x50000};
    serve_call(thread->context, &regs);
    return regs;
}

/* A frame that says that its call is to be made again has it made once, whatever it is. */
static void test_frames(void **state)
{
    struct area area;
    (void)state;
    area_new(&area);
    struct thread *thread = area.box.process->main;
    int ends[2];
    assert_int_equal(BOX_CALL(&area.box, SYS_pipe2, area.box.page, 0), 0);
    memcpy(ends, (void *)(uintptr_t)area.box.page, sizeof ends);
    handle(&area, SIGUSR1, SA_RESTART);
    const uint64_t read[6] = {(uint64_t)ends[0], area.box.page, 1};
    for (int i = 0; i < 3; i++) {
        /* a read that a signal ended, whose handler was entered */
        thread->wake = 1;
        thread->pending = LINUX_SIGNAL_BIT(SIGUSR1);
        struct lfi_regs regs = serve(&area, thread, SYS_read, read);
        assert_true(regs.PC == handler(&area));
        assert_true(thread->mask & LINUX_SIGNAL_BIT(SIGUSR1));

        struct lfi_regs back = {CALL_REGISTERS((uint64_t)SYS_rt_sigreturn, 0, 0, 0, 0, 0, 0)};
        back.STACK = regs.STACK + RETURNS;
        struct lfi_regs call = back;
        bool restart;
        uint64_t mask;
        assert_int_equal(linux_arch_signal_leave(thread, &call, &mask, &restart), 0);
        assert_true(restart && mask == 0);
        if (i == 0) { /* as it is: the read is made */
            assert_int_equal(BOX_CALL(&area.box, SYS_write, (uint64_t)ends[1], area.box.page, 1),
                             1);
            linux_serve(thread->context, &back);
            assert_int_equal(back.CALL_RESULT, 1);
        } else if (i == 1) { /* the frame says to return from it again */
            struct linux_signal signal = {.number = SIGUSR1};
            struct action action = {.handler = handler(&area)};
            struct lfi_regs again = {CALL_REGISTERS((uint64_t)SYS_rt_sigreturn, 0, 0, 0, 0, 0, 0),
                                     .STACK = regs.STACK + RETURNS, .PC = call.PC};
            struct lfi_regs frame = again;
            assert_int_equal(linux_arch_signal_enter(thread, &frame, &signal, &action, 0,
                                                     area.stack + STACK_SIZE, 0, true),
                             0);
            struct lfi_regs self = {CALL_REGISTERS((uint64_t)SYS_rt_sigreturn, 0, 0, 0, 0, 0, 0),
                                    .STACK = frame.STACK + RETURNS};
            linux_serve(thread->context, &self); /* and it comes back */
            assert_true(self.PC == call.PC);
        } else { /* it continues elsewhere: no call */
            uint64_t words[1024];
            size_t size = (size_t)(area.stack + STACK_SIZE - regs.STACK);
            size = size < sizeof words ? size : sizeof words;
            assert_int_equal(lfi_copy_in(area.box.box, words, regs.STACK, size), 0);
            bool first = true;
            for (size_t k = 0; k < size / sizeof *words; k++) {
                if (words[k] != call.PC)
                    continue;
                words[k] += first ? 32 : 0;
                first = false;
            }
            assert_int_equal(lfi_copy_out(area.box.box, regs.STACK, words, size), 0);
            linux_serve(thread->context, &back);
            assert_true(back.PC == call.PC || back.PC == call.PC + 32);
        }
        thread->mask = 0;
    }
    assert_false(atomic_load(&area.box.process->ending));

    /* noise: each is answered, or ends the process */
    uint64_t seed = 1;
    for (uint64_t i = 0; i < test_count; i++) {
        uint64_t noise[64];
        for (size_t k = 0; k < sizeof noise / sizeof *noise; k++)
            noise[k] = test_random(&seed) % 3 ? test_random(&seed) % 500 : test_random(&seed);
        uint64_t at = area.stack + STACK_SIZE - 8192;
        assert_int_equal(lfi_copy_out(area.box.box, at, noise, sizeof noise), 0);
        struct lfi_regs regs = {CALL_REGISTERS((uint64_t)SYS_rt_sigreturn, 0, 0, 0, 0, 0, 0),
                                .STACK = at + RETURNS};
        linux_serve(thread->context, &regs);
        assert_true((regs.STACK >> 32) == (area.box.process->base >> 32));
    }
    struct lfi_regs outside = {CALL_REGISTERS((uint64_t)SYS_rt_sigreturn, 0, 0, 0, 0, 0, 0),
                               .STACK = (uint64_t)(uintptr_t)&area};
    linux_serve(thread->context, &outside);
    assert_true(atomic_load(&area.box.process->ending));
    box_free(&area.box);
}

static long queue(struct area *area, int number, int value)
{
    struct linux_signal signal = {0};
    signal.info.code = SI_QUEUE;
    signal.info.value = (uint64_t)value;
    uint8_t info[128] = {0};
    memcpy(info, &signal.info, sizeof signal.info);
    put(area, INFO, info, sizeof info);
    return BOX_CALL(&area->box, SYS_rt_sigqueueinfo, (uint64_t)area->box.process->pid,
                    (uint64_t)number, area->box.page + INFO);
}

/* The queue has an end, and what does not fit is refused or has no value. */
static void test_queue(void **state)
{
    struct area area;
    const uint64_t all = UINT64_MAX, no_time[2] = {0, 0};
    (void)state;
    area_new(&area);
    struct box *box = &area.box;
    put(&area, SET, &all, sizeof all);
    put(&area, TIMES, no_time, sizeof no_time);
    assert_int_equal(BOX_CALL(box, SYS_rt_sigprocmask, SIG_SETMASK, box->page + SET, 0, sizeof all),
                     0);
    for (int i = 0; i < LINUX_SIGNALS_QUEUED; i++)
        assert_int_equal(queue(&area, FIRST_REAL_TIME, i), 0);
    assert_int_equal(queue(&area, FIRST_REAL_TIME, 0), -EAGAIN);
    assert_int_equal(queue(&area, FIRST_REAL_TIME + 1, 0), -EAGAIN);
    assert_int_equal(queue(&area, SIGUSR1, 7), 0); /* pending, without its value */
    assert_int_equal(BOX_CALL(box, SYS_kill, (uint64_t)box->process->pid, FIRST_REAL_TIME + 1), 0);
    for (int i = -1; i < LINUX_SIGNALS_QUEUED + 1; i++) {
        struct linux_signal got;
        int expected = i < 0                       ? SIGUSR1
                       : i == LINUX_SIGNALS_QUEUED ? FIRST_REAL_TIME + 1
                                                   : FIRST_REAL_TIME;
        assert_int_equal(BOX_CALL(box, SYS_rt_sigtimedwait, box->page + SET, box->page + INFO,
                                  box->page + TIMES, sizeof all),
                         expected);
        lfi_copy_in(box->box, &got.info, box->page + INFO, sizeof got.info);
        assert_int_equal(got.info.number, expected);
        assert_int_equal(got.info.value, expected == FIRST_REAL_TIME ? i : 0);
    }
    assert_int_equal(BOX_CALL(box, SYS_rt_sigtimedwait, box->page + SET, 0, box->page + TIMES, 8),
                     -EAGAIN);
    assert_int_equal(box->process->queued_count, 0);
    assert_true(box->process->pending == 0 && box->process->main->pending == 0);

    /* descriptors of the host for signalfd are few */
    int made = 0;
    long fd;
    while ((fd = BOX_CALL(box, SYS_signalfd4, (uint64_t)-1, box->page + SET, 8, 0)) >= 0)
        made++;
    assert_int_equal(fd, -EMFILE);
    assert_in_range(made, 1, 32);
    for (int i = 0; i < made; i++)
        assert_int_equal(BOX_CALL(box, SYS_close, (uint64_t)(3 + i)), 0);
    assert_null(box->process->signalfds);
    box_free(box);
}

/*
 * By its name in procfs it is the same. If the box could write to the host's descriptor, the next
 * signal would wait for room in it, with the process's lock held, for ever.
 */
static void test_name_of_signalfd(void **state)
{
    const struct lfi_linux_options options = {0};
    const uint64_t full = UINT64_MAX - 1, set = LINUX_SIGNAL_BIT(SIGUSR1);
    struct area area;
    struct box *box = &area.box;
    (void)state;
    box_new(box, &options);
    put(&area, SET, &set, sizeof set);
    put(&area, TIMES, &full, sizeof full);
    long fd = BOX_CALL(box, SYS_signalfd4, (uint64_t)-1, box->page + SET, 8, SFD_NONBLOCK);
    assert_true(fd >= 0);
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%ld", fd);
    long same = box_open(box, name, O_PATH);
    assert_true(same > fd);
    assert_int_equal(BOX_CALL(box, SYS_write, (uint64_t)same, box->page + TIMES, 8), -EINVAL);
    assert_int_equal(BOX_CALL(box, SYS_read, (uint64_t)same, box->page + TIMES, 8), -EINVAL);
    assert_int_equal(BOX_CALL(box, SYS_read, (uint64_t)same, box->page + INFO, 128), -EAGAIN);
    assert_int_equal(box_open(box, name, O_RDWR), -ENXIO);
    box_free(box);
}

struct event {
    uint64_t value;
    int number, notify, tid, rest[11];
};

static long new_timer(struct area *area, int clock, int number, int notify, int tid)
{
    struct event event = {.number = number, .notify = notify, .tid = tid};
    put(area, EVENT, &event, sizeof event);
    return BOX_CALL(&area->box, SYS_timer_create, (uint64_t)clock, area->box.page + EVENT,
                    area->box.page + IDENTIFIER);
}

static long set_timer(struct area *area, int id, uint64_t flags, const int64_t times[4])
{
    put(area, TIMES, times, 4 * sizeof *times);
    return BOX_CALL(&area->box, SYS_timer_settime, (uint64_t)id, flags, area->box.page + TIMES);
}

static unsigned queued(struct lfi_process *process)
{
    pthread_mutex_lock(&process->lock);
    unsigned count = process->queued_count;
    pthread_mutex_unlock(&process->lock);
    return count;
}

static void test_timers(void **state)
{
    struct area area;
    (void)state;
    area_new(&area);
    struct box *box = &area.box;
    const uint64_t all = UINT64_MAX;
    put(&area, SET, &all, sizeof all);
    BOX_CALL(box, SYS_rt_sigprocmask, SIG_SETMASK, box->page + SET, 0, sizeof all);

    assert_int_equal(new_timer(&area, 77, SIGUSR1, SIGEV_SIGNAL, 0), -EINVAL);
    assert_int_equal(new_timer(&area, -6, SIGUSR1, SIGEV_SIGNAL, 0), -EINVAL);
    assert_int_equal(new_timer(&area, CLOCK_MONOTONIC, 0, SIGEV_SIGNAL, 0), -EINVAL);
    assert_int_equal(new_timer(&area, CLOCK_MONOTONIC, 65, SIGEV_SIGNAL, 0), -EINVAL);
    assert_int_equal(new_timer(&area, CLOCK_MONOTONIC, SIGUSR1, 77, 0), -EINVAL);
    assert_int_equal(new_timer(&area, CLOCK_MONOTONIC, SIGUSR1, SIGEV_THREAD_ID, 1), -EINVAL);
    int made = 0;
    while (new_timer(&area, CLOCK_MONOTONIC, SIGUSR1, SIGEV_SIGNAL, 0) == 0)
        made++;
    assert_int_equal(new_timer(&area, CLOCK_MONOTONIC, SIGUSR1, SIGEV_SIGNAL, 0), -EAGAIN);
    assert_in_range(made, 32, 256);
    for (int id = 1; id < made; id++)
        assert_int_equal(BOX_CALL(box, SYS_timer_delete, (uint64_t)id), 0);
    const uint64_t ids[] = {1, (uint64_t)made, UINT64_MAX, UINT32_MAX, INT32_MAX, (uint64_t)-3};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        assert_int_equal(BOX_CALL(box, SYS_timer_delete, ids[i]), -EINVAL);
        assert_int_equal(BOX_CALL(box, SYS_timer_getoverrun, ids[i]), -EINVAL);
        assert_int_equal(BOX_CALL(box, SYS_timer_gettime, ids[i], box->page + TIMES), -EINVAL);
    }

    static const int64_t bad[][4] = {
        {-1, 0, 1, 0}, {0, -1, 1, 0}, {0, 1000000000, 1, 0}, {0, 0, -1, 0}, {0, 0, 0, INT64_MAX}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(set_timer(&area, 0, 0, bad[i]), -EINVAL);
        assert_int_equal(BOX_CALL(box, SYS_setitimer, ITIMER_REAL, box->page + TIMES), -EINVAL);
    }
    static const int64_t never[] = {INT64_MAX, 999999999, INT64_MAX, 999999999};
    assert_int_equal(set_timer(&area, 0, 0, never), 0);
    assert_int_equal(set_timer(&area, 0, TIMER_ABSTIME, never), 0);
    assert_int_equal(BOX_CALL(box, SYS_setitimer, 3, box->page + TIMES), -EINVAL);
    assert_int_equal(BOX_CALL(box, SYS_setitimer, UINT64_MAX, box->page + TIMES), -EINVAL);

    /*
     * The finest interval there is: one signal, the rest are overruns, and the thread sleeps. The
     * third signal comes after the second one was taken: what they say covers the time between.
     */
    static const int64_t finest[] = {0, 1, 0, 1};
    assert_int_equal(set_timer(&area, 0, 0, finest), 0);
    long overruns = 0;
    for (int i = 0; i < 3; i++) {
        while (!queued(box->process))
            sched_yield();
        nanosleep(&(struct timespec){0, 20000000}, NULL);
        assert_int_equal(queued(box->process), 1);
        assert_true(box->process->pending == LINUX_SIGNAL_BIT(SIGUSR1));
        const int64_t none[2] = {0, 0};
        put(&area, TIMES, none, sizeof none);
        assert_int_equal(BOX_CALL(box, SYS_rt_sigtimedwait, box->page + SET, box->page + INFO,
                                  box->page + TIMES, 8),
                         SIGUSR1);
        overruns += i ? BOX_CALL(box, SYS_timer_getoverrun, 0) : 0;
    }
    assert_true(overruns > 19000000);
    assert_int_equal(BOX_CALL(box, SYS_timer_delete, 0), 0);
    box_free(box); /* the thread of the timers ends */
}

/*
 * The clock of a thread that has ended is nobody's, though the host's thread goes on (or another
 * one gets its number): a timer must not tell its processor time.
 */
struct ending {
    struct area *area;
    struct thread *thread;
    long made, set;
    pthread_barrier_t ended, asked;
};

static void *end_with_a_timer(void *data)
{
    struct ending *ending = data;
    struct area *area = ending->area;
    const int64_t far[4] = {0, 0, 1000, 0};
    struct event event = {.number = SIGUSR1};
    put(area, EVENT, &event, sizeof event);
    put(area, TIMES, far, sizeof far);
    const uint64_t page = area->box.page;
    const uint64_t make[6] = {CLOCK_THREAD_CPUTIME_ID, page + EVENT, page + IDENTIFIER};
    const uint64_t set[6] = {0, TIMER_ABSTIME, page + TIMES};
    ending->made = (long)serve(area, ending->thread, SYS_timer_create, make).CALL_RESULT;
    ending->set = (long)serve(area, ending->thread, SYS_timer_settime, set).CALL_RESULT;
    linux_thread_end(ending->thread);
    pthread_barrier_wait(&ending->ended);
    pthread_barrier_wait(&ending->asked);
    return NULL;
}

static void test_clocks_of_threads(void **state)
{
    struct area area;
    struct ending ending = {.area = &area};
    pthread_t host;
    (void)state;
    area_new(&area);
    struct box *box = &area.box;
    assert_non_null(ending.thread = linux_thread_new(box->process));
    pthread_barrier_init(&ending.ended, NULL, 2);
    pthread_barrier_init(&ending.asked, NULL, 2);
    assert_int_equal(pthread_create(&host, NULL, end_with_a_timer, &ending), 0);
    pthread_barrier_wait(&ending.ended);
    int64_t rest[4] = {1, 1, 1, 1};
    put(&area, INFO, rest, sizeof rest);
    long asked = BOX_CALL(box, SYS_timer_gettime, 0, box->page + INFO);
    static const int64_t soon[4] = {0, 0, 0, 1};
    long set_again = set_timer(&area, 0, 0, soon);
    pthread_barrier_wait(&ending.asked);
    pthread_join(host, NULL);
    assert_int_equal(ending.made, 0);
    assert_int_equal(ending.set, 0);
    assert_int_equal(asked, 0);
    lfi_copy_in(box->box, rest, box->page + INFO, sizeof rest);
    for (int i = 0; i < 4; i++)
        assert_int_equal(rest[i], 0);
    assert_int_equal(set_again, -ESRCH);
    assert_int_equal(BOX_CALL(box, SYS_timer_delete, 0), 0);

    /* that of the host's thread, which calls a library, is none of the box's */
    box->process->main->hosted = true;
    assert_int_equal(new_timer(&area, CLOCK_THREAD_CPUTIME_ID, SIGUSR1, SIGEV_SIGNAL, 0), -EINVAL);
    box->process->main->hosted = false;
    assert_int_equal(new_timer(&area, CLOCK_THREAD_CPUTIME_ID, SIGUSR1, SIGEV_SIGNAL, 0), 0);
    pthread_barrier_destroy(&ending.ended);
    pthread_barrier_destroy(&ending.asked);
    box_free(box);
}

/* A signal that nothing handles ends the process, whatever its threads do. */
static void test_default(void **state)
{
    struct area area;
    (void)state;
    area_new(&area);
    struct lfi_process *process = area.box.process;
    static const int64_t soon[] = {0, 0, 0, 1000};
    process->main->left = false;
    assert_int_equal(new_timer(&area, CLOCK_MONOTONIC, SIGUSR2, SIGEV_SIGNAL, 0), 0);
    process->main->hosted = true; /* linux_process_kill() waits for others to leave */
    assert_int_equal(set_timer(&area, 0, 0, soon), 0);
    while (!atomic_load(&process->ending))
        usleep(1000);
    assert_int_equal(process->result.signal, SIGUSR2);
    box_free(&area.box);
}

/* ---- the host's signals ------------------------------------------------------------------------
 */

static atomic_bool all_sent;

/* A thread that the host does not run: it neither takes signals nor sees that it was woken. */
static void *is_away(void *data)
{
    struct thread *thread = data;
    const struct timespec none = {0};
    sigset_t wake;
    uintptr_t count = 0;
    sigemptyset(&wake);
    sigaddset(&wake, HOST_SIGNAL_WAKE);
    pthread_sigmask(SIG_BLOCK, &wake, NULL);
    atomic_store(&thread->host_tid, (int)syscall(SYS_gettid));
    while (!atomic_load(&all_sent))
        sched_yield();
    while (sigtimedwait(&wake, NULL, &none) == HOST_SIGNAL_WAKE)
        count++;
    return (void *)count;
}

/* However often a box wakes its threads: what they have not seen yet is one signal of the host. */
static void test_wakes(void **state)
{
    struct area area;
    pthread_t host;
    void *count;
    (void)state;
    area_new(&area);
    struct lfi_process *process = area.box.process;
    struct thread *away = linux_thread_new(process);
    assert_non_null(away);
    handle(&area, SIGUSR1, SA_NODEFER);
    assert_int_equal(pthread_create(&host, NULL, is_away, away), 0);
    while (!atomic_load(&away->host_tid))
        sched_yield();
    const uint64_t arg[6] = {(uint64_t)process->pid, SIGUSR1};
    for (int i = 0; i < 1000; i++)
        assert_true(serve(&area, process->main, SYS_kill, arg).PC == handler(&area));
    atomic_store(&all_sent, true);
    pthread_join(host, &count);
    assert_int_equal((uintptr_t)count, 1);
    linux_thread_end(away);
    box_free(&area.box);
}

static atomic_int were_sent; /* threads that have got one */

/* As is_away(), in the box: the count is that of signals which end its stay. */
static void *is_away_inside(void *data)
{
    struct thread *thread = data;
    const struct timespec none = {0};
    sigset_t set, got;
    bool was_sent = false;
    uintptr_t count = 0;
    int failed = lfi_context_attach(thread->context);
    sigemptyset(&set);
    sigaddset(&set, HOST_SIGNAL_WAKE);
    sigaddset(&set, HOST_SIGNAL_INTERRUPT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    atomic_store(&thread->host_tid, (int)syscall(SYS_gettid));
    while (!atomic_load(&all_sent)) {
        sigpending(&got);
        if (!was_sent && sigismember(&got, HOST_SIGNAL_INTERRUPT)) {
            was_sent = true;
            atomic_fetch_add(&were_sent, 1);
        }
        usleep(1000);
    }
    for (int number; (number = sigtimedwait(&set, NULL, &none)) > 0;)
        count += number == HOST_SIGNAL_INTERRUPT;
    lfi_context_detach(thread->context);
    return failed ? NULL : (void *)count;
}

static void *ends_all(void *data)
{
    struct lfi_linux_result result = {.end = LFI_LINUX_KILLED, .signal = SIGKILL};
    linux_process_kill(data, &result);
    return NULL;
}

static uint64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Nor does the end of a process, however long its threads take to leave, one after the other. */
static void test_interrupts(void **state)
{
    enum { THREADS = 32 };
    struct area area;
    struct thread *away[THREADS];
    pthread_t hosts[THREADS], killer;
    void *counts[THREADS];
    (void)state;
    area_new(&area);
    struct lfi_process *process = area.box.process;
    uint64_t home = linux_memory_place(process, 1); /* attaching a context needs one */
    assert_int_equal(lfi_box_map_return(area.box.box, home, NULL), 0);
    atomic_store(&all_sent, false);
    atomic_store(&were_sent, 0);
    for (int i = 0; i < THREADS; i++) {
        assert_non_null(away[i] = linux_thread_new(process));
        assert_int_equal(pthread_create(&hosts[i], NULL, is_away_inside, away[i]), 0);
        while (!atomic_load(&away[i]->host_tid))
            sched_yield();
    }
    process->main->left = true;
    uint64_t start = milliseconds();
    assert_int_equal(pthread_create(&killer, NULL, ends_all, process), 0);
    while (atomic_load(&were_sent) < THREADS)
        usleep(1000);
    usleep(200000);
    for (int i = 0; i < THREADS; i++) {
        pthread_mutex_lock(&process->lock);
        away[i]->left = true;
        pthread_cond_broadcast(&process->gone);
        pthread_mutex_unlock(&process->lock);
        usleep(100);
    }
    pthread_join(killer, NULL);
    uint64_t took = milliseconds() - start, most = 2 + took / 512;
    for (uint64_t pause = 1; pause < took; pause *= 2)
        most++;
    atomic_store(&all_sent, true);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(hosts[i], &counts[i]);
        linux_thread_end(away[i]);
    }
    for (int i = 0; i < THREADS; i++)
        assert_in_range((uintptr_t)counts[i], 1, most);
    box_free(&area.box);
}

static struct area crowded;
static atomic_bool over; /* waits_for_good() */

static void *waits_for_good(void *data)
{
    struct thread *thread = data;
    const uint64_t none[6] = {0};
    atomic_store(&thread->host_tid, (int)syscall(SYS_gettid));
    struct lfi_regs regs = serve(&crowded, thread, SYS_ppoll, none);
    atomic_store(&over, true);
    return regs.PC == handler(&crowded) ? data : NULL;
}

static void *sends_one(void *data)
{
    const struct thread *to = data;
    struct lfi_process *process = to->process;
    const uint64_t arg[6] = {(uint64_t)process->pid, (uint64_t)to->tid, SIGUSR1};
    serve(&crowded, process->main, SYS_tgkill, arg);
    return NULL;
}

/*
 * The host's kernel has no room for signals, and then it has: nobody waits for good. Also if the
 * sender has another signal to handle.
 */
static void without_room(bool busy)
{
    struct rlimit limit, none;
    pthread_t waiter, sender;
    void *woken = NULL;
    area_new(&crowded);
    struct thread *thread = linux_thread_new(crowded.box.process);
    assert_non_null(thread);
    handle(&crowded, SIGUSR1, 0);
    handle(&crowded, SIGUSR2, 0);
    if (busy)
        crowded.box.process->main->pending = LINUX_SIGNAL_BIT(SIGUSR2);
    assert_int_equal(getrlimit(RLIMIT_SIGPENDING, &limit), 0);
    none = (struct rlimit){0, limit.rlim_max};
    atomic_store(&over, false);
    assert_int_equal(pthread_create(&waiter, NULL, waits_for_good, thread), 0);
    while (!atomic_load(&thread->host_tid))
        sched_yield();
    usleep(10000); /* it waits by then, or this tests less */
    assert_int_equal(setrlimit(RLIMIT_SIGPENDING, &none), 0);
    assert_int_equal(pthread_create(&sender, NULL, sends_one, thread), 0);
    while (!atomic_load(&thread->pending) && !atomic_load(&over)) /* it did not wait yet */
        sched_yield();
    usleep(10000);
    setrlimit(RLIMIT_SIGPENDING, &limit);
    assert_int_equal(pthread_join(waiter, &woken), 0);
    assert_non_null(woken);
    pthread_join(sender, NULL);
    linux_thread_end(thread);
    box_free(&crowded.box);
}

static void test_without_room(void **state)
{
    (void)state;
    without_room(false);
    without_room(true);
}

static void *blocks_and_raises(void *data)
{
    struct thread *thread = data;
    struct lfi_process *process = thread->process;
    const uint64_t arg[6] = {(uint64_t)process->pid, (uint64_t)thread->tid, SIGUSR1};
    atomic_store(&thread->host_tid, (int)syscall(SYS_gettid));
    thread->mask = LINUX_SIGNAL_BIT(SIGUSR1);
    struct lfi_regs regs = serve(&crowded, thread, SYS_tgkill, arg);

    /* a wake-up that cannot be sent is seen all the same by whoever looks */
    pthread_mutex_lock(&process->lock);
    atomic_store(&process->main->host_tid, getpid());
    bool sent = linux_thread_wake(process->main);
    atomic_store(&process->main->host_tid, 0);
    pthread_mutex_unlock(&process->lock);
    return regs.CALL_RESULT || sent || !atomic_load(&process->main->wake) ? NULL : data;
}

/* A thread needs no signal of the host to hear of its own: it does not wait for room. */
static void test_raise_without_room(void **state)
{
    struct rlimit limit, none;
    pthread_t host;
    void *raised = NULL;
    (void)state;
    area_new(&crowded);
    struct thread *thread = linux_thread_new(crowded.box.process);
    assert_non_null(thread);
    handle(&crowded, SIGUSR1, 0);
    assert_int_equal(getrlimit(RLIMIT_SIGPENDING, &limit), 0);
    none = (struct rlimit){0, limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_SIGPENDING, &none), 0);
    int failed = pthread_create(&host, NULL, blocks_and_raises, thread);
    failed = failed ? failed : pthread_join(host, &raised);
    setrlimit(RLIMIT_SIGPENDING, &limit);
    assert_int_equal(failed, 0);
    assert_non_null(raised);
    linux_thread_end(thread);
    box_free(&crowded.box);
}

/* ---- many at once ---------------------------------------------------------------------------- */

static struct area shared;

static void *caller(void *data)
{
    struct thread *thread = data;
    uint64_t seed = (uint64_t)thread->tid, page = shared.box.page;
    uint64_t pid = (uint64_t)shared.box.process->pid;
    atomic_store(&thread->host_tid, (int)syscall(SYS_gettid));
    for (uint64_t i = 0; i < test_count; i++) {
        uint64_t number = 1 + test_random(&seed) % 64, which = test_random(&seed) % 16;
        if (number == SIGKILL || number == SIGSTOP)
            continue;
        const struct {
            long call;
            uint64_t arg[6];
        } calls[16] = {
            {SYS_kill, {pid, number}},
            {SYS_tkill, {pid + number % 4, number}},
            {SYS_rt_sigqueueinfo, {pid, number, page + INFO}},
            {SYS_rt_sigtimedwait, {page + SET, page + INFO, page + TIMES, 8}},
            {SYS_rt_sigprocmask, {test_random(&seed) % 3, page + SET, 0, 8}},
            {SYS_rt_sigpending, {page + SET, 8}},
            {SYS_timer_create, {CLOCK_MONOTONIC, page + EVENT, page + IDENTIFIER}},
            {SYS_timer_settime, {number % 8, number % 2, page + TIMES}},
            {SYS_timer_delete, {number % 8}},
            {SYS_timer_gettime, {number % 8, page + INFO}},
            {SYS_setitimer, {number % 3, page + TIMES, page + INFO}},
            {SYS_rt_sigaction, {number, page + ACTION, 0, 8}},
            {SYS_signalfd4, {(uint64_t)-1, page + SET, 8, SFD_NONBLOCK}},
            {SYS_close, {3 + number % 16}},
            {SYS_read, {3 + number % 16, page + INFO, 128}},
            {SYS_ppoll, {0, 0, page + TIMES, page + SET, 8}},
        };
        serve(&shared, thread, calls[which].call, calls[which].arg);
        thread->mask = which == 4 ? thread->mask & test_random(&seed) : 0;
    }
    return NULL;
}

/* All signals have handlers, so none ends the process; times are short. */
static void test_many(void **state)
{
    enum { THREADS = 3 };
    struct thread *threads[THREADS];
    pthread_t hosts[THREADS];
    (void)state;
    area_new(&shared);
    struct lfi_process *process = shared.box.process;
    for (int number = 1; number <= 64; number++)
        handle(&shared, number, number % 2 ? SA_RESTART : 0);
    struct action action = {.handler = handler(&shared)};
    const int64_t times[4] = {0, 300, 0, 300};
    const uint64_t set = 0x5555555555555555;
    struct event event = {.number = SIGUSR1};
    put(&shared, ACTION, &action, sizeof action);
    put(&shared, TIMES, times, sizeof times);
    put(&shared, SET, &set, sizeof set);
    put(&shared, EVENT, &event, sizeof event);
    threads[0] = process->main;
    for (int i = 1; i < THREADS; i++)
        assert_non_null(threads[i] = linux_thread_new(process));
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&hosts[i], NULL, caller, threads[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(hosts[i], NULL);
    assert_false(atomic_load(&process->ending));
    pthread_mutex_lock(&process->lock); /* the timers' thread goes on; each entry has its bit */
    assert_in_range(process->queued_count, 0, LINUX_SIGNALS_QUEUED);
    for (unsigned i = 0; i < process->queued_count; i++) {
        const struct linux_signal *at = &process->queued[i];
        uint64_t pending = at->tid ? 0 : process->pending;
        for (const struct thread *thread = process->threads; thread; thread = thread->next)
            pending |= thread->tid == at->tid ? thread->pending : 0;
        assert_true(pending & LINUX_SIGNAL_BIT(at->number));
    }
    pthread_mutex_unlock(&process->lock);
    linux_timers_stop(process);
    for (int i = 1; i < THREADS; i++)
        linux_thread_end(threads[i]);
    box_free(&shared.box);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_queue),
        cmocka_unit_test(test_name_of_signalfd),
        cmocka_unit_test(test_timers),
        cmocka_unit_test(test_clocks_of_threads),
        cmocka_unit_test(test_default),
        cmocka_unit_test(test_wakes),
        cmocka_unit_test(test_interrupts),
        cmocka_unit_test(test_without_room),
        cmocka_unit_test(test_raise_without_room),
        cmocka_unit_test(test_many),
    };
    test_count = test_option(argc, argv, "--count=", (TEST_EMULATED ? 2000 : 20000) / TEST_SLOWER);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
