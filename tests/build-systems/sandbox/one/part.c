// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "parts.h"

int parts_one(void)
{
    return 1;
}
