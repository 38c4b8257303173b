// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The functions in the box. Only loaded, never run from the start. */
#define FN __attribute__((used, noinline, visibility("default")))
#include "functions.h"

int main(void)
{
    return 0;
}
