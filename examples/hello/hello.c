// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Compiled, verified and run in a box by scripts/quickstart. */
#include <stdio.h>

int main(void)
{
    int on_stack;

    printf("Hello from inside the box!\n");
    printf("My stack is at offset %#lx of a 4 GiB box.\n", (unsigned long)&on_stack & 0xffffffff);
    return 0;
}
