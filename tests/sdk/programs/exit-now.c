// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void never(void)
{
    puts("not called");
}

int main(void)
{
    atexit(never);
    puts("flushed");
    fflush(stdout);
    printf("not flushed");
    _exit(255);
}
