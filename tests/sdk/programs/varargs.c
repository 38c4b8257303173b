// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdarg.h>
#include <stdio.h>

struct pair {
    long a;
    double b;
};

static double sum(const char *types, ...)
{
    va_list args, copy;
    va_start(args, types);
    va_copy(copy, args);
    double total = 0;
    for (; *types; types++) {
        switch (*types) {
        case 'i':
            total += va_arg(args, int);
            break;
        case 'l':
            total += (double)va_arg(args, long);
            break;
        case 'd':
            total += va_arg(args, double);
            break;
        case 'L':
            total += (double)va_arg(args, long double);
            break;
        case 's':
            total += va_arg(args, const char *)[0];
            break;
        case 'p': {
            struct pair p = va_arg(args, struct pair);
            total += (double)p.a + p.b;
            break;
        }
        }
    }
    total += va_arg(copy, int);
    va_end(copy);
    va_end(args);
    return total;
}

static void forward(const char *format, ...)
{
    char text[100];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    printf("%d: %s\n", n, text);
}

int main(void)
{
    printf("%.2f\n", sum("iildsp", 1, 2, 3L, 4.5, "A", (struct pair){10, 0.25}));
    printf("%.2f\n", sum("iiiiiiiddddddddddL", 1, 2, 3, 4, 5, 6, 7, .1, .2, .3, .4, .5, .6, .7, .8,
                         .9, 1.0, 100.5L));
    forward("%d %s %c %5.2f|%-8s|%08x|%+d|%lld|%zu|%%", -5, "text", 'x', 3.14159, "left", 0xbeef, 9,
            -1234567890123456789LL, sizeof(long));
}
