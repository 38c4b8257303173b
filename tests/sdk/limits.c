// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* For limits.sh: uses up what its argument says and tells what stopped it. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *wait_forever(void *data)
{
    pause();
    return data;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int count = 0;
    if (!strcmp(what, "memory") || !strcmp(what, "resident")) {
        size_t size = 1 << 20;
        for (char *memory; (memory = malloc(size)); count++) {
            memset(memory, 1, size);
            *(char *volatile *)memory = memory; /* the compiler must not leave it out */
            while (count == 128 && what[0] == 'r')
                pause(); /* until the host looks, however late */
        }
    } else if (!strcmp(what, "descriptors")) {
        while (dup(1) >= 0)
            count++;
    } else if (!strcmp(what, "threads")) {
        pthread_t thread;
        while (!(errno = pthread_create(&thread, NULL, wait_forever, NULL)))
            count++;
    } else if (!strcmp(what, "processor")) {
        for (volatile int i = 0;; i++)
            continue;
    } else {
        return 2;
    }
    printf("%s: %s after %d\n", what, strerror(errno), count);
    fflush(stdout);
    _exit(0);
}
