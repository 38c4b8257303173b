// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct big {
    int a[100];
    double d;
};

struct small {
    char c[3];
};

struct mixed {
    float f;
    int i;
    double d;
};

__attribute__((noinline)) static struct big make(int seed)
{
    struct big b;
    for (int i = 0; i < 100; i++)
        b.a[i] = seed * i;
    b.d = seed / 2.0;
    return b;
}

__attribute__((noinline)) static long consume(struct big b, struct small s, struct mixed m)
{
    long sum = 0;
    for (int i = 0; i < 100; i++)
        sum += b.a[i];
    return sum + (long)b.d + s.c[0] + s.c[1] + s.c[2] + (long)m.f + m.i + (long)m.d;
}

static struct mixed swap(struct mixed m)
{
    return (struct mixed){(float)m.d, m.i + 1, m.f};
}

struct bits {
    unsigned a : 3, b : 7, c : 22;
    int64_t d : 40;
};

/* Every size and alignment of the copying and filling functions. */
static int copies(void)
{
    enum { ROOM = 700 };
    static unsigned char from[ROOM], to[ROOM], model[ROOM];
    int wrong = 0;
    for (size_t size = 0; size < 300; size++) {
        for (size_t shift = 0; shift < 17; shift++) {
            for (size_t i = 0; i < ROOM; i++) {
                from[i] = (unsigned char)(i * 7 + size);
                to[i] = model[i] = (unsigned char)i;
            }
            for (size_t i = 0; i < size; i++)
                model[100 + i] = from[shift + i];
            memcpy(to + 100, from + shift, size);
            wrong += memcmp(to, model, ROOM) != 0;
            memmove(to + 90 + shift, to + 100, size); /* overlaps to both sides */
            unsigned char saved[ROOM];
            memcpy(saved, model, ROOM);
            for (size_t i = 0; i < size; i++)
                model[90 + shift + i] = saved[100 + i];
            wrong += memcmp(to, model, ROOM) != 0;
            memset(to + shift, 0xa5, size);
            for (size_t i = 0; i < size; i++)
                model[shift + i] = 0xa5;
            wrong += memcmp(to, model, ROOM) != 0;
        }
    }
    return wrong;
}

int main(void)
{
    struct big b = make(3), c = b;
    c.a[5]++;
    printf("%ld\n", consume(c, (struct small){{1, 2, 3}}, (struct mixed){1.5f, 2, 3.5}));
    struct mixed m = swap((struct mixed){1.5f, 7, 9.25});
    printf("%.2f %d %.2f\n", m.f, m.i, m.d);
    struct bits bits = {5, 100, 3000000, -12345678901};
    bits.b += 30;
    printf("%u %u %u %lld\n", bits.a, bits.b, bits.c, (long long)bits.d);
    printf("%d wrong\n", copies());
}
