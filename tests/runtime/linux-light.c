// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The light way of system calls: that it says the same as the other, what it leaves to it, and what
 * the vDSO's code is asked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "core/internal.h"
#include "linux-box.h"

static struct lfi_regs registers(long number, const uint64_t arg[6])
{
    return (struct lfi_regs){
        CALL_REGISTERS((uint64_t)number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5])};
}

#define LIGHT(box, answer, number, ...) \
    light_call(box, answer, number, (const uint64_t[6]){__VA_ARGS__})

/* Only the light way: its answer, and the result. */
static long light_call(struct box *box, enum lfi_light *answer, long number, const uint64_t arg[6])
{
    struct lfi_regs regs = registers(number, arg);
    *answer = serve_light(box->process->main->context, &regs);
    return (long)regs.CALL_RESULT;
}

static long full_call(struct box *box, long number, const uint64_t arg[6])
{
    struct lfi_regs regs = registers(number, arg);
    lfi_linux_hook_fn *hook = box->process->hook;
    struct thread *thread = box->process->main;
    linux_serve(thread->context, &regs);
    assert_ptr_equal(box->process->hook, hook);
    return (long)regs.CALL_RESULT;
}

/* A box in which 3 is a file, 4 a memfd, 5 a directory that only the box has, 6 nothing. */
static void make(struct box *box)
{
    char path[] = "/tmp/lfi-light-XXXXXX";
    struct lfi_linux_options options = {0};
    box_new(box, &options);
    int host = mkstemp(path);
    assert_true(host >= 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(write(host, "0123456789", 10), 10);
    struct linux_file *file = linux_file_new(host, true, NULL);
    assert_int_equal(linux_fdtable_put(&box->process->files, file, 3, false), 3);
    assert_int_equal(BOX_CALL(box, SYS_memfd_create, box_first(box, "m"), 0), 4);
    assert_int_equal(lfi_copy_out(box->box, box->page, "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1", 16), 0);
}

/* What depends on when it is asked. */
static bool varies(long number)
{
    return number == SYS_clock_gettime || number == SYS_times || number == SYS_lseek ||
           number == SYS_getrandom || number == SYS_read || number == SYS_write ||
#ifdef SYS_time
           number == SYS_time ||
#endif
           number == SYS_rt_sigprocmask;
}

/* Every light call, with good and bad arguments in every place. */
static void both_ways_say_the_same(void **state)
{
    struct rlimit before, small = {1 << 20, 1 << 20};
    struct box box;
    unsigned light_calls = 0;
    (void)state;
    make(&box);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    const uint64_t values[] = {0, 3, 4, 6, box.page, box.page + lfi_page_size() - 4, 9, UINT64_MAX};
    enum { VALUES = sizeof values / sizeof *values };
    for (long number = 0; number < CALLS_MAX; number++) {
        const struct entry *entry = &linux_calls[number];
        unsigned answered = 0;
        if (!entry->light)
            continue;
        light_calls++;
        assert_true(entry->count <= 6);
        unsigned cases = 1;
        for (unsigned i = 0; i < entry->count && i < 3; i++)
            cases *= VALUES;
        for (unsigned n = 0; n < cases; n++) {
            uint64_t arg[6] = {values[n % VALUES], values[n / VALUES % VALUES],
                               values[n / VALUES / VALUES], 8};
            enum lfi_light answer;
            if (number == SYS_fallocate && arg[2] > 0xfff)
                continue; /* sizes that a disk may have */
            long full = full_call(&box, number, arg);
            long light = light_call(&box, &answer, number, arg);
            assert_null(box.process->main->held);
            assert_false(box.process->main->answered);
            if (answer == LFI_LIGHT_NOT)
                continue;
            answered++;
            if (full != light && !(varies(number) && full >= 0 && light >= 0))
                fail_msg("%s(%lx, %lx, %lx): %ld, but %ld in the light way", entry->name, arg[0],
                         arg[1], arg[2], full, light);
        }
        bool clock = entry->light == linux_sys_light_clock_gettime ||
                     entry->light == linux_sys_light_gettimeofday;
        if (!answered && !(clock && !box.process->clock))
            fail_msg("%s is never answered in the light way", entry->name);
    }
    assert_true(light_calls > 25);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    box_free(&box);
}

static bool hook(struct lfi_linux_call *call, void *data)
{
    (void)call, (void)data;
    return false;
}

/* What it must not do. */
static void left_to_the_other(void **state)
{
    struct box box;
    enum lfi_light answer;
    struct linux_given given;
    (void)state;
    make(&box);
    struct lfi_process *process = box.process;
    struct linux_file *file = process->files.slots[3];
    assert_int_equal(LIGHT(&box, &answer, SYS_lseek, 3, 0, SEEK_SET), 0);
    assert_int_equal(answer, LFI_LIGHT_DONE);
    LIGHT(&box, &answer, SYS_lseek, 4, 0, SEEK_SET); /* a memfd */
    assert_int_equal(answer, LFI_LIGHT_NOT);
    file->given = &given;
    LIGHT(&box, &answer, SYS_lseek, 3, 0, SEEK_SET);
    assert_int_equal(answer, LFI_LIGHT_NOT);
    file->given = NULL;
    file->map = LINUX_PLACE_VIRTUAL;
    LIGHT(&box, &answer, SYS_lseek, 3, 0, SEEK_SET);
    assert_int_equal(answer, LFI_LIGHT_NOT);
    file->map = LINUX_PLACE_NONE;
    process->hook = hook;
    process->watched = true;
    LIGHT(&box, &answer, SYS_getpid, 0);
    assert_int_equal(answer, LFI_LIGHT_NOT);
    process->hook = NULL;
    process->watched = false;
    for (long number = -2; number <= CALLS_MAX + 1; number += number == 1 ? CALLS_MAX - 3 : 1) {
        if (number >= 0 && number < 2)
            continue;
        LIGHT(&box, &answer, number, 0);
        assert_int_equal(answer, LFI_LIGHT_NOT);
    }
    /* in a call of the host: only what does not reach it */
    process->main->hosted = true;
    assert_int_equal(LIGHT(&box, &answer, SYS_getpid, 0), process->pid);
    assert_int_equal(answer, LFI_LIGHT_DONE);
    LIGHT(&box, &answer, SYS_getuid, 0);
    assert_int_equal(answer, LFI_LIGHT_NOT);
    LIGHT(&box, &answer, SYS_futex, box.page, 1 /* FUTEX_WAKE */, 1);
    assert_int_equal(answer, LFI_LIGHT_NOT);
    process->main->hosted = false;
    box_free(&box);
}

/* A file is not closed under a call, if there are other threads. */
static void files_are_held(void **state)
{
    struct lfi_host_call call;
    struct box box;
    enum lfi_light answer;
    (void)state;
    make(&box);
    struct lfi_process *process = box.process;
    struct thread *thread = process->main;
    struct lfi_regs regs = registers(SYS_lseek, (const uint64_t[6]){3, 4, SEEK_SET});
    process->thread_count++;
    assert_int_equal(linux_serve_light(thread->context, &regs, &call), LFI_LIGHT_HOST);
    int host = (int)call.arg[0];
    assert_ptr_equal(thread->held, process->files.slots[3]);
    assert_int_equal(linux_fdtable_close(&process->files, 3), 0); /* another thread */
    assert_true(fcntl(host, F_GETFD) >= 0);
    assert_false(linux_light_done(thread->context, &regs, 4)); /* the last reference */
    assert_true(fcntl(host, F_GETFD) >= 0);
    linux_serve(thread->context, &regs);
    assert_int_equal(regs.CALL_RESULT, 4);
    assert_null(thread->held);
    assert_int_equal(fcntl(host, F_GETFD), -1);
    /* the table is in use */
    process->files.lock = 1;
    LIGHT(&box, &answer, SYS_lseek, 4, 0, SEEK_SET);
    assert_int_equal(answer, LFI_LIGHT_NOT);
    assert_null(thread->held);
    process->files.lock = 0;
    process->thread_count--;
    box_free(&box);
}

/* Signals of the box, and the end of the process, come after the call, once. */
static void signals_take_the_full_way(void **state)
{
    const uint64_t urgent = 1ull << (SIGURG - 1); /* ignored by default */
    struct box box;
    enum lfi_light answer;
    int ends[2];
    (void)state;
    make(&box);
    struct thread *thread = box.process->main;
    struct lfi_regs regs =
        registers(SYS_rt_sigprocmask, (const uint64_t[6]){SIG_SETMASK, box.page + 64, 0, 8});
    thread->mask = urgent;
    atomic_store(&thread->pending, urgent);
    assert_int_equal(LIGHT(&box, &answer, SYS_getpid, 0), box.process->pid);
    assert_int_equal(answer, LFI_LIGHT_DONE); /* blocked */
    assert_int_equal(serve_light(thread->context, &regs), LFI_LIGHT_NOT);
    assert_true(thread->answered);
    assert_int_equal(thread->mask, 0);
    assert_int_equal(atomic_load(&thread->pending), urgent);
    linux_serve(thread->context, &regs);
    assert_false(thread->answered);
    assert_int_equal(regs.CALL_RESULT, 0);
    assert_int_equal(atomic_load(&thread->pending), 0);

    /* SIGPIPE ends it; the call is not made a second time */
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(close(ends[0]), 0);
    struct linux_file *file = linux_file_new(ends[1], true, NULL);
    assert_int_equal(linux_fdtable_put(&box.process->files, file, 7, false), 7);
    signal(SIGPIPE, SIG_IGN); /* lfi-run blocks it */
    regs = registers(SYS_write, (const uint64_t[6]){7, box.page, 1});
    assert_int_equal(serve_light(thread->context, &regs), LFI_LIGHT_NOT);
    assert_true(thread->answered);
    assert_false(atomic_load(&box.process->ending));
    linux_serve(thread->context, &regs);
    assert_int_equal((long)regs.CALL_RESULT, -EPIPE);
    assert_true(atomic_load(&box.process->ending));
    assert_int_equal(box.process->result.signal, SIGPIPE);
    LIGHT(&box, &answer, SYS_getpid, 0);
    assert_int_equal(answer, LFI_LIGHT_NOT);
    box_free(&box);
}

/* The kernel's own clock_gettime is understood, and says what libc's says. */
static void the_vdso_is_understood(void **state)
{
    linux_clock_fn *clock = linux_vdso_clock();
    struct timespec before, now, after;
    (void)state;
    if (!getauxval(AT_SYSINFO_EHDR))
        skip();
    assert_non_null(clock);
    for (clockid_t id = CLOCK_REALTIME; id <= CLOCK_BOOTTIME; id++) {
        assert_int_equal(clock_gettime(id, &before), 0);
        assert_int_equal(clock(id, &now), 0);
        assert_int_equal(clock_gettime(id, &after), 0);
        double was = (double)before.tv_sec + (double)before.tv_nsec / 1e9;
        double is = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
        assert_true(is >= was && is <= (double)after.tv_sec + (double)after.tv_nsec / 1e9);
    }
    assert_int_equal(clock(9999, &now), -EINVAL);
}

/* A new context is like the one that it replaces. */
static void contexts_stay_light(void **state)
{
    struct linux_frozen *frozen;
    struct box box;
    (void)state;
    box_new(&box, &(struct lfi_linux_options){.restricted = true});
    struct thread *thread = box.process->main;
    thread->hosted = true;
    assert_int_equal(linux_freeze(box.process, &frozen), 0);
    assert_int_equal(linux_thaw(box.process, frozen, true), 0);
    assert_true((thread->context->light != NULL) == LINUX_LIGHT);
    assert_true((thread->context->light_done != NULL) == LINUX_LIGHT);
    linux_frozen_free(frozen);
    box_free(&box);
}

static void *wait_for_end(void *data)
{
    pthread_mutex_lock(data);
    pthread_mutex_unlock(data);
    return NULL;
}

/* Of clocks that are named by a process or thread, a box has its own, whoever answers. */
static void clocks_are_its_own(void **state)
{
    pthread_mutex_t end = PTHREAD_MUTEX_INITIALIZER;
    struct timespec now = {0, 0};
    pthread_t other;
    clockid_t others;
    struct box box;
    (void)state;
    box_new(&box, &(struct lfi_linux_options){.restricted = true});
    assert_int_equal(lfi_copy_out(box.box, box.page, &now, sizeof now), 0);
    pthread_mutex_lock(&end);
    assert_int_equal(pthread_create(&other, NULL, wait_for_end, &end), 0);
    assert_int_equal(pthread_getcpuclockid(other, &others), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        pause();
        _exit(0);
    }
    const struct {
        uint32_t clock;
        bool good, sleeps;
    } clocks[] = {
        {~0u << 3 | 2, true, true},                         /* this process */
        {~(uint32_t)box.process->pid << 3 | 2, true, true}, /* the same */
        {~0u << 3 | 6, true, false},                        /* this thread */
        {~(uint32_t)box.process->main->tid << 3 | 6, true, false},
        {~(uint32_t)child << 3 | 0, false, false},
        {~(uint32_t)child << 3 | 1, false, false},
        {~(uint32_t)child << 3 | 2, false, false},
        {~(uint32_t)child << 3 | 6, false, false},
        {(uint32_t)others, false, false}, /* a thread of the host */
        {~0u << 3 | 3, false, false},     /* what is behind descriptor 0 of the host */
    };
    assert_int_equal(syscall(SYS_clock_gettime, clocks[6].clock, &now), 0); /* there is one */
    assert_int_equal(syscall(SYS_clock_gettime, others, &now), 0);
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        for (int full = 0; full < 2; full++) {
            long expected = clocks[i].good ? 0 : -EINVAL, sleeps = expected;
            if (clocks[i].good && !clocks[i].sleeps)
                sleeps = -EINVAL;
            box.process->hook = full ? hook : NULL;
            if (BOX_CALL(&box, SYS_clock_gettime, clocks[i].clock, box.page + 64) != expected ||
                BOX_CALL(&box, SYS_clock_getres, clocks[i].clock, box.page + 64) != expected ||
                BOX_CALL(&box, SYS_clock_nanosleep, clocks[i].clock, TIMER_ABSTIME, box.page) !=
                    sleeps)
                fail_msg("clock %zu", i);
        }
    }
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    pthread_mutex_unlock(&end);
    pthread_join(other, NULL);
    box_free(&box);
}

