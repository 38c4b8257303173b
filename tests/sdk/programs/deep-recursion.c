// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>

struct tree {
    struct tree *left;
    int value;
};

static struct tree nodes[50000];

__attribute__((noinline)) static long depth_sum(const struct tree *t, int depth)
{
    volatile int here = depth; /* no tail call */
    return t ? t->value + here + depth_sum(t->left, depth + 1) - here : 0;
}

__attribute__((noinline)) static unsigned collatz(unsigned long n)
{
    if (n == 1)
        return 0;
    unsigned steps = collatz(n % 2 ? 3 * n + 1 : n / 2);
    return steps + 1;
}

int main(void)
{
    for (int i = 0; i < 50000; i++) {
        nodes[i].value = i;
        nodes[i].left = i ? &nodes[i - 1] : NULL;
    }
    printf("%ld %u\n", depth_sum(&nodes[49999], 0), collatz(837799));
}
