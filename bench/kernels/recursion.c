// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Calls and returns: Ackermann's function, Fibonacci numbers, the queens problem. */
#include <stdio.h>

__attribute__((noinline)) static unsigned ackermann(unsigned m, unsigned n)
{
    if (m == 0)
        return n + 1;
    if (n == 0)
        return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}

__attribute__((noinline)) static unsigned fibonacci(unsigned n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

__attribute__((noinline)) static unsigned queens(unsigned all, unsigned columns, unsigned left,
                                                 unsigned right)
{
    unsigned count = 0;
    if (columns == all)
        return 1;
    for (unsigned free = all & ~(columns | left | right); free != 0; free &= free - 1) {
        unsigned place = free & -free;
        count += queens(all, columns | place, (left | place) << 1, (right | place) >> 1);
    }
    return count;
}

int main(void)
{
    printf("%u\n", ackermann(2, 2000));
    printf("%u\n", ackermann(3, 10));
    printf("%u\n", fibonacci(38));
    printf("%u\n", queens((1 << 11) - 1, 0, 0, 0));
    return 0;
}
