// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Indirect calls, a jump table, computed goto, and qsort with its comparison function. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef uint32_t operation(uint32_t);
static uint32_t rotate(uint32_t x)
{
    return x << 7 | x >> 25;
}
static uint32_t scramble(uint32_t x)
{
    return x * 2654435761u;
}
static uint32_t fold(uint32_t x)
{
    return x ^ x >> 15;
}
static uint32_t step(uint32_t x)
{
    return x + 0x9e3779b9;
}
static operation *const operations[] = {rotate, scramble, fold, step};

static uint32_t table(uint32_t x)
{
    switch (x & 7) {
    case 0:
        return x / 3;
    case 1:
        return x * 5 + 1;
    case 2:
        return ~x;
    case 3:
        return x << 3 | 1;
    case 4:
        return x - 12345;
    case 5:
        return x ^ 0x55555555;
    case 6:
        return x >> 1 | 0x80000000;
    default:
        return x * x + 7;
    }
}

/* A tiny interpreter, threaded by computed goto. */
static uint64_t interpret(const uint8_t *code, uint64_t rounds)
{
    static const void *const labels[] = {&&add, &&mul, &&xor, &&shift, &&loop};
    uint64_t a = 1, b = 0x1234567;
    const uint8_t *pc = code;
    goto *labels[*pc];
add:
    a += b;
    goto *labels[*++pc];
mul:
    b = b * 6364136223846793005u + 1;
    goto *labels[*++pc];
    xor : a ^= b;
    goto *labels[*++pc];
shift:
    b ^= b >> 21;
    goto *labels[*++pc];
loop:
    if (--rounds == 0)
        return a;
    pc = code;
    goto *labels[*pc];
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

int main(void)
{
    uint32_t x = 1;
    for (int i = 0; i < 12000000; i++)
        x = operations[i & 3](x);
    printf("%u\n", x);
    for (int i = 0; i < 6000000; i++)
        x = table(x);
    printf("%u\n", x);
    static const uint8_t code[] = {0, 1, 2, 3, 1, 0, 2, 1, 3, 0, 4};
    printf("%llu\n", (unsigned long long)interpret(code, 2000000));
    enum { COUNT = 300000 };
    uint32_t *numbers = malloc(COUNT * sizeof *numbers);
    for (int i = 0; i < COUNT; i++)
        numbers[i] = x = scramble(step(x));
    qsort(numbers, COUNT, sizeof *numbers, ascending);
    printf("%u\n", numbers[COUNT / 2]);
    return 0;
}
