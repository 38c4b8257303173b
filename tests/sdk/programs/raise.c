// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <signal.h>
#include <stdio.h>

int main(void)
{
    puts("before");
    fflush(stdout);
    raise(SIGTERM);
    puts("still here");
}
