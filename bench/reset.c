// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What lfi_box_reset() costs, by the size of the frozen memory and by the pages that were written
 * to since, beside copying all of the memory back. Prints microseconds: medians of rounds that take
 * turns. The last column is for a box that also mapped memory and unmapped a page of its own.
 *
 *     cc -O2 -D_GNU_SOURCE -Iinclude bench/reset.c build/default/sdk/lib/liblfi.a \
 *        build/default/sdk/lib/liblfi-verifier.a -lpthread -o reset && ./reset
 */
#include <lfi/lfi.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define PAGE 4096UL
#define HEAP 0x1000000UL
#define MORE 0xc0000000UL

enum { ROUNDS = 301, CASES = 6, COPY = 4, MAPPED = 5 };

static const size_t dirty[CASES] = {0, 1, 16, 64, 16, 16};

static void must(bool good)
{
    if (!good)
        abort();
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static double median(double *list)
{
    qsort(list, ROUNDS, sizeof *list, ascending);
    return list[ROUNDS / 2];
}

static void measure(struct lfi_space *space, size_t pages)
{
    static double taken[CASES][ROUNDS];
    const int anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
    struct lfi_box *box;
    uint64_t heap, more;
    double frozen;
    char *copy = malloc(pages * PAGE);

    must(copy && !lfi_box_new(space, &box, NULL));
    heap = lfi_box_base(box) + HEAP;
    more = lfi_box_base(box) + MORE;
    must(!lfi_box_map(box, heap, pages * PAGE, PROT_READ | PROT_WRITE, anonymous, -1, 0));
    for (size_t i = 0; i < pages; i++)
        *(volatile char *)(heap + i * PAGE) = 1;
    memcpy(copy, (void *)heap, pages * PAGE);
    frozen = now();
    must(!lfi_box_freeze(box, NULL));
    frozen = now() - frozen;
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < CASES; i++) {
            double start;

            for (size_t page = 0; page < dirty[i]; page++)
                *(volatile char *)(heap + page * (pages / 64) * PAGE) = 2;
            if (i == MAPPED) {
                must(!lfi_box_map(box, more, 16 * PAGE, PROT_READ | PROT_WRITE, anonymous, -1, 0));
                *(volatile char *)more = 1;
                must(!lfi_box_unmap(box, heap + PAGE, PAGE));
            }
            start = now();
            if (i == COPY)
                memcpy((void *)heap, copy, pages * PAGE);
            else
                must(!lfi_box_reset(box, NULL));
            taken[i][round] = now() - start;
            if (i == COPY)
                must(!lfi_box_reset(box, NULL));
        }
    }
    printf("| %zu | %.0f |", pages * PAGE >> 10, frozen);
    for (size_t i = 0; i < CASES; i++)
        printf(" %.1f |", median(taken[i]));
    putchar('\n');
    must(!lfi_box_free(box));
    free(copy);
}

int main(void)
{
    struct lfi_space *space;

    must(!lfi_space_new(&space, 1, NULL));
    puts("| frozen, KiB | freeze | reset, 0 pages dirty | 1 | 16 | 64 | 16, by copying all | 16, "
         "and "
         "mappings |\n|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (size_t pages = 64; pages <= 65536; pages *= 4)
        measure(space, pages);
    must(!lfi_space_free(space));
    return 0;
}
