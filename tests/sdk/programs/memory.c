// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int main(void)
{
    static char *blocks[1000];
    unsigned seed = 7, wrong = 0;
    for (int round = 0; round < 20000; round++) {
        seed = seed * 1103515245 + 12345;
        unsigned i = (seed >> 8) % 1000, size = (seed >> 4) % 3000 + 1;
        if (blocks[i] && round % 3 == 0) {
            char first = blocks[i][0];
            blocks[i] = realloc(blocks[i], size);
            wrong += blocks[i][0] != first;
        } else {
            free(blocks[i]);
            blocks[i] = malloc(size);
        }
        memset(blocks[i], (int)(i & 0x7f), size);
    }
    for (unsigned i = 0; i < 1000; i++) {
        wrong += blocks[i] && blocks[i][0] != (char)(i & 0x7f);
        free(blocks[i]);
    }
    void *aligned = NULL;
    int error = posix_memalign(&aligned, 4096, 10000);
    printf("%u wrong, %d %d\n", wrong, error, (int)((uintptr_t)aligned % 4096));
    free(aligned);

    char *big = malloc(100u << 20);
    for (size_t i = 0; i < 100u << 20; i += 1 << 20)
        big[i] = 1;
    big = realloc(big, 150u << 20);
    printf("%d\n", big[99u << 20]);
    free(big);
    int *zeros = calloc(1000000, sizeof *zeros), sum = 0;
    for (int i = 0; i < 1000000; i++)
        sum |= zeros[i];
    free(zeros);
    void *volatile impossible = malloc((size_t)1 << 40);
    printf("%d %d\n", sum, impossible == NULL);

    char *map = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    map[12345] = 5;
    printf("%d %d ", mprotect(map, 4096, PROT_READ), munmap(map + 65536, 4096));
    map = mremap(map + (1 << 19), 4096, 1 << 20, MREMAP_MAYMOVE);
    printf("%d %d\n", map != MAP_FAILED, map[4096]);
}
