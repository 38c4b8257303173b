// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "parts.h"

int from_library(void);

int parts_archive(void)
{
    return from_library() - 1;
}
