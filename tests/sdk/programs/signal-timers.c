// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Timers that send signals, and calls that they interrupt or not. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t count, code, value, write_to = -1;
static volatile sig_atomic_t alarms, again; /* how many were set; whether each sets the next */

/* In so many milliseconds, once. */
static void alarm_in(long milliseconds)
{
    struct itimerval time = {.it_value = {0, milliseconds * 1000}};
    alarms++;
    setitimer(ITIMER_REAL, &time, NULL);
}

static void note(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    count++;
    if (again)
        alarm_in(100);
    code = info->si_code;
    value = info->si_value.sival_int;
    if (write_to >= 0)
        (void)!write(write_to, "x", 1);
}

static void handle(int number, int flags)
{
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO | flags};
    sigaction(number, &action, NULL);
    count = alarms = 0;
}

/*
 * Before a wait, which an alarm ends: each sets the next one, for on a busy machine the first may
 * come before the wait begins. After it: whether each came once, but for one that is still to come.
 */
static void alarms_begin(void)
{
    again = 1;
    alarm_in(100);
}

static bool alarms_end(void)
{
    const struct itimerval none = {0};
    struct itimerval left;
    again = 0;
    setitimer(ITIMER_REAL, &none, &left);
    bool is_left = left.it_value.tv_sec || left.it_value.tv_usec;
    bool all = count > 0 && count + is_left == alarms;
    count = alarms = 0;
    return all;
}

static const char *outcome(long result)
{
    return result >= 0 ? "done" : errno == EINTR ? "interrupted" : strerror(errno);
}

static void *sends(void *thread)
{
    usleep(20000);
    pthread_kill(*(pthread_t *)thread, SIGALRM);
    return NULL;
}

static void *waits_in_vain(void *unused)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never = PTHREAD_COND_INITIALIZER;
    struct timespec until;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 300000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&lock);
    int result = pthread_cond_timedwait(&never, &lock, &until);
    pthread_mutex_unlock(&lock);
    (void)unused;
    return (void *)(intptr_t)result;
}

static void restarts(void)
{
    int ends[2];
    char byte;
    long result;
    if (pipe(ends))
        return;
    handle(SIGALRM, 0);
    alarms_begin();
    result = read(ends[0], &byte, 1);
    printf("read: %s, %d\n", outcome(result), alarms_end());

    handle(SIGALRM, SA_RESTART);
    write_to = ends[1];
    alarm_in(100);
    result = read(ends[0], &byte, 1);
    printf("read with SA_RESTART: %s, %d, byte %c\n", outcome(result), count, byte);
    write_to = -1;

    count = alarms = 0;
    struct timespec time = {1000000, 0}, rest = {0, 0};
    alarms_begin();
    result = nanosleep(&time, &rest);
    printf("nanosleep: %s, %d, rest %d\n", outcome(result), alarms_end(),
           rest.tv_sec > 990000 && rest.tv_sec < 1000000);
    struct pollfd fd = {.fd = ends[0], .events = POLLIN};
    alarms_begin();
    result = poll(&fd, 1, 1000000000);
    printf("poll: %s, %d\n", outcome(result), alarms_end());
    int epoll = epoll_create1(0);
    struct epoll_event event;
    alarms_begin();
    result = epoll_wait(epoll, &event, 1, 1000000000);
    printf("epoll_wait: %s, %d\n", outcome(result), alarms_end());

    pthread_t self = pthread_self(), other;
    pthread_create(&other, NULL, sends, &self);
    uint32_t word = 0;
    alarms_begin();
    result = syscall(SYS_futex, &word, 0, 0, &(struct timespec){1000000, 0}, NULL, 0);
    printf("futex with a timeout: %s\n", outcome(result));
    pthread_join(other, NULL);
    alarms_end();
    close(epoll);

    /* a signal that nobody handles interrupts nothing */
    signal(SIGALRM, SIG_IGN);
    alarm_in(100);
    result = poll(&fd, 1, 200);
    printf("ignored: poll %ld\n", result);
    close(ends[0]);
    close(ends[1]);
}

