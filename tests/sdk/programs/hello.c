// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>

int main(void)
{
    puts("hello, world");
    fprintf(stderr, "to standard error\n");
    return 0;
}
