// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>

int main(void)
{
    puts("before");
    fflush(stdout);
    __builtin_trap();
}
