// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A library with a main() of its own instead of boxrt's, which says wrong things about itself. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <lfi/abi.h>

#define EXPORT __attribute__((visibility("default"), noinline))

static int way;
EXPORT void choose(int which)
{
    way = which;
}

/* A callback of the host, and whether the box is in a loop without end. */
static void (*call_host)(void);
static volatile int spins;
EXPORT void choose_callback(void (*callback)(void))
{
    call_host = callback;
}
EXPORT int is_spinning(void)
{
    return spins;
}
static void spin(void)
{
    for (spins = 1;;)
        ;
}

/* Calls the host in a thread of its own. */
static void *own_thread(void *unused)
{
    call_host();
    return unused;
}
EXPORT int start_own_thread(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, own_thread, NULL);
}

/* A timer that ends the process. */
EXPORT void arm(long microseconds)
{
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = microseconds}, NULL);
}

/*
 * Two threads of its own, one of which never makes a system call, the other sends signals to it, to
 * itself, and to whoever takes them; handlers unmap memory, return elsewhere, or do not return.
 */
static pthread_t target;
static sigjmp_buf place;
static char *volatile memory;

static void on_signal(int number, siginfo_t *info, void *context)
{
    static unsigned count;
    (void)number, (void)info, (void)context;
    if (++count % 7 == 0)
        munmap(memory, 65536);
    else if (count % 7 == 1)
        memory = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    else if (count % 7 == 2 && pthread_self() == target)
        siglongjmp(place, 1);
}

static void *counts(void *unused)
{
    target = pthread_self();
    sigsetjmp(place, 1);
    for (spins = 1;;)
        spins = 2;
    return unused;
}

static void *sends(void *unused)
{
    while (!spins)
        continue;
    for (unsigned i = 0;; i++) {
        if (i % 4 == 0)
            kill(getpid(), SIGUSR1);
        else
            pthread_kill(i % 4 == 1 ? pthread_self() : target, SIGUSR2);
    }
    return unused;
}

EXPORT int storm(void)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    pthread_t thread;
    spins = 0;
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &action, NULL);
    return pthread_create(&thread, NULL, counts, NULL) ||
           pthread_create(&thread, NULL, sends, NULL);
}

static void *rest(void *unused)
{
    if (way == 9)
        spin();
    syscall(LFI_CALL_REST, NULL);
    if (way == 11) /* calls the host when the host's thread has ended */
        call_host();
    if (way == 4) /* rests again at its end */
        syscall(LFI_CALL_REST, NULL);
    if (way == 5) /* or has none */
        *(volatile int *)0 = 0;
    return unused;
}

static void *no_rest(void *unused)
{
    return unused;
}

/* What makes a thread for the host. */
static int thread_new(size_t stack)
{
    pthread_t thread;
    (void)stack;
    switch (way) {
    case 1: /* makes none */
        return 0;
    case 2: /* two: the second is its own affair */
        pthread_create(&thread, NULL, rest, NULL);
        return pthread_create(&thread, NULL, no_rest, NULL);
    case 3: /* one that ends */
        return pthread_create(&thread, NULL, no_rest, NULL);
    case 6:
        abort();
    case 7:
        exit(5);
    case 8:
        spin();
        return 0;
    case 10: /* first calls the host, which may call back */
        call_host();
        return pthread_create(&thread, NULL, rest, NULL);
    default:
        return pthread_create(&thread, NULL, rest, NULL);
    }
}

/* An allocator of wild pointers. */
static uint64_t wild_malloc(uint64_t size)
{
    static const uint64_t wild[] = {8, 0x7fff00000000, UINT64_MAX, UINT64_MAX - 4096, 0x123456789};
    static unsigned next;
    (void)size;
    return wild[next++ % 5];
}
static uint64_t near_end(uint64_t alignment, uint64_t size)
{
    (void)size;
    return ((uint64_t)&way | 0xffffffff) - 0x30000 - alignment; /* in the box, but too short */
}

int main(void)
{
    uint64_t functions[LFI_REST_WORDS] = {LFI_REST_VERSION};
    functions[LFI_REST_THREAD_NEW] = (uintptr_t)thread_new;
    functions[LFI_REST_MALLOC] = (uintptr_t)wild_malloc;
    functions[LFI_REST_CALLOC] = 0x41414141; /* no code there */
    functions[LFI_REST_MEMALIGN] = (uintptr_t)near_end;
    syscall(LFI_CALL_REST, (void *)0x7fffffff0000); /* not in the box: refused */
    syscall(LFI_CALL_REST, functions);
    return 0;
}
