// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A library without a C library: relocated addresses, a constructor, calls that compilers make. */
static int done;
__attribute__((constructor)) static void construct(void)
{
    done = 42;
}

static int twice(int x)
{
    return 2 * x;
}
static int (*const volatile table[])(int) = {twice};

int constructed(void)
{
    return done;
}

int compute(int x)
{
    return table[0](x) + 1;
}
