// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Threads that block a signal never hear of it: no call of theirs ends with EINTR. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { SIGNALS = 2000, KINDS = 4 };

static int ends[2];
static sem_t posted;
static atomic_int over, interrupted[KINDS];
static volatile sig_atomic_t handled;

static void count(int number)
{
    (void)number;
    handled++;
}

static int wait_once(long kind)
{
    struct timespec time = {.tv_nsec = 1000000};
    char byte;
    switch (kind) {
    case 0:
        return (int)read(ends[0], &byte, 1);
    case 1:
        return nanosleep(&time, NULL);
    case 2:
        return poll(NULL, 0, 1);
    default:
        return sem_wait(&posted);
    }
}

static void *waits(void *kind)
{
    while (!over) {
        if (wait_once((long)kind) < 0 && errno == EINTR)
            interrupted[(long)kind]++;
    }
    return NULL;
}

int main(void)
{
    struct sigaction action = {.sa_handler = count};
    pthread_t threads[KINDS];
    sigset_t all, before;
    if (pipe(ends) || sem_init(&posted, 0, 0) || sigaction(SIGUSR1, &action, NULL))
        return 1;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (long i = 0; i < KINDS; i++)
        pthread_create(&threads[i], NULL, waits, (void *)i);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    for (int i = 0; i < SIGNALS; i++) {
        kill(getpid(), SIGUSR1);
        if (i % 16 == 0)
            nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    }
    over = 1;
    (void)!write(ends[1], "x", 1);
    sem_post(&posted);
    for (int i = 0; i < KINDS; i++)
        pthread_join(threads[i], NULL);
    printf("handled %d, interrupted: read %d, nanosleep %d, poll %d, sem_wait %d\n", handled,
           interrupted[0], interrupted[1], interrupted[2], interrupted[3]);
    return 0;
}
