// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Functions and variables with names that an assembler may take for registers. */
#include <stdio.h>

#define FUNCTION __attribute__((noinline, weak)) int

int p1 = 1, z0 = 2, x0 = 3, q1 = 4, rax = 5;
_Thread_local int w0 = 6;

FUNCTION s1(int a)
{
    return a + p1;
}
FUNCTION lr(int a)
{
    z0 += a;
    return s1(z0); /* a tail call */
}
FUNCTION sp(int a)
{
    return a > 3 ? s1(a) + lr(x0) : lr(a);
}
FUNCTION z1(int a)
{
    return a + q1 + rax + w0++;
}
FUNCTION vg(int a)
{
    return z1(a) + z1(a);
}

int (*volatile x1)(int) = vg;

int main(void)
{
    printf("%d\n", sp(3));
    printf("%d\n", sp(4));
    printf("%d\n", x1(2));
}
