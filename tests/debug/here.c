// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lines.h"

#include <stdio.h>

extern const char start[] __asm__("__ehdr_start");

__attribute__((noinline)) void here(int line)
{
    printf("%lx %d\n", (unsigned long)((const char *)__builtin_return_address(0) - start), line);
}
