// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * For stepping through, instruction by instruction: calls, returns, steps of the stack pointer of
 * all sizes, alloca, a system call. Nothing is inlined, so that frames are functions.
 */
#define OWN __attribute__((noinline))

static volatile long sink;

static OWN long call_host(long number)
{
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "0"(number) : "rcx", "r11", "memory");
    return result > 0;
}

static OWN long leaf(long a, long b)
{
    sink = a * b;
    sink = a - 1234567 * b;
    sink = 0x12345678 ^ a;
    sink = b;
    return a + b;
}

static OWN long early(long n)
{
    if (n < 2)
        return n;
    long room[3] = {n, n + 1, n + 2};
    sink = (long)room;
    if (leaf(room[1], n) & 1)
        return room[2];
    return leaf(room[0], 3) + call_host(110);
}

static OWN long recurse(long n, long sum)
{
    if (n == 0)
        return early(sum);
    return recurse(n - 1, sum + n) + early(n) * 2;
}

static OWN long with_alloca(int n)
{
    volatile char *room = __builtin_alloca((unsigned long)n);
    room[0] = 1;
    room[n - 1] = 2;
    return leaf(room[0], n);
}

static OWN long large(long n)
{
    volatile long room[2000];
    room[n] = n;
    return leaf(room[n], n) + early(n);
}

static OWN long many(long a, long b, long c, long d, long e, long f, long g, long h)
{
    return leaf(a + c + e + g, b + d + f + h) + early(a);
}

int main(void)
{
    long (*volatile by_pointer)(long, long) = leaf;
    long sum = recurse(3, 1);
    sum += with_alloca(100);
    sum += large(7);
    sum += many(1, 2, 3, 4, 5, 6, 7, 8);
    sum += by_pointer(sum, 2);
    return sum == 0;
}
