// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
int from_library(void)
{
    return 5;
}
