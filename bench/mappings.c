// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What mappings of a box cost, beside the same done natively. Prints nanoseconds: the best of
 * many short rounds, taken in turns.
 *
 *     cc -O2 -D_GNU_SOURCE -Iinclude bench/mappings.c build/default/sdk/lib/liblfi.a \
 *        build/default/sdk/lib/liblfi-verifier.a -lpthread -o mappings && ./mappings
 */
#include <lfi/lfi.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 1000, TIMES = 20 };

static struct lfi_box *box;
static uint64_t place;
static int file;
static char *native;

static void must(bool good)
{
    if (!good)
        abort();
}

static const struct kind {
    const char *name;
    size_t size;
    int flags;
    bool touched;
} kinds[] = {
    {"private memory, 4 KiB", 4096, MAP_PRIVATE | MAP_ANONYMOUS, false},
    {"private memory, 1 MiB", 1 << 20, MAP_PRIVATE | MAP_ANONYMOUS, false},
    {"file, 4 KiB", 4096, MAP_PRIVATE, false},
    {"file, 1 MiB", 1 << 20, MAP_PRIVATE, false},
    {"file, 1 MiB, each page read", 1 << 20, MAP_PRIVATE, true},
    {"file, 1 MiB, populated", 1 << 20, MAP_PRIVATE | MAP_POPULATE, false},
    {"shared memory, 4 KiB", 4096, MAP_SHARED | MAP_ANONYMOUS, false},
};

static void once(const struct kind *kind, bool in_box)
{
    volatile char *at = in_box ? (char *)place : native;
    int fd = kind->flags & MAP_ANONYMOUS ? -1 : file;
    int prot = PROT_READ | (kind->flags & MAP_ANONYMOUS ? PROT_WRITE : 0);

    if (in_box)
        must(!lfi_box_map(box, place, kind->size, prot, kind->flags, fd, 0));
    else
        must(mmap(native, kind->size, prot, kind->flags | MAP_FIXED, fd, 0) != MAP_FAILED);
    for (size_t i = 0; kind->touched && i < kind->size; i += 4096)
        (void)at[i];
    if (in_box)
        must(!lfi_box_unmap(box, place, kind->size));
    else
        munmap(native, kind->size);
}

static double measure(const struct kind *kind, bool in_box)
{
    struct timespec start, end;

    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < TIMES; i++)
        once(kind, in_box);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) /
           TIMES;
}

int main(void)
{
    struct lfi_space *space;
    char name[] = "/tmp/lfi-mappings-XXXXXX";

    file = mkstemp(name);
    must(file >= 0 && !ftruncate(file, 1 << 20) && !unlink(name));
    must(!lfi_space_new(&space, 1, NULL) && !lfi_box_new(space, &box, NULL));
    place = lfi_box_base(box) + 0x10000000;
    native = mmap(NULL, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("%-30s %10s %10s\n", "map and unmap, ns", "native", "box");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        double best[2] = {1e30, 1e30};

        for (int round = 0; round < ROUNDS; round++) {
            for (int in_box = 0; in_box < 2; in_box++) {
                double taken = measure(&kinds[i], in_box);

                best[in_box] = taken < best[in_box] ? taken : best[in_box];
            }
        }
        printf("%-30s %10.0f %10.0f\n", kinds[i].name, best[0], best[1]);
    }
    return 0;
}
