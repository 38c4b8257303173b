// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned calls;

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    calls++;
    return (x > y) - (x < y);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int main(void)
{
    static int numbers[5000];
    unsigned seed = 1;
    for (int i = 0; i < 5000; i++) {
        seed = seed * 1103515245 + 12345;
        numbers[i] = (int)(seed >> 8) % 100000;
    }
    qsort(numbers, 5000, sizeof *numbers, by_value);
    int sorted = 1;
    for (int i = 1; i < 5000; i++)
        sorted &= numbers[i - 1] <= numbers[i];
    int *found = bsearch(&numbers[1234], numbers, 5000, sizeof *numbers, by_value);
    int missing = -1;
    printf("%d %d %d %d\n", sorted, *found == numbers[1234],
           bsearch(&missing, numbers, 5000, sizeof *numbers, by_value) == NULL, calls > 5000);
    const char *names[] = {"pear", "apple", "fig", "quince", "cherry", "banana"};
    qsort(names, 6, sizeof *names, by_name);
    for (int i = 0; i < 6; i++)
        printf("%s ", names[i]);
    puts("");
}
