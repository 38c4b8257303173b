// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>

typedef int binary(int, int);

static int add(int a, int b)
{
    return a + b;
}
static int sub(int a, int b)
{
    return a - b;
}
static int mul(int a, int b)
{
    return a * b;
}

static binary *const table[] = {add, sub, mul};

struct shape {
    const char *name;
    double (*area)(const struct shape *);
    double a, b;
};

static double rectangle(const struct shape *s)
{
    return s->a * s->b;
}
static double triangle(const struct shape *s)
{
    return s->a * s->b / 2;
}

static binary *choose(char c)
{
    return c == '+' ? add : c == '-' ? sub : mul;
}

__attribute__((noinline)) static int apply(binary *f, int a, int b)
{
    return f(a, b); /* a tail call */
}

extern int not_there(void) __attribute__((weak));

/* Many arguments, so that some are on the stack. */
static long sum(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j;
}

static long (*volatile many)(long, long, long, long, long, long, long, long, long, long) = sum;

int main(void)
{
    for (unsigned i = 0; i < 3; i++)
        printf("%d ", table[i](7, 5));
    printf("%d %d\n", apply(choose('-'), 1, 2), apply(choose('*'), 6, 7));
    struct shape shapes[] = {{"rectangle", rectangle, 3, 4}, {"triangle", triangle, 3, 4}};
    for (unsigned i = 0; i < 2; i++)
        printf("%s %.1f\n", shapes[i].name, shapes[i].area(&shapes[i]));
    printf("%s %s\n", not_there ? "there" : "not there",
           choose('+') == table[0] ? "same" : "other");
    printf("%ld\n", many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
}
