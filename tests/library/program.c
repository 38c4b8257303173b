// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A program, not a library: it ends. */
int main(void)
{
    return 3;
}
