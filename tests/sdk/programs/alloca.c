// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <alloca.h>
#include <stdio.h>
#include <string.h>

__attribute__((noinline)) static unsigned with_alloca(unsigned n)
{
    unsigned sum = 0;
    for (unsigned i = 1; i <= n; i++) {
        unsigned char *p = alloca(i);
        memset(p, (int)i, i);
        sum += p[i / 2];
    }
    return sum;
}

__attribute__((noinline)) static long with_array(int rows, int columns)
{
    long matrix[rows][columns];
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++)
            matrix[r][c] = r * c;
    long trace = 0;
    for (int i = 0; i < rows && i < columns; i++)
        trace += matrix[i][i];
    return trace;
}

__attribute__((noinline)) static int large(size_t size)
{
    char *p = alloca(size);
    memset(p, 7, size);
    return p[0] + p[size - 1];
}

__attribute__((noinline)) static int recursive(int n)
{
    char room[n + 1];
    room[n] = (char)n;
    return n == 0 ? 0 : room[n] + recursive(n - 1);
}

int main(void)
{
    printf("%u %ld %ld\n", with_alloca(200), with_array(20, 30), with_array(1, 1));
    printf("%d %d %d\n", large(100), large(100000), large(1000000));
    printf("%d\n", recursive(100));
}
