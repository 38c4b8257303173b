// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A library with a main() of its own instead of boxrt's, which says wrong things about itself. */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <lfi/abi.h>

#define EXPORT __attribute__((visibility("default"), noinline))

static int way;
EXPORT void choose(int which)
{
    way = which;
}

static void *rest(void *unused)
{
    syscall(LFI_CALL_REST, NULL);
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
