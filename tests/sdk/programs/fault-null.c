// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>

int main(void)
{
    int *volatile p = NULL;
    puts("before");
    fflush(stdout);
    *p = 1;
    puts("after");
}