static void masks(void)
{
    sigset_t blocked, none, left;
    sigemptyset(&none);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGALRM);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    handle(SIGALRM, SA_RESTART);
    raise(SIGALRM);
    long result = ppoll(NULL, 0, &(struct timespec){5, 0}, &none);
    printf("ppoll: %s, %d\n", outcome(result), count);
    raise(SIGALRM);
    result = pselect(0, NULL, NULL, NULL, &(struct timespec){5, 0}, &none);
    printf("pselect: %s, %d\n", outcome(result), count);
    int epoll = epoll_create1(0), ends[2];
    struct epoll_event event = {.events = EPOLLIN};
    raise(SIGALRM);
    result = epoll_pwait(epoll, &event, 1, 5000, &none);
    printf("epoll_pwait: %s, %d\n", outcome(result), count);
    alarm_in(100);
    result = ppoll(NULL, 0, &(struct timespec){5, 0}, &none);
    printf("ppoll and a timer: %s, %d\n", outcome(result), count);
    alarm_in(10);
    do {
        result = ppoll(NULL, 0, &(struct timespec){0, 200000000}, &blocked);
        sigpending(&left);
    } while (result == 0 && !sigismember(&left, SIGALRM));
    printf("ppoll that blocks it: %ld, %d, pending %d\n", result, count,
           sigismember(&left, SIGALRM));
    if (pipe(ends) || write(ends[1], "x", 1) != 1)
        return;
    struct pollfd fd = {.fd = ends[0], .events = POLLIN};
    result = ppoll(&fd, 1, NULL, &none);
    printf("ppoll of what is ready: %ld, %d", result, count);
    sigprocmask(SIG_UNBLOCK, &blocked, NULL);
    printf(", then %d\n", count);
    close(epoll);
}

static void others(void)
{
    struct itimerval fast = {{0, 5000}, {0, 5000}}, none = {{0, 0}, {0, 0}}, now;
    pthread_t thread;
    void *result;
    handle(SIGALRM, SA_RESTART);
    pthread_create(&thread, NULL, waits_in_vain, NULL);
    setitimer(ITIMER_REAL, &fast, NULL);
    getitimer(ITIMER_REAL, &now);
    pthread_join(thread, &result);
    while (count <= 5)
        usleep(1000);
    setitimer(ITIMER_REAL, &none, &fast);
    printf("another thread's wait: %d, many signals %d, interval %d %d\n",
           (int)(intptr_t)result == ETIMEDOUT, count > 5, (int)now.it_interval.tv_usec,
           (int)fast.it_interval.tv_usec);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1};
    struct itimerspec once = {.it_value = {0, 10000000}}, state;
    timer_t timer;
    event.sigev_value.sival_int = 77;
    handle(SIGRTMIN + 1, 0);
    printf("timer_create %d", timer_create(CLOCK_MONOTONIC, &event, &timer));
    printf(", timer_settime %d\n", timer_settime(timer, 0, &once, NULL));
    while (!count)
        usleep(1000);
    timer_gettime(timer, &state);
    printf("timer: %d, code %d, value %d, left %ld\n", count, code == SI_TIMER, value,
           (long)state.it_value.tv_nsec);
    sigset_t set;
    siginfo_t info;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    once = (struct itimerspec){{0, 2000000}, {0, 2000000}};
    timer_settime(timer, 0, &once, NULL);
    int number, overruns = 0;
    for (int i = 0; i < 3; i++) { /* the third is sent after the second one was taken */
        usleep(20000);
        number = sigwaitinfo(&set, &info);
        overruns += i ? info.si_overrun : 0;
    }
    printf("overruns: %d, %d, %d\n", number == SIGRTMIN + 1, overruns > 3,
           timer_getoverrun(timer) >= info.si_overrun);
    printf("timer_delete %d", timer_delete(timer));
    printf(", again %d\n", timer_delete(timer) != 0);
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    printf("alarm %u", alarm(100));
    unsigned left = alarm(0);
    clock_gettime(CLOCK_MONOTONIC, &after);
    double past = (double)(after.tv_sec - before.tv_sec) + (after.tv_nsec - before.tv_nsec) / 1e9;
    printf(" %d\n", left <= 100 && left + past >= 99.5);

    /* in a loop of system calls that do not wait */
    handle(SIGVTALRM, 0);
    fast = (struct itimerval){{0, 0}, {0, 10000}};
    setitimer(ITIMER_VIRTUAL, &fast, NULL);
    while (!count)
        getppid();
    printf("processor time: %d\n", count);
    handle(SIGALRM, 0);
    alarm_in(10);
    while (!count)
        getppid();
    printf("loop of calls: %d\n", count);
}

int main(void)
{
    restarts();
    masks();
    others();
    fflush(stdout);
    signal(SIGALRM, SIG_DFL);
    alarm_in(100);
    while (true) /* without a system call: a signal that nothing handles ends this, too */
        atomic_signal_fence(memory_order_seq_cst);
}
