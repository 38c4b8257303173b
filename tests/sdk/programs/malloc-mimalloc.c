// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mimalloc as the malloc of a program: also of musl's own functions, and across threads.
#include <mimalloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 64, BLOCKS = 500 };

static void *passed_on[THREADS][BLOCKS];

static void show(const char *what, void *memory)
{
    printf("%s: %d\n", what, mi_check_owned(memory));
    free(memory);
}

// Each thread frees half of what it took; the main thread frees the rest.
static void *work(void *data)
{
    void **mine = data;
    for (int i = 0; i < BLOCKS; i++) {
        size_t size = 1 + (size_t)i * 37 % 5000;
        mine[i] = malloc(size);
        memset(mine[i], i, size);
    }
    for (int i = 0; i < BLOCKS; i += 2) {
        free(mine[i]);
        mine[i] = NULL;
    }
    return NULL;
}

int main(void)
{
    show("malloc", malloc(10));
    show("realloc", realloc(malloc(10), 3000000));
    show("strdup", strdup("text"));
    void *aligned = NULL;
    if (posix_memalign(&aligned, 65536, 100) != 0 || (uintptr_t)aligned % 65536 != 0)
        return 1;
    show("posix_memalign", aligned);
    show("aligned_alloc", aligned_alloc(64, 640));
    char *line = NULL;
    size_t room = 0;
    FILE *file = fmemopen("one line\n", 9, "r");
    if (getline(&line, &room, file) != 9)
        return 1;
    fclose(file);
    show("getline", line);
    unsigned char *zero = calloc(1000, 1000);
    int dirty = 0;
    for (int i = 0; i < 1000000; i++)
        dirty |= zero[i];
    printf("zero: %d\n", dirty == 0);
    show("calloc", zero);
    void *volatile large = malloc((size_t)5 << 30); // volatile: a compiler knows malloc
    printf("too much: %d\n", large == NULL);

    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, passed_on[i]) != 0)
            return 1;
    int right = 0;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        for (int k = 1; k < BLOCKS; k += 2) {
            right += *(unsigned char *)passed_on[i][k] == (unsigned char)k;
            free(passed_on[i][k]);
        }
    }
    printf("blocks of other threads: %d\n", right);
}
