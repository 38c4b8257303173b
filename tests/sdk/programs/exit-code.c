// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <stdlib.h>

static void first(void)
{
    puts("first registered, last called");
}

static void second(void)
{
    puts("second registered, first called");
}

int main(void)
{
    atexit(first);
    atexit(second);
    puts("main");
    exit(42);
}
