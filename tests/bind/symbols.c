// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A library without a header: symbols.names has the names. */
#include <stdarg.h>
#include <stdint.h>

#include "registers.h" /* wild(): code that leaves no register as it was */

struct mixed {
    long a;
    double b;
};
struct two {
    double a, b;
};
struct large {
    long values[5];
};

long sum(long a, long b, long c, long d, long e, long f)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f;
}
double weigh(double a, double b, double c, double d, double e, double f, double g, double h)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h;
}
float third(float f, int by)
{
    return f / (float)by;
}
struct mixed both(struct mixed m)
{
    return (struct mixed){m.a + 1, m.b + 1};
}
struct two two_doubles(double a)
{
    return (struct two){a, a + 1};
}
struct large enlarge(struct large *from, long by) /* an address in the box */
{
    struct large to;
    for (int i = 0; i < 5; i++)
        to.values[i] = from->values[i] + by;
    return to;
}
long double twice(long double l)
{
    return l + l;
}
long many(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j)
{
    return a + b + c + d + e + f + g + h + 100 * i + 1000 * j;
}
int total(int count, ...)
{
    va_list list;
    int all = 0;
    va_start(list, count);
    while (count-- > 0)
        all += va_arg(list, int);
    va_end(list);
    return all;
}
long second(long a, long b) /* its line says that it takes one */
{
    (void)a;
    return b;
}
long tenth(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j)
{
    (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h, (void)i;
    return j; /* its line says nothing of the stack */
}
void *numbers(void)
{
    static struct large list = {{1, 2, 3, 4, 5}};
    return &list;
}
long read_at(const long *address)
{
    return *address;
}
int call_back(int (*call)(int), int n)
{
    return call(n) + 1;
}
int fails(void)
{
    return *(volatile int *)16;
}
