// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Timers that send signals: setitimer, alarm, timer_create. One thread of the host for each process
 * that has such timers sends the signals; the host's own timers would send them to the host. The
 * timers are under the process's lock.
 */
#include "process.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

enum { INTERVALS = 3, TIMERS_MAX = INTERVALS + 64 }; /* those of setitimer come first */

#define SECOND     1000000000ull
#define NEVER      UINT64_MAX
#define LATEST     (UINT64_MAX / 4) /* of times and intervals, so that nothing overflows */
#define FINEST     200000           /* ns between two looks: what comes sooner is an overrun */
#define LOOK_AGAIN SECOND /* ns: a clock that can be set, or the processor's, is not ours */
#define STACK      (64 * 1024)

/* The kernel's posix-timers.h: the processor time of a thread or of this process. */
#define THREAD_CLOCK(tid)  ((clockid_t)(~(unsigned)(tid) << 3 | 6))
#define PROCESS_CLOCK_USER ((clockid_t)(~0u << 3 | 1))

struct timer {
    bool used;
    clockid_t clock;
    int owner;  /* the thread of the box whose processor time its clock is, or 0 */
    bool ended; /* that thread has: there is no such clock any more */
    int number; /* of the signal; 0: none */
    int tid;    /* to this thread of the box, or 0 */
    uint64_t value;
    uint64_t next;     /* when, by its clock, or 0 */
    uint64_t interval; /* ns, or 0 */
    uint64_t overrun, last_overrun;
};

struct linux_timers {
    pthread_t thread;
    bool running, stopping;
    pthread_cond_t changed;
    struct timer at[TIMERS_MAX];
};

