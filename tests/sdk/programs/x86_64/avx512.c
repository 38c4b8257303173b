// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Functions for x86-64-v4, whose loops become vectors with masks, gathers and scatters, against the
 * same ones for any processor. Without AVX-512 they are only compiled and verified.
 */
#include <stdio.h>
#include <string.h>

enum { COUNT = 1003 };

#define FUNCTIONS(name, attribute)                                                              \
    attribute static void gather_##name(int *to, const int *from, const int *at, int n)         \
    {                                                                                           \
        for (int i = 0; i < n; i++)                                                             \
            to[i] = from[at[i]];                                                                \
    }                                                                                           \
    attribute static void scatter_##name(int *to, const int *from, const int *at, int n)        \
    {                                                                                           \
        for (int i = 0; i < n; i++)                                                             \
            to[at[i]] = from[i];                                                                \
    }                                                                                           \
    attribute static void some_##name(int *to, const int *from, const int *limit, int n)        \
    {                                                                                           \
        for (int i = 0; i < n; i++)                                                             \
            if (from[i] > limit[i])                                                             \
                to[i] = from[i] * 3 + limit[i];                                                 \
    }                                                                                           \
    attribute static void convert_##name(double *to, const int *from, const int *unused, int n) \
    {                                                                                           \
        for (int i = 0; i < n; i++)                                                             \
            to[i] = (double)(unsigned)from[i] / 3 + unused[0];                                  \
    }

#define ANY __attribute__((noinline))
#define NEW __attribute__((noinline, target("arch=x86-64-v4")))
FUNCTIONS(any, ANY)
FUNCTIONS(new, NEW)

static int from[COUNT], at[COUNT];

#define COMPARE(type, function)                                                         \
    do {                                                                                \
        static type one[COUNT], other[COUNT];                                           \
        for (int n = 0; n <= COUNT; n += n < 70 ? 1 : 311) {                            \
            function##_any(one, from, at, n);                                           \
            if (has)                                                                    \
                function##_new(other, from, at, n);                                     \
            else                                                                        \
                memcpy(other, one, sizeof one);                                         \
        }                                                                               \
        printf("%s: %s\n", #function, memcmp(one, other, sizeof one) ? "wrong" : "ok"); \
    } while (0)

int main(void)
{
    const int has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                    __builtin_cpu_supports("avx512cd");
    for (int i = 0; i < COUNT; i++) {
        from[i] = i * 7919 - 1000000;
        at[i] = i * 361 % COUNT;
    }
    COMPARE(int, gather);
    COMPARE(int, scatter);
    COMPARE(int, some);
    COMPARE(double, convert);
    return 0;
}
