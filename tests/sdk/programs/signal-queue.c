// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Signals with a value, and those that a thread waits for. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static char order[64];
static volatile sig_atomic_t used;

static void note(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (used > (int)sizeof order - 8)
        return;
    used += snprintf(order + used, sizeof order - (size_t)used, " %c%d",
                     number == SIGUSR1 ? 'u' : (char)('a' + number - SIGRTMIN),
                     info->si_value.sival_int);
}

static volatile sig_atomic_t taken;

static void *waits(void *set)
{
    siginfo_t info;
    int numbers = 0, number;
    while ((number = sigwaitinfo(set, &info)) != SIGTERM) {
        numbers = numbers * 10 + info.si_value.sival_int;
        taken++;
    }
    return (void *)(long)numbers;
}

static void send(int number, int value)
{
    sigqueue(getpid(), number, (union sigval){.sival_int = value});
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    sigset_t all, none, old;
    siginfo_t info;
    sigfillset(&all);
    sigemptyset(&none);
    for (int i = 0; i < 3; i++)
        sigaction(SIGRTMIN + i, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);

    sigprocmask(SIG_BLOCK, &all, &old);
    send(SIGRTMIN + 1, 1);
    send(SIGRTMIN + 1, 2);
    send(SIGUSR1, 3);
    send(SIGUSR1, 4); /* pending already */
    send(SIGRTMIN, 5);
    send(SIGRTMIN + 1, 6);
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("queued:%s\n", order);

    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN + 2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int result = sigtimedwait(&set, &info, &(struct timespec){0, 1000000});
    printf("nothing: %d %d\n", result, errno == EAGAIN);
    result = sigtimedwait(&set, &info, &(struct timespec){0, -1});
    printf("bad time: %d %d\n", result, errno == EINVAL);
    send(SIGRTMIN + 2, 7);
    result = sigtimedwait(&set, &info, &(struct timespec){0, 0});
    printf("at once: %d, code %d, value %d, sender %d\n", result == SIGRTMIN + 2,
           info.si_code == SI_QUEUE, info.si_value.sival_int, info.si_pid == getpid());
    raise(SIGUSR1);
    result = sigwaitinfo(&set, &info);
    printf("raised: %d, sender %d %d\n", result == SIGUSR1, info.si_pid == getpid(),
           info.si_uid == getuid());
    kill(getpid(), SIGUSR1);
    int number;
    result = sigwait(&set, &number);
    printf("sigwait: %d %d\n", result, number == SIGUSR1);

    /* interrupted by another signal: musl would wait on */
    sigset_t rest;
    struct itimerspec soon = {{0, 100000000}, {0, 100000000}}; /* the first may be too early */
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    timer_t timer;
    timer_create(CLOCK_REALTIME, &event, &timer);
    timer_settime(timer, 0, &soon, NULL);
    used = 0;
    result = (int)syscall(SYS_rt_sigtimedwait, &set, NULL, &(struct timespec){1000000, 0}, 8);
    printf("interrupted: %d %d", result, errno == EINTR);
    timer_delete(timer);
    printf(", handled%.3s\n", order);

    /* a thread for signals: all others block them */
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_t thread;
    void *numbers;
    pthread_create(&thread, NULL, waits, &set);
    for (int i = 1; i <= 4; i++) {
        send(SIGRTMIN + 2, i);
        usleep(2000);
    }
    send(SIGRTMIN + 2, 5);
    while (taken < 5) /* SIGTERM would be taken before those */
        usleep(1000);
    kill(getpid(), SIGTERM);
    pthread_join(thread, &numbers);
    printf("thread: %ld\n", (long)numbers);

    /* ignoring a signal forgets it */
    raise(SIGUSR1);
    signal(SIGUSR1, SIG_IGN);
    sigpending(&rest);
    printf("forgotten: %d\n", !sigismember(&rest, SIGUSR1));

    /* bad arguments */
    result = (int)syscall(SYS_rt_sigqueueinfo, getpid(), 65, &info);
    printf("number: %d %d\n", result, errno == EINVAL);
    result = (int)syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, NULL);
    printf("address: %d %d\n", result, errno == EFAULT);
    result = (int)syscall(SYS_rt_sigtimedwait, &set, NULL, NULL, 7);
    printf("size: %d %d\n", result, errno == EINVAL);
    stack_t stack = {.ss_sp = order, .ss_size = 1 << 20, .ss_flags = 64};
    result = sigaltstack(&stack, NULL);
    printf("alternate stack: %d %d", result, errno == EINVAL);
    stack = (stack_t){.ss_sp = order, .ss_size = 100};
    result = sigaltstack(&stack, NULL);
    printf(", %d %d", result, errno == ENOMEM);
    stack = (stack_t){.ss_flags = SS_DISABLE};
    printf(", %d\n", sigaltstack(&stack, NULL));
    return 0;
}
