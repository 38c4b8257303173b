// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The memory of a program: mapping, growing, moving, protecting, and large
 * allocations. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CHECK(what)                                                    \
    do {                                                               \
        if (!(what))                                                   \
            printf("line %d: %s: errno %d\n", __LINE__, #what, errno); \
    } while (0)

static void *map(void *hint, size_t size, int flags)
{
    return mmap(hint, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

int main(void)
{
    const size_t page = 4096;
    char *a = map(NULL, 8 * page, 0);
    CHECK(a != MAP_FAILED);
    memset(a, 1, 8 * page);
    CHECK(!munmap(a + 2 * page, page) && a[2 * page - 1] == 1 && a[3 * page] == 1);
    CHECK(map(a + 2 * page, page, MAP_FIXED_NOREPLACE) == a + 2 * page && a[2 * page] == 0);
    CHECK(map(a + 2 * page, page, MAP_FIXED_NOREPLACE) == MAP_FAILED && errno == EEXIST);
    CHECK(map(a + page, 2 * page, MAP_FIXED) == a + page && a[page] == 0 && a[3 * page] == 1);
    CHECK(!mprotect(a, page, PROT_READ) && a[0] == 1 && !mprotect(a, page, PROT_READ | PROT_WRITE));
#ifdef __LFI__
    CHECK(mprotect(a, page, PROT_READ | PROT_EXEC) == -1 && errno == EACCES);
    void *code = (void *)((uintptr_t)main & -page);
    CHECK(mprotect(code, page, PROT_READ | PROT_WRITE) == -1 && errno == EACCES);
    CHECK(madvise(code, page, MADV_DONTNEED) == -1 && errno == EACCES);
    CHECK(munmap(code, page) == -1 && errno == EACCES);
#endif
    CHECK(!madvise(a, page, MADV_DONTNEED) && a[0] == 0);
    CHECK(!munmap(a, 8 * page));

    /* A buffer that grows again and again keeps its contents. */
    size_t size = page;
    unsigned *b = map(NULL, size, 0);
    for (unsigned i = 0; i < page / 4; i++)
        b[i] = i;
    for (; size < 64 << 20; size *= 2) {
        b = mremap(b, size, 2 * size, MREMAP_MAYMOVE);
        CHECK(b != MAP_FAILED);
        for (size_t i = size / 4; i < size / 2; i += 97)
            b[i] = (unsigned)i;
        b[size / 2 - 1] = (unsigned)size;
    }
    int good = 1;
    for (unsigned i = 0; i < page / 4 - 1; i++)
        good &= b[i] == i;
    for (size_t at = page; at < 64 << 20; at *= 2)
        good &= b[at / 2 - 1] == at;
    CHECK(good);
    CHECK(mremap(b, size, page, 0) == b && !munmap(b, page));

    /* Three quarters of the box at once; then more than there is. */
    char *large = map(NULL, (size_t)3 << 30, MAP_NORESERVE);
    CHECK(large != MAP_FAILED);
    large[0] = large[((size_t)3 << 30) - 1] = 1;
#ifdef __LFI__
    CHECK(map(NULL, (size_t)2 << 30, MAP_NORESERVE) == MAP_FAILED && errno == ENOMEM);
#endif
#ifdef __LFI__
    void *volatile huge = malloc((size_t)5 << 30);
    CHECK(!huge && errno == ENOMEM);
#endif
    CHECK(!munmap(large, (size_t)3 << 30));

    char *top = (char *)syscall(SYS_brk, 0);
    CHECK((char *)syscall(SYS_brk, top + (1 << 20)) == top + (1 << 20));
    memset(top, 3, 1 << 20);
    CHECK((char *)syscall(SYS_brk, top) == top);

    /* Many small and large allocations, checked. */
    enum { COUNT = 3000 };
    static unsigned char *blocks[COUNT];
    static size_t sizes[COUNT];
    unsigned seed = 1;
    for (int round = 0; round < 60000; round++) {
        seed = seed * 1664525u + 1013904223u;
        int i = (int)(seed >> 16) % COUNT;
        for (size_t k = 0; blocks[i] && k < sizes[i]; k += 113)
            good &= blocks[i][k] == (unsigned char)i;
        sizes[i] = round % 500 == 0 ? 300000 : (seed >> 8) % 2000;
        blocks[i] = realloc(blocks[i], sizes[i] + 1);
        CHECK(blocks[i]);
        memset(blocks[i], i, sizes[i]);
    }
    CHECK(good);
    struct rlimit limit;
    CHECK(!getrlimit(RLIMIT_STACK, &limit) && limit.rlim_cur >= 1 << 20);
    puts("done");
    return 0;
}
