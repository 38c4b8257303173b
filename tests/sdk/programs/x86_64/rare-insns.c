// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Instructions, and forms of assembly, that few programs use. */
#include <emmintrin.h>
#include <stdint.h>
#include <stdio.h>

/* In rare-insns.S. */
long counter_is_zero(long counter, long *after);
long direction(char *to, const char *from, long n);
long countdown(long n);
long elsewhere(long n);
long quoted(long n);
double kept_x87(double x, void *state);
void flushed(void *line);

static void masked(void)
{
    char room[32];
    for (int i = 0; i < 32; i++)
        room[i] = (char)('a' + i % 26);
    __m128i mask = _mm_set_epi8(-1, 0, 0, 127, -128, 0, -1, -1, 0, 0, 0, 0, -2, 0, 0, -1);
    _mm_maskmoveu_si128(_mm_set1_epi8('#'), mask, room + 3);
    _mm_maskmove_si64(_mm_set1_pi8('+'), _mm_set_pi8(0, -1, 0, 0, -1, -1, 0, -128), room + 22);
    _mm_empty();
    printf("%.32s\n", room);
}

int main(void)
{
    long after = 0;
    printf("%ld", counter_is_zero(0, &after));
    printf(" %ld", counter_is_zero(5, &after));
    printf(" %ld", counter_is_zero(7l << 32, &after));
    printf(" %lx\n", after);
    masked();
    char text[] = "direction", copy[sizeof text] = "";
    long was = direction(copy + sizeof text - 1, text + sizeof text - 1, sizeof text);
    printf("%s %ld\n", copy, was);
    printf("%ld %ld %ld %ld\n", countdown(1000), elsewhere(0), elsewhere(4), quoted(20));
    _Alignas(16) uint8_t state[108];
    printf("%g\n", kept_x87(1.25, state));
    flushed(state);
}
