// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Twenty lines that know where they are; lines-c++.cc and lines-asm.S have more. */
#include "lines.h"

#include <stdlib.h>
#include <string.h>

void assembly(void);
void macros(void);
#ifdef CXX
void cxx(void);
#endif

struct part {
    long a, b, c;
    char name[40];
};

static inline void fill(struct part *p, long n)
{
    p->a = n;
    p->b = n * 3;
    p->c = ~n;
    HERE;
    memset(p->name, (int)n, sizeof p->name);
}

static __attribute__((noinline)) long leaf(struct part *p, void (*call)(int))
{
    p->a += p->b;
    p->c ^= p->a;
    call(__LINE__);
    return p->a + p->c;
}

static __attribute__((noinline)) int by_switch(int n)
{
    switch (n) {
    case 0:
        HERE;
        return 3;
    case 1:
        HERE;
        return 7;
    case 2:
        HERE;
        return 1;
    case 3:
        HERE;
        return 9;
    case 4:
        HERE;
        return 2;
    default:
        return n;
    }
}

static int compare(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    HERE;
    return x - y;
}

static __attribute__((noinline)) void large_frame(int n)
{
    volatile char room[200000];
    room[n] = 1;
    HERE;
    room[n + 1] = room[n];
}

static __attribute__((noinline)) void by_alloca(int n)
{
    char *room = __builtin_alloca((size_t)n);
    memset(room, n, (size_t)n);
    HERE;
    __asm__ volatile("" ::"r"(room) : "memory");
}

static __attribute__((noinline)) int recurse(int n)
{
    if (n == 0)
        return 1;
    int below = recurse(n - 1);
    HERE;
    return below * 2 + n;
}

static __attribute__((noinline)) double floating(double x, int n)
{
    for (int i = 0; i < n; i++) {
        x = x * 1.5 + i;
        if (x > 100)
            HERE;
    }
    return x;
}

int main(int argc, char **argv)
{
    (void)argv;
    struct part part, copy;
    HERE;
    fill(&part, argc);
    void (*volatile call)(int) = here;
    leaf(&part, call);
    copy = part;
    HERE;
    call(__LINE__);
    for (int i = 0; i < 6; i++)
        by_switch(i);
    int numbers[] = {3, 1, 2};
    qsort(numbers, 3, sizeof *numbers, compare);
    HERE;
    large_frame(argc);
    by_alloca(argc * 33);
    HERE;
    recurse(3);
    floating(argc, 14);
    HERE;
    __asm__ volatile("nop\n\tnop");
    HERE;
    assembly();
    macros();
#ifdef CXX
    cxx();
#endif
    if (copy.a != part.a)
        HERE;
    HERE;
    return 0;
}
