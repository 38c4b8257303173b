// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>

static unsigned fib(unsigned n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static unsigned ackermann(unsigned m, unsigned n)
{
    if (m == 0)
        return n + 1;
    return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static int odd(unsigned n);

__attribute__((noinline)) static int even(unsigned n)
{
    return n == 0 ? 1 : odd(n - 1);
}

__attribute__((noinline)) static int odd(unsigned n)
{
    return n == 0 ? 0 : even(n - 1);
}

static unsigned moves;

static void hanoi(int n, int from, int to)
{
    if (n == 0)
        return;
    hanoi(n - 1, from, 6 - from - to);
    moves++;
    hanoi(n - 1, 6 - from - to, to);
}

int main(void)
{
    hanoi(12, 1, 3);
    printf("%u %u %d %d %u\n", fib(24), ackermann(2, 9), even(1000), odd(1000), moves);
}
