// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Signals that a program sends to itself: handlers, masks, alternate stacks,
 * other threads. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t seen, nested, on_stack;
static volatile sig_atomic_t interrupting;
static atomic_bool woken;
static char alternate[32768];
static sigjmp_buf back;

static void note(int number)
{
    seen = seen * 10 + (number == SIGUSR1 ? 1 : number == SIGUSR2 ? 2 : 3);
}

static void explain(int number, siginfo_t *info, void *context)
{
    char here;
    (void)context;
    on_stack = &here >= alternate && &here < alternate + sizeof alternate;
    seen = info->si_signo == number && info->si_pid == getpid();
}

static void nest(int number)
{
    nested++;
    if (nested < 3)
        raise(number); /* blocked until this one returns */
    nested += 10;
}

static void interrupt(int number)
{
    interrupting = number;
}

static void leave(int number)
{
    siglongjmp(back, number);
}

static void *wait_for_signal(void *data)
{
    char byte;
    ssize_t count = read(*(int *)data, &byte, 1);
    bool interrupted = count == -1 && errno == EINTR;
    woken = true;
    return (void *)(long)interrupted;
}

int main(void)
{
    struct sigaction action = {.sa_handler = note};
    sigset_t set, old;

    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &action, NULL);
    int registers[8];
    for (int i = 0; i < 8; i++)
        registers[i] = i * getpid();
    raise(SIGUSR1);
    kill(getpid(), SIGUSR2);
    int kept = 1;
    for (int i = 0; i < 8; i++)
        kept &= registers[i] == i * getpid();
    printf("seen %d, registers kept %d\n", seen, kept);

    seen = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    raise(SIGUSR1);
    printf("blocked %d", seen);
    sigpending(&set);
    printf(", pending %d", sigismember(&set, SIGUSR1));
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf(", then %d\n", seen);

    action.sa_handler = nest;
    sigaction(SIGUSR2, &action, NULL);
    raise(SIGUSR2);
    printf("nested %d\n", nested);

    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    sigaltstack(&stack, NULL);
    memset(&action, 0, sizeof action);
    action.sa_sigaction = explain;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    sigaction(SIGUSR1, NULL, &action);
    printf("information %d, alternate stack %d, reset %d\n", seen, on_stack,
           action.sa_handler == SIG_DFL);

    memset(&action, 0, sizeof action);
    action.sa_handler = leave;
    sigaction(SIGUSR1, &action, NULL);
    int number = sigsetjmp(back, 1);
    if (!number)
        raise(SIGUSR1);
    sigprocmask(SIG_BLOCK, NULL, &set);
    printf("left by jump %d, mask restored %d\n", number == SIGUSR1, !sigismember(&set, SIGUSR1));

    action.sa_handler = note;
    sigaction(SIGUSR1, &action, NULL);
    seen = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    sigemptyset(&set);
    int result = sigsuspend(&set);
    printf("suspended %d %d, seen %d\n", result, errno == EINTR, seen);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_UNBLOCK, &set, NULL);

    int ends[2];
    pthread_t thread;
    void *interrupted;
    if (pipe(ends))
        return 1;
    pthread_create(&thread, NULL, wait_for_signal, ends);
    action.sa_handler = interrupt;
    sigaction(SIGUSR1, &action, NULL);
    while (!woken) { /* again, if it did not wait yet */
        pthread_kill(thread, SIGUSR1);
        usleep(1000);
    }
    pthread_join(thread, &interrupted);
    printf("thread interrupted %ld, seen %d\n", (long)interrupted, interrupting == SIGUSR1);

    signal(SIGPIPE, note);
    seen = 0;
    close(ends[0]);
    result = (int)write(ends[1], "x", 1);
    printf("broken pipe %d %d, seen %d\n", result, errno == EPIPE, seen);
    signal(SIGPIPE, SIG_IGN);
    seen = 0;
    result = (int)write(ends[1], "x", 1);
    printf("ignored %d %d, seen %d\n", result, errno == EPIPE, seen);
    fflush(stdout);
    signal(SIGPIPE, SIG_DFL);
    (void)!write(ends[1], "x", 1);
    puts("never here");
    return 0;
}
