// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Handlers run in loops without system calls, which compute the same as without them. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static atomic_int ticks, nested, most, wakes, on_stack;
static _Thread_local int mine = 5;
static volatile double product = 1;
static char stack[65536];

static void on_tick(int number)
{
    char here;
    (void)number;
    if (&here >= stack && &here < stack + sizeof stack)
        on_stack++;
    product *= 1.0000001; /* clobbers vector registers, and reads thread-local data */
    mine++;
    ticks++;
}

static void on_user(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info, (void)context;
    int depth = ++nested;
    if (depth > most)
        most = depth;
    for (volatile int i = 0; i < 2000; i++)
        product *= 0.9999999;
    wakes++;
    nested--;
}

static uint64_t work(void)
{
    double sum = 0, power = 1;
    uint64_t hash = 14695981039346656037u;
    char text[300], copy[300];
    memset(text, 'x', sizeof text);
    for (int i = 1; i < 200000; i++) {
        power = power * 1.00001 + 1.0 / i;
        sum += power / (i + 1);
        hash = (hash ^ (uint64_t)i) * 1099511628211u;
        if (i % 100 == 0) {
            text[i % 300] = (char)i;
            memcpy(copy, text, sizeof copy);
            hash += (unsigned char)copy[(i * 7) % 300];
        }
    }
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    return hash ^ bits;
}

static pthread_t first;
static atomic_bool done;

static void *sender(void *data)
{
    (void)data;
    while (!done) {
        pthread_kill(first, SIGUSR1);
        usleep(100);
    }
    return NULL;
}

static void *spin(void *data)
{
    int old;
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
    *(atomic_bool *)data = true;
    for (volatile uint64_t i = 0;; i++)
        continue;
    return NULL;
}

int main(void)
{
    const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction tick = {.sa_handler = on_tick, .sa_flags = SA_ONSTACK};
    struct sigaction user = {.sa_sigaction = on_user, .sa_flags = SA_SIGINFO | SA_NODEFER};
    struct itimerval timer = {{0, 1000}, {0, 1000}};
    uint64_t expected = work(), rounds = 0, wrong = 0;
    pthread_t thread;

    sigaltstack(&alternate, NULL);
    sigaction(SIGALRM, &tick, NULL);
    sigaction(SIGUSR1, &user, NULL);
    first = pthread_self();
    sigset_t set; /* ticks are for this thread */
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_create(&thread, NULL, sender, NULL);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
    while (ticks < 50 || wakes < 200) {
        wrong += work() != expected;
        rounds++;
    }
    done = true;
    pthread_join(thread, NULL);
    memset(&timer, 0, sizeof timer);
    setitimer(ITIMER_REAL, &timer, NULL);
    printf("wrong: %d of many: %d\n", (int)wrong, rounds > 0);
    printf("thread-local: %d, on the alternate stack: %d\n", mine - 5 == ticks, on_stack == ticks);

    /* one tick at a time: the loop ends only if the handler runs within it */
    int before = ticks;
    timer.it_value.tv_usec = 1000;
    setitimer(ITIMER_REAL, &timer, NULL);
    while (ticks == before)
        continue;
    printf("a loop ended\n");

    for (int i = 0; i < 20; i++) {
        atomic_bool began = false;
        void *result;
        pthread_create(&thread, NULL, spin, &began);
        while (!began)
            continue;
        pthread_cancel(thread);
        pthread_join(thread, &result);
        if (result != PTHREAD_CANCELED)
            printf("not cancelled\n");
    }
    printf("cancelled\n");
    return 0;
}
