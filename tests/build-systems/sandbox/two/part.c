// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "parts.h"

int parts_two(void)
{
    return 2;
}
