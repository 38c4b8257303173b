// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>

static volatile int zero, seven = 7;

int main(void)
{
    puts("before");
    fflush(stdout);
    return seven / zero;
}
