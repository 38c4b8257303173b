// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * boxrt: the main() of a library in a box. Constructors have run; it tells the runtime what the host
 * needs besides the library's own functions, and rests. Calls of the host come on the stack below.
 * Everything here is ordinary code of the box, which the runtime does not trust.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <lfi/abi.h>

static void *rest(void *unused)
{
    syscall(LFI_CALL_REST, NULL);
    return unused; /* the thread of the host has ended: now destructors run */
}

/* A thread for one of the host: it does not run before the host wants it to. */
static int thread_new(size_t stack)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, stack);
    int error = pthread_create(&thread, &attributes, rest, NULL);
    pthread_attr_destroy(&attributes);
    return error;
}

int main(void)
{
    const uint64_t functions[LFI_REST_WORDS] = {
        LFI_REST_VERSION,
        [LFI_REST_THREAD_NEW] = (uintptr_t)thread_new,
        [LFI_REST_MALLOC] = (uintptr_t)malloc,
        [LFI_REST_CALLOC] = (uintptr_t)calloc,
        [LFI_REST_REALLOC] = (uintptr_t)realloc,
        [LFI_REST_MEMALIGN] = (uintptr_t)aligned_alloc,
        [LFI_REST_FREE] = (uintptr_t)free,
    };
    syscall(LFI_CALL_REST, functions);
    return 1; /* nobody continues the first thread: the runtime does not know the call */
}
