// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Spends its time in two functions, three parts in one and one part in the other. */
#include <stdlib.h>

static volatile unsigned state = 1;

__attribute__((noinline)) void busy_most(long n)
{
    for (long i = 0; i < n; i++)
        state = state * 1664525 + 1013904223;
}

__attribute__((noinline)) void busy_some(long n)
{
    for (long i = 0; i < n; i++)
        state ^= state << 5 ^ state >> 3;
}

int main(int argc, char **argv)
{
    long n = argc > 1 ? atol(argv[1]) : 1000000;
    for (int i = 0; i < 10; i++) {
        busy_most(n * 3);
        busy_some(n);
    }
    return 0;
}
