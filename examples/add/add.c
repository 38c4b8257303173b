// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The library. It goes into the box. */
#include "add.h"

int add(int a, int b)
{
    return a + b;
}
