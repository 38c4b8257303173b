// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>

int main(void)
{
    unsigned char *volatile p = (unsigned char *)(long)main;
    puts("before");
    fflush(stdout);
    *p = 0xc3;
    puts("after");
}
