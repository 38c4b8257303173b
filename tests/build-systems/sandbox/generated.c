// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "parts.h"

#include "generated.h" /* that the build makes */

int parts_generated(void)
{
    return GENERATED;
}
