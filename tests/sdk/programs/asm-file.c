// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdint.h>
#include <stdio.h>

/* In asm-file.S. */
uint64_t hash_blocks(const uint8_t *data, uint64_t blocks, const uint64_t *keys);
int dispatch(int operation, int a, int b);
int call_back(int (*f)(int), int n);
long scratch(const long *table, long index);
long many_pushes(long a, long b);
long align_stack(long (*f)(long), long value);
long frame(long n);
extern const char message[];

static int square(int x)
{
    return x * x;
}

static long aligned(long value)
{
    _Alignas(32) volatile char room[32] = {1};
    return value + ((uintptr_t)room % 32 == 0) + room[0];
}

int main(void)
{
    uint8_t data[64];
    uint64_t keys[4] = {3, 5, 7, 11};
    for (int i = 0; i < 64; i++)
        data[i] = (uint8_t)(i * 13);
    printf("%016llx\n", (unsigned long long)hash_blocks(data, 2, keys));
    for (int i = -1; i < 5; i++)
        printf("%d ", dispatch(i, 20, 6));
    puts("");
    long table[] = {5, 10, 15, 20};
    printf("%d %ld %ld %ld %ld %s\n", call_back(square, 10), scratch(table, 2), many_pushes(3, 4),
           align_stack(aligned, 40), frame(100), message);
}