#include "general.h" /* code, of the architecture */

static void code_is_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        uint8_t *copy = malloc(codes[i].size); /* ASan sees reads beyond it */
        memcpy(copy, codes[i].bytes, codes[i].size);
        if (linux_arch_general(copy, codes[i].size, 0) != codes[i].good)
            fail_msg("code %zu: %s", i, codes[i].why);
        /* cut anywhere, it leads out of the code */
        for (size_t size = 0; size < codes[i].size; size++)
            assert_false(linux_arch_general(copy, size, 0) && !codes[i].good);
        free(copy);
    }
    assert_false(linux_arch_general("", 0, 0));
    assert_false(linux_arch_general(codes[0].bytes, codes[0].size, codes[0].size));
    assert_false(linux_arch_general(codes[0].bytes, codes[0].size, UINT64_MAX));
}

/* Descriptor 0 of a box is its host's: fchown() would change /dev/null, where that is the standard
 * input. */
static int own_input(void **state)
{
    (void)state;
    int file = memfd_create("input", MFD_CLOEXEC);
    int failed = file < 0 || dup2(file, 0) != 0;
    close(file);
    return failed;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_say_the_same), cmocka_unit_test(left_to_the_other),
        cmocka_unit_test(files_are_held),         cmocka_unit_test(signals_take_the_full_way),
        cmocka_unit_test(the_vdso_is_understood), cmocka_unit_test(code_is_judged),
        cmocka_unit_test(clocks_are_its_own),     cmocka_unit_test(contexts_stay_light),
    };
    return cmocka_run_group_tests(tests, own_input, NULL);
}
