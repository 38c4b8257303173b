// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * long double to _Float16: at each value, at the middle to the next, and beside both, where
 * rounding twice goes wrong.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { INFINITE = 0x7c00 };

static long double value(unsigned half)
{
    unsigned exponent = half >> 10, mantissa = half & 1023;

    if (half == INFINITE)
        return 65536; /* what comes after the largest */
    return exponent ? ldexpl(1024 + mantissa, (int)exponent - 25) : ldexpl(mantissa, -24);
}

static unsigned half_of(long double x)
{
    volatile long double opaque = x;
    _Float16 half = (_Float16)opaque;
    uint16_t bits;

    memcpy(&bits, &half, sizeof bits);
    return bits;
}

int main(void)
{
    unsigned wrong = 0;
    volatile _Float16 half = 1.5;

    for (unsigned i = 0; i < INFINITE; i++) {
        const long double low = value(i), high = value(i + 1), middle = (low + high) / 2;
        const long double x[] = {
            low, nextafterl(low, high), nextafterl(middle, low), middle, nextafterl(middle, high),
        };
        const unsigned expected[] = {i, i, i, i + (i & 1), i + 1};

        for (int k = 0; k < 5; k++) {
            wrong += half_of(x[k]) != expected[k];
            wrong += half_of(-x[k]) != (expected[k] | 0x8000);
        }
    }
    printf("%u wrong\n", wrong);
    printf("%x %x %x %d\n", half_of(1e300L), half_of(-1e-30L), half_of(-(long double)INFINITY),
           (half_of(NAN) & 0x7fff) > INFINITE);
    printf("%Lf\n", (long double)half);
    return 0;
}