static uint64_t now(clockid_t clock)
{
    struct timespec time;
    if (clock_gettime(clock, &time))
        return 0;
    return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

static bool is_processor_clock(clockid_t clock)
{
    return clock < 0 || clock == CLOCK_PROCESS_CPUTIME_ID;
}

/* Its entry in the queue, or NULL. */
static struct linux_signal *pending_signal(struct lfi_process *process, int id)
{
    for (unsigned i = 0; i < process->queued_count; i++) {
        if (process->queued[i].timer == id + 1)
            return &process->queued[i];
    }
    return NULL;
}

/* As linux_signal_send(). */
static int send(struct lfi_process *process, int id)
{
    struct timer *timer = &process->timers->at[id];
    struct linux_signal signal = {.number = timer->number};
    struct thread *thread = NULL;
    signal.info.number = timer->number;
    signal.info.code = SI_KERNEL;
    if (id >= INTERVALS) {
        signal.timer = id + 1;
        signal.info.code = SI_TIMER;
        signal.info.first = id - INTERVALS;
        signal.info.value = timer->value;
    }
    if (timer->tid) {
        thread = linux_thread_find(process, timer->tid);
        if (!thread)
            return 0;
    }
    return linux_signal_send(process, thread, &signal);
}

/* What a look at a timer finds: 1 if its signal ends the process. */
static int look(struct lfi_process *process, int id)
{
    struct timer *timer = &process->timers->at[id];
    uint64_t time = now(timer->clock);
    if (time < timer->next)
        return 0;
    uint64_t missed = timer->interval ? (time - timer->next) / timer->interval : 0;
    timer->next = timer->interval ? timer->next + (missed + 1) * timer->interval : 0;
    struct linux_signal *waiting = pending_signal(process, id);
    if (waiting)
        timer->overrun += missed + 1;
    else
        timer->overrun = missed;
    return waiting || !timer->number ? 0 : send(process, id);
}

void linux_timer_delivered(struct lfi_process *process, struct linux_signal *signal)
{
    struct timer *timer = &process->timers->at[signal->timer - 1];
    timer->last_overrun = timer->overrun < INT_MAX ? timer->overrun : INT_MAX;
    signal->info.second = (int)timer->last_overrun;
}

/* How long the thread may sleep for a timer. */
static uint64_t time_to(const struct lfi_process *process, const struct timer *timer)
{
    if (!timer->used || !timer->next)
        return NEVER;
    uint64_t time = now(timer->clock), rest = time < timer->next ? timer->next - time : 0;
    if (timer->clock == CLOCK_PROCESS_CPUTIME_ID || timer->clock == PROCESS_CLOCK_USER)
        rest /= process->thread_count + 1;
    bool steady = timer->clock == CLOCK_MONOTONIC || timer->clock == CLOCK_BOOTTIME;
    if (is_processor_clock(timer->clock) && rest < 1000000)
        rest = 1000000;
    return !steady && rest > LOOK_AGAIN ? LOOK_AGAIN : rest;
}

static void *run(void *data)
{
    struct lfi_process *process = data;
    struct linux_timers *timers = process->timers;
    pthread_mutex_lock(&process->lock);
    while (!timers->stopping) {
        uint64_t start = now(CLOCK_THREAD_CPUTIME_ID), rest = NEVER;
        struct lfi_linux_result result = {.end = LFI_LINUX_KILLED};
        bool ending = atomic_load(&process->ending);
        for (int i = 0; i < TIMERS_MAX && !ending; i++) {
            struct timer *timer = &timers->at[i];
            if (timer->used && timer->next && look(process, i) > 0)
                result.signal = timer->number;
            uint64_t time = time_to(process, timer);
            rest = time < rest ? time : rest;
        }
        if (linux_signals_insist(process) && rest > LINUX_SOON)
            rest = LINUX_SOON;
        process->processor_used += now(CLOCK_THREAD_CPUTIME_ID) - start;
        if (result.signal) {
            pthread_mutex_unlock(&process->lock);
            linux_process_kill(process, &result);
            pthread_mutex_lock(&process->lock);
            continue;
        }
        uint64_t end = now(CLOCK_MONOTONIC) + (rest < FINEST ? FINEST : rest);
        struct timespec until = {(time_t)(end / SECOND), (long)(end % SECOND)};
        if (timers->stopping)
            break;
        if (rest == NEVER)
            pthread_cond_wait(&timers->changed, &process->lock);
        else
            pthread_cond_timedwait(&timers->changed, &process->lock, &until);
    }
    pthread_mutex_unlock(&process->lock);
    return NULL;
}

/* The process's lock is held. */
static int start(struct lfi_process *process)
{
    struct linux_timers *timers = process->timers;
    pthread_condattr_t clock;
    pthread_attr_t attributes;
    sigset_t all, before;
    if (timers)
        return 0;
    timers = calloc(1, sizeof *timers);
    if (!timers)
        return -EAGAIN;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&timers->changed, &clock);
    pthread_condattr_destroy(&clock);
    process->timers = timers;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    sigfillset(&all); /* no signal of the host is for it */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    timers->running = !pthread_create(&timers->thread, &attributes, run, process);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (timers->running)
        return 0;
    pthread_cond_destroy(&timers->changed);
    free(timers);
    process->timers = NULL;
    return -EAGAIN;
}

void linux_timers_stop(struct lfi_process *process)
{
    struct linux_timers *timers = process->timers;
    if (!timers)
        return;
    pthread_mutex_lock(&process->lock);
    timers->stopping = true;
    pthread_cond_signal(&timers->changed);
    pthread_mutex_unlock(&process->lock);
    pthread_join(timers->thread, NULL);
    pthread_mutex_lock(&process->lock);
    process->timers = NULL;
    pthread_mutex_unlock(&process->lock);
    pthread_cond_destroy(&timers->changed);
    free(timers);
}

bool linux_timers_exist(const struct lfi_process *process)
{
    bool exist = false;
    for (int i = 0; process->timers && i < TIMERS_MAX; i++) {
        const struct timer *timer = &process->timers->at[i];
        exist = exist || (timer->used && (i >= INTERVALS || timer->next));
    }
    return exist;
}

void linux_timers_leave(struct lfi_process *process, int tid)
{
    for (int i = INTERVALS; process->timers && i < TIMERS_MAX; i++) {
        struct timer *timer = &process->timers->at[i];
        if (timer->owner != tid)
            continue;
        timer->ended = true;
        timer->next = 0;
    }
}

/* ---- the calls ------------------------------------------------------------------------------- */

struct times {
    uint64_t interval, value; /* ns */
};

