// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdint.h>
#include <stdio.h>

static volatile unsigned __int128 u =
    ((unsigned __int128)0x123456789abcdef0 << 64) | 0xfedcba987654321;
static volatile __int128 s = -((__int128)1 << 100);
static volatile uint64_t x = 0x8000000000000001;
static volatile int shift = 37;

static void print(unsigned __int128 v)
{
    printf("%016llx%016llx\n", (unsigned long long)(v >> 64), (unsigned long long)v);
}

int main(void)
{
    print(u * 12345);
    print(u / 0x1234567890);
    print(u % (((unsigned __int128)0x12 << 64) | 0x3456789012345678));
    print((unsigned __int128)(s / 7));
    print((unsigned __int128)(s >> shift));
    print(u << shift);
    printf("%.6g %.6Lg\n", (double)u, (long double)s);
    printf("%d %d %d %d %d\n", __builtin_popcountll(x), __builtin_clzll(x >> 3),
           __builtin_ctzll(x << 9), __builtin_parityll(x), __builtin_ffsll((long long)x));
    printf("%llx %x %llx\n", (unsigned long long)__builtin_bswap64(x),
           __builtin_bswap32((unsigned)x), (unsigned long long)__builtin_bitreverse64(x));
    long result;
    printf("%d %d %d\n", __builtin_add_overflow((long)x, -5L, &result),
           __builtin_mul_overflow(1L << 40, 1L << 30, &result),
           __builtin_sub_overflow(5L, 6L, &result));
    int64_t quotients = 0;
    for (int i = 1; i < 100; i++)
        quotients += (int64_t)x / i % 1000 + (int32_t)x / i + (int16_t)i % 7;
    printf("%lld\n", (long long)quotients);
}
