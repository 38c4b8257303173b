// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <string.h>

struct huge {
    char bytes[300000];
};

__attribute__((noinline)) static int touch(char *p, size_t size)
{
    memset(p, 1, size);
    int sum = 0;
    for (size_t i = 0; i < size; i += 1000)
        sum += p[i];
    return sum;
}

#define FRAME(size)                                                                   \
    __attribute__((noinline)) static int frame_##size(int n)                          \
    {                                                                                 \
        volatile int first = n;                                                       \
        char room[size];                                                              \
        volatile int last = n + 1;                                                    \
        int sum = touch(room, sizeof room);                                           \
        room[sizeof room - 1] = 5;                                                    \
        return sum + first + last + room[n % (size)] + (n ? frame_##size(n - 1) : 0); \
    }

FRAME(4000)
FRAME(65528)
FRAME(65536)
FRAME(70000)
FRAME(200000)

__attribute__((noinline)) static struct huge pass(struct huge h, int i)
{
    h.bytes[i] = (char)i;
    return h;
}

int main(void)
{
    static struct huge h;
    printf("%d %d %d %d %d\n", frame_4000(5), frame_65528(5), frame_65536(5), frame_70000(5),
           frame_200000(5));
    h.bytes[299999] = 9;
    struct huge copy = pass(h, 77);
    printf("%d %d\n", copy.bytes[77], copy.bytes[299999]);
}
