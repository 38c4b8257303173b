// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The C library's memory: small and large allocations, copies, comparisons, strings. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    enum { SLOTS = 4096 };
    static char *slot[SLOTS];
    static size_t size[SLOTS];
    uint32_t x = 12345;
    uint64_t sum = 0;
    for (int i = 0; i < 1500000; i++) {
        x = x * 1664525 + 1013904223;
        unsigned k = x >> 20;
        free(slot[k]);
        /* Mostly small, some of them large enough to be mapped on their own. */
        size[k] = (x >> 4 & 0x3ff) == 0 ? 150000 : 1 + (x >> 8) % 400;
        slot[k] = malloc(size[k]);
        memset(slot[k], (int)x, size[k]);
        sum += (unsigned char)slot[k][size[k] / 2];
    }
    printf("%llu\n", (unsigned long long)sum);

    static char from[1 << 16], to[1 << 16];
    for (unsigned i = 0; i < sizeof from; i++)
        from[i] = (char)('a' + i % 23);
    for (int i = 0; i < 400000; i++) {
        x = x * 1664525 + 1013904223;
        unsigned length = (x >> 9) % 1000, place = x % 60000;
        memcpy(to + place, from + place / 2, length);
        memmove(to + place + 3, to + place, length);
        sum += (unsigned)memcmp(to + place, from, length / 8) + (unsigned char)to[place];
    }
    from[sizeof from - 1] = 0;
    for (int i = 0; i < 2000; i++) {
        sum += strlen(from + i);
        sum += (uintptr_t)strchr(from + i, 'z') + (size_t)(strstr(from + i, "vwa") - from);
    }
    printf("%llu\n", (unsigned long long)sum);
    return 0;
}
