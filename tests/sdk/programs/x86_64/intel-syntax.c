// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Compiled with -masm=intel: inline assembly, what the compiler writes around it, and a file. */
#include <stdio.h>

struct sums {
    long whole;
    int parts[8];
    double real;
};

/* In intel-syntax.S, in the dialects of GNU as. */
long prefixed(const long *values, long n);
long naked(const long *values, long n);

static double add(struct sums *s, int i)
{
    s->whole += s->parts[i];
    s->parts[i & 3] ^= 7;
    return s->real * 2 + (double)s->whole;
}

static long inline_intel(const struct sums *s, long n)
{
    long result;
    __asm__("lea %0, [%1+8]\n\tadd %0, qword ptr [%2]" : "=&r"(result) : "r"(n), "r"(&s->whole));
    __asm__("imul %0, %0, 3" : "+r"(result));
    return result;
}

static const char *name(long n)
{
    switch (n) {
    case 7:
        return "seven";
    case 8:
        return "eight";
    case 9:
        return "nine";
    case 10:
        return "ten";
    default:
        return "other";
    }
}

int main(void)
{
    struct sums s = {5, {1, 2, 3, 4}, 1.5};
    long values[] = {3, 1, 4, 1, 5, 9, 2, 6};
    printf("%g", add(&s, 2));
    printf(" %ld %d\n", s.whole, s.parts[2]);
    printf("%ld %s\n", inline_intel(&s, s.whole), name(s.whole));
    printf("%ld %ld\n", prefixed(values, 8), naked(values, 8));
}
