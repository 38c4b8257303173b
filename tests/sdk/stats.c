// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Makes calls that stats.sh knows the numbers and times of. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MEMORY (32u << 20)

static void *wait_a_little(void *data)
{
    usleep(50000);
    return data;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 123; i++)
        getppid(); /* light, without --stats */
    for (int i = 0; i < 45; i++)
        syscall(SYS_dup, 1000); /* fails */
    for (int i = 0; i < 6; i++)
        syscall(100000);
    for (int i = 0; i < 2; i++)
        if (pthread_create(&threads[i], NULL, wait_a_little, NULL))
            return 1;
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    char *volatile memory = malloc(MEMORY);
    if (!memory)
        return 1;
    memset(memory, 1, MEMORY);
    for (volatile int i = 0; i < 20000000; i++)
        continue;
    printf("%d\n", memory[MEMORY - 1]);
    return 7;
}
