// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct node {
    struct node *next;
    int32_t value;
};

/* Memory operands of every shape, read, written and both. */
static int operands(struct node *list, int32_t *array, long index)
{
    int sum = 0;
    for (struct node *n = list; n; n = n->next)
        __asm__("addl %1, %0" : "+r"(sum) : "m"(n->value));
    __asm__("addl %1, %0" : "+r"(sum) : "m"(array[index]));
    __asm__("addl $5, %0" : "+m"(array[index]));
    __asm__("incl %0" : "+m"(list->value));
    __asm__ volatile("lock xaddl %0, %1" : "+r"(sum), "+m"(array[index]) : : "memory");
    __asm__("movl (%1,%2,4), %k0" : "=r"(index) : "r"(array), "r"(index) : "memory");
    return sum * 1000 + (int)index;
}

static long raw_write(const char *text)
{
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(SYS_write), "D"(1), "S"(text), "d"(strlen(text))
                     : "rcx", "r11", "memory");
    return result;
}

static void string_instructions(void)
{
    char from[40] = "string instructions copy this text", to[40] = "", *d = to;
    const char *s = from;
    size_t n = sizeof from;
    __asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(n) : : "memory");
    printf("%s, %d %d %zu\n", to, (int)(d - to), (int)(s - from), n);
    uint64_t filled[8];
    void *f = filled;
    n = 8;
    __asm__ volatile("rep stosq" : "+D"(f), "+c"(n) : "a"(0x0101010101010101) : "memory");
    printf("%llx\n", (unsigned long long)(filled[0] & filled[7]));
    const char *scan = from;
    n = sizeof from;
    __asm__ volatile("repne scasb" : "+D"(scan), "+c"(n) : "a"(0) : "memory", "cc");
    printf("length %d\n", (int)(scan - from - 1));
    const char *a = from, *b = to;
    n = sizeof from;
    unsigned char equal;
    to[10] = 'X';
    __asm__ volatile("repe cmpsb\n\tsete %3"
                     : "+S"(a), "+D"(b), "+c"(n), "=r"(equal)
                     :
                     : "memory", "cc");
    printf("%d at %d\n", equal, (int)(a - from - 1));
    uint32_t words[3] = {1, 2, 3}, word;
    const uint32_t *w = words + 1;
    __asm__ volatile("lodsl" : "=a"(word), "+S"(w) : : "memory");
    printf("%u %d\n", word, (int)(w - words));
}

/* Flags that live across memory operands, and a loop with a numeric label. */
static uint64_t add_with_carry(const uint64_t *a, const uint64_t *b, uint64_t *out, long n)
{
    uint64_t carry, i = 0, t;
    __asm__ volatile("xorl %k0, %k0\n"
                     "1:\tmovq (%4,%1,8), %2\n\t"
                     "adcq (%5,%1,8), %2\n\t"
                     "movq %2, (%6,%1,8)\n\t"
                     "leaq 1(%1), %1\n\t"
                     "decq %3\n\t"
                     "jnz 1b\n\t"
                     "setc %b0"
                     : "=&r"(carry), "+&r"(i), "=&r"(t), "+&r"(n)
                     : "r"(a), "r"(b), "r"(out)
                     : "memory", "cc");
    return carry;
}

static int jumps(int x)
{
    int result;
    __asm__("cmpl $10, %1\n\tjl 1f\n\tmovl $100, %0\n\tjmp 2f\n1:\tmovl $1, %0\n2:"
            : "=r"(result)
            : "r"(x)
            : "cc");
    __asm__ goto("testl %0, %0\n\tjs %l1" : : "r"(x) : "cc" : negative);
    return result;
negative:
    return -result;
}

int main(void)
{
    struct node three = {NULL, 3}, two = {&three, 2}, one = {&two, 1};
    int32_t array[] = {10, 20, 30, 40};
    printf("%d ", operands(&one, array, 2));
    printf("%d %d\n", array[2], one.value);
    fflush(stdout);
    long n = raw_write("a system call\n");
    printf("%ld\n", n);
    string_instructions();
    uint64_t a[3] = {-1ull, -1ull, 5}, b[3] = {1, 0, -6ull}, sum[3];
    uint64_t carry = add_with_carry(a, b, sum, 3);
    printf("%llx %llx %llx %llu\n", (unsigned long long)sum[0], (unsigned long long)sum[1],
           (unsigned long long)sum[2], (unsigned long long)carry);
    printf("%d %d %d\n", jumps(5), jumps(20), jumps(-3));
    unsigned eax = 0, ebx, ecx, edx;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx));
    unsigned low, high, low2, high2;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    __asm__ volatile("rdtsc" : "=a"(low2), "=d"(high2));
    printf("%d %d\n", eax >= 1 && ebx != 0,
           ((uint64_t)high << 32 | low) <= ((uint64_t)high2 << 32 | low2));
    long pid = getpid(), same;
    __asm__ volatile("syscall" : "=a"(same) : "a"(SYS_getpid) : "rcx", "r11", "memory");
    puts(pid == same ? "same process" : "another process");
}
