// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>

__attribute__((noinline)) static int descend(volatile char *previous)
{
    volatile char room[1000];
    room[0] = *previous;
    return descend(room) + room[0] + 1;
}

int main(void)
{
    volatile char start = 1;
    puts("before");
    fflush(stdout);
    printf("%d\n", descend(&start));
}
