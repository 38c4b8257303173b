// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Two threads that execute 4 instructions a round. */
#include <pthread.h>
#include <stdlib.h>

static void *work(void *argument)
{
    long rounds = *(const long *)argument + 1;

    __asm__ volatile("1:\tsubs %0, %0, #1\n\tnop\n\tnop\n\tb.ne 1b" : "+r"(rounds) : : "cc");
    return NULL;
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? atol(argv[1]) : 0;
    pthread_t threads[2];

    for (int i = 0; i < 2; i++)
        if (pthread_create(&threads[i], NULL, work, &rounds) != 0)
            return 1;
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
