// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>

int main(void)
{
    void (*volatile f)(void) = (void (*)(void))(long)0x40;
    puts("before");
    fflush(stdout);
    f();
    puts("after");
}