/* Seconds and a fraction of them, of `unit` ns. */
static bool read_time(const int64_t given[2], uint64_t unit, uint64_t *ns)
{
    if (given[0] < 0 || given[1] < 0 || (uint64_t)given[1] >= SECOND / unit)
        return false;
    bool far = (uint64_t)given[0] >= LATEST / SECOND;
    *ns = far ? LATEST : (uint64_t)given[0] * SECOND + (uint64_t)given[1] * unit;
    return true;
}

/* struct itimerspec and struct itimerval, in the box. */
static int64_t copy_times(struct call *call, uint64_t address, uint64_t unit, struct times *times)
{
    int64_t given[4];
    if (lfi_copy_in(call->process->box, given, address, sizeof given))
        return -EFAULT;
    bool valid =
        read_time(given, unit, &times->interval) && read_time(given + 2, unit, &times->value);
    return valid ? 0 : -EINVAL;
}

static int64_t tell_times(struct call *call, uint64_t address, uint64_t unit, struct times times)
{
    uint64_t told[4] = {times.interval / SECOND, times.interval % SECOND / unit,
                        times.value / SECOND, times.value % SECOND / unit};
    if (times.value && !told[2] && !told[3])
        told[3] = 1;
    return lfi_copy_out(call->process->box, address, told, sizeof told);
}

static struct times times_of(const struct timer *timer)
{
    struct times times = {.interval = timer->interval};
    if (timer->used && timer->next) {
        uint64_t time = now(timer->clock);
        times.value = time < timer->next ? timer->next - time : 1;
    }
    return times;
}

/* The process's lock is held. */
static void set(struct lfi_process *process, struct timer *timer, struct times times, bool absolute)
{
    timer->interval = times.value ? times.interval : 0;
    timer->next = times.value ? times.value + (absolute ? 0 : now(timer->clock)) : 0;
    timer->overrun = timer->last_overrun = 0;
    pthread_cond_signal(&process->timers->changed);
}

/* Sets one of the three of setitimer(2), if `new`; *old is what it was. */
static int64_t set_interval(struct call *call, int which, const struct times *new,
                            struct times *old)
{
    static const struct {
        clockid_t clock;
        int number;
    } kinds[INTERVALS] = {
        {CLOCK_MONOTONIC, SIGALRM},
        {PROCESS_CLOCK_USER, SIGVTALRM},
        {CLOCK_PROCESS_CPUTIME_ID, SIGPROF},
    };
    struct lfi_process *process = call->process;
    pthread_mutex_lock(&process->lock);
    int64_t error = start(process);
    if (!error) {
        struct timer *timer = &process->timers->at[which];
        timer->used = true;
        timer->clock = kinds[which].clock;
        timer->number = kinds[which].number;
        *old = times_of(timer);
        if (new)
            set(process, timer, *new, false);
    }
    pthread_mutex_unlock(&process->lock);
    return error;
}

HANDLER(getitimer)
{
    struct times old;
    if (call->arg[0] >= INTERVALS)
        return -EINVAL;
    int64_t error = set_interval(call, (int)call->arg[0], NULL, &old);
    return error ? error : tell_times(call, call->arg[1], 1000, old);
}

HANDLER(setitimer)
{
    struct times new = {0}, old;
    int64_t error = call->arg[1] ? copy_times(call, call->arg[1], 1000, &new) : 0;
    if (!error && call->arg[0] >= INTERVALS)
        error = -EINVAL;
    if (!error)
        error = set_interval(call, (int)call->arg[0], &new, &old);
    return error || !call->arg[2] ? error : tell_times(call, call->arg[2], 1000, old);
}

HANDLER(alarm)
{
    struct times new = {.value = (uint64_t)(uint32_t)call->arg[0] * SECOND}, old;
    int64_t error = set_interval(call, 0, &new, &old);
    uint64_t rounded = (old.value + SECOND / 2) / SECOND;
    return error ? 0 : !rounded && old.value ? 1 : (int64_t)rounded;
}

/* The kernel's struct sigevent. */
struct event {
    uint64_t value;
    int number, notify, tid, rest[11];
};

