// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* tables.S, and that the box goes on as before behind it. */
#include <stdint.h>
#include <stdio.h>

uint64_t sum_of(const uint64_t *numbers, unsigned which);
uint64_t sum_to(const uint64_t *numbers, unsigned count, unsigned which);
unsigned two_steps(unsigned first, unsigned second);
uint32_t *fill(uint32_t *words, uint32_t value, uint64_t count);

int main(void)
{
    static const uint64_t numbers[8] = {1, 20, 300, 4000, 50000, 600000, 7000000, 80000000};
    uint32_t words[5] = {0};
    for (unsigned i = 0; i < 4; i++)
        printf("%llu ", (unsigned long long)sum_of(numbers, i));
    printf("\n%llu %llu\n", (unsigned long long)sum_to(numbers, 3, 0),
           (unsigned long long)sum_to(numbers, 3, 1));
    printf("%u %u %u %u\n", two_steps(0, 0), two_steps(0, 1), two_steps(1, 0), two_steps(1, 1));
    printf("%d %u %u\n", (int)(fill(words, 7, 4) - words), words[3], words[4]);
    return 0;
}
