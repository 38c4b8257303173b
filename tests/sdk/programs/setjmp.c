// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <setjmp.h>
#include <stdio.h>

static jmp_buf outer, inner;
static int depth;

static void descend(int n)
{
    char room[64];
    room[n % 64] = (char)n;
    depth = n;
    if (n == 100)
        longjmp(outer, 42);
    descend(n + 1);
    depth += room[n % 64];
}

static int loop(void)
{
    volatile int i = 0;
    int value = setjmp(inner);
    i += value;
    if (i < 1000)
        longjmp(inner, 7);
    return i;
}

int main(void)
{
    volatile double kept = 1.5;
    int value = setjmp(outer);
    if (value == 0) {
        kept = 2.5;
        descend(0);
    }
    printf("%d at depth %d, kept %.1f\n", value, depth, kept);
    printf("%d\n", loop());

    sigjmp_buf signal_buffer;
    if (sigsetjmp(signal_buffer, 1) == 0)
        siglongjmp(signal_buffer, 5);
    puts("sigsetjmp");
}
