/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
int counter;
int twins(void)
{
    return 2;
}
int other(void)
{
    return counter + 1;
}
