// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>

static const int constant[4] = {1, 2, 3, 4};

int main(void)
{
    int *volatile p = (int *)&constant[2];
    printf("%d\n", *p);
    fflush(stdout);
    *p = 1;
    puts("after");
}