HANDLER(timer_create)
{
    struct lfi_process *process = call->process;
    struct event event = {.number = SIGALRM, .notify = SIGEV_SIGNAL};
    struct timer timer = {.used = true};
    switch ((int)call->arg[0]) {
    case CLOCK_REALTIME:
    case CLOCK_MONOTONIC:
    case CLOCK_BOOTTIME:
    case CLOCK_PROCESS_CPUTIME_ID:
        timer.clock = (clockid_t)call->arg[0];
        break;
    case CLOCK_THREAD_CPUTIME_ID:
        if (call->thread->hosted) /* between calls it would tell what the host's thread does */
            return -EINVAL;
        timer.clock = THREAD_CLOCK(syscall(SYS_gettid));
        timer.owner = call->thread->tid;
        break;
    default:
        return -EINVAL;
    }
    if (call->arg[1] && lfi_copy_in(process->box, &event, call->arg[1], sizeof event))
        return -EFAULT;
    bool to_thread = event.notify == SIGEV_THREAD_ID;
    if (event.notify != SIGEV_NONE && event.notify != SIGEV_SIGNAL && !to_thread)
        return -EINVAL;
    if (event.notify != SIGEV_NONE) {
        if (event.number < 1 || event.number > LINUX_SIGNALS)
            return -EINVAL;
        timer.number = event.number;
    }
    pthread_mutex_lock(&process->lock);
    int64_t error = 0;
    if (to_thread) {
        timer.tid = event.tid;
        error = linux_thread_find(process, event.tid) ? 0 : -EINVAL;
    }
    if (!error)
        error = start(process);
    int id = INTERVALS;
    while (!error && id < TIMERS_MAX && process->timers->at[id].used)
        id++;
    if (!error && id == TIMERS_MAX)
        error = -EAGAIN;
    if (!error) {
        timer.value = call->arg[1] ? event.value : (uint64_t)(id - INTERVALS);
        process->timers->at[id] = timer;
        id -= INTERVALS;
        error = lfi_copy_out(process->box, call->arg[2], &id, sizeof id);
        if (error)
            process->timers->at[id + INTERVALS].used = false;
    }
    pthread_mutex_unlock(&process->lock);
    return error;
}

/* Locks; NULL: there is no such timer, and no lock. */
static struct timer *find(struct lfi_process *process, uint64_t id)
{
    struct timer *timer = NULL;
    pthread_mutex_lock(&process->lock);
    if (process->timers && (uint32_t)id < TIMERS_MAX - INTERVALS)
        timer = &process->timers->at[(uint32_t)id + INTERVALS];
    if (timer && timer->used)
        return timer;
    pthread_mutex_unlock(&process->lock);
    return NULL;
}

HANDLER(timer_settime)
{
    struct times new, old;
    int64_t error = copy_times(call, call->arg[2], 1, &new);
    if (error)
        return error;
    struct timer *timer = find(call->process, call->arg[0]);
    if (!timer)
        return -EINVAL;
    error = timer->ended ? -ESRCH : 0;
    old = times_of(timer);
    if (!error)
        set(call->process, timer, new, call->arg[1] & TIMER_ABSTIME);
    pthread_mutex_unlock(&call->process->lock);
    return error || !call->arg[3] ? error : tell_times(call, call->arg[3], 1, old);
}

HANDLER(timer_gettime)
{
    const struct timer *timer = find(call->process, call->arg[0]);
    if (!timer)
        return -EINVAL;
    struct times times = times_of(timer);
    pthread_mutex_unlock(&call->process->lock);
    return tell_times(call, call->arg[1], 1, times);
}

HANDLER(timer_getoverrun)
{
    const struct timer *timer = find(call->process, call->arg[0]);
    if (!timer)
        return -EINVAL;
    int64_t overrun = (int64_t)timer->last_overrun;
    pthread_mutex_unlock(&call->process->lock);
    return overrun;
}

HANDLER(timer_delete)
{
    struct timer *timer = find(call->process, call->arg[0]);
    if (!timer)
        return -EINVAL;
    struct linux_signal *waiting = pending_signal(call->process, (int)call->arg[0] + INTERVALS);
    if (waiting)
        waiting->timer = 0; /* it is delivered all the same, and is no one's then */
    *timer = (struct timer){0};
    pthread_mutex_unlock(&call->process->lock);
    return 0;
}
