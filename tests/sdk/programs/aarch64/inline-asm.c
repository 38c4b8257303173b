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

/* Memory operands of every shape, read and written. */
static int operands(struct node *list, int32_t *array, long index)
{
    int sum = 0, t;
    for (struct node *n = list; n; n = n->next)
        __asm__("ldr %w1, %2\n\tadd %w0, %w0, %w1" : "+r"(sum), "=&r"(t) : "m"(n->value));
    __asm__("ldr %w0, [%2, %3, lsl #2]\n\tadd %w1, %w1, %w0"
            : "=&r"(t), "+r"(sum)
            : "r"(array), "r"(index)
            : "memory");
    __asm__("ldr %w0, %1\n\tadd %w0, %w0, #5\n\tstr %w0, %1" : "=&r"(t), "+m"(array[index]));
    __asm__("ldrsw %0, [%1, %w0, sxtw #2]" : "+r"(index) : "r"(array) : "memory");
    return sum * 1000 + (int)index;
}

/* Load and store exclusive; then the same with an atomic instruction. */
static unsigned exclusive(uint32_t *counter)
{
    unsigned old, sum, failed;
    __asm__ volatile("1:\tldaxr %w0, [%3]\n\t"
                     "add %w1, %w0, #3\n\t"
                     "stlxr %w2, %w1, [%3]\n\t"
                     "cbnz %w2, 1b"
                     : "=&r"(old), "=&r"(sum), "=&r"(failed)
                     : "r"(counter)
                     : "memory");
    __asm__ volatile(".arch_extension lse\n\tldaddal %w1, %w0, [%2]"
                     : "=r"(sum)
                     : "r"(4), "r"(counter)
                     : "memory");
    return old * 1000 + sum;
}

static long raw_write(const char *text)
{
    register long number __asm__("x8") = SYS_write;
    register long result __asm__("x0") = 1;
    register const char *from __asm__("x1") = text;
    register long size __asm__("x2") = (long)strlen(text);
    __asm__ volatile("svc #0" : "+r"(result) : "r"(number), "r"(from), "r"(size) : "memory");
    return result;
}

/* Write-back, pairs and vectors. */
static void copies(void)
{
    char from[48] = "pairs and vectors copy this text, 47 characters", to[48] = "", *d = to;
    const char *s = from;
    __asm__ volatile("ldp x9, x10, [%1], #16\n\t"
                     "stp x9, x10, [%0], #16\n\t"
                     "ld1 {v0.16b}, [%1], #16\n\t"
                     "st1 {v0.16b}, [%0], #16\n\t"
                     "mov x9, #16\n\t"
                     "ld2 {v0.8b, v1.8b}, [%1], x9\n\t"
                     "st2 {v0.8b, v1.8b}, [%0], x9"
                     : "+r"(d), "+r"(s)
                     :
                     : "x9", "x10", "v0", "v1", "memory");
    printf("%s, %d %d\n", to, (int)(d - to), (int)(s - from));
    char line[256];
    memset(line, 1, sizeof line);
    uint64_t size;
    __asm__("mrs %0, dczid_el0" : "=r"(size));
    if ((size & 0x10) == 0 && (4u << (size & 15)) <= 64) {
        char *block = line + (-(uintptr_t)line & 63);
        __asm__ volatile("dc zva, %0\n\tprfm pstl1keep, [%0, #64]" : : "r"(block) : "memory");
        printf("%d %d\n", block[0], block[4 << (size & 15)]);
    } else {
        puts("0 1");
    }
}

/* Flags that live across memory operands. */
static uint64_t add_with_carry(const uint64_t *a, const uint64_t *b, uint64_t *out, long n)
{
    uint64_t carry, x, y;
    __asm__ volatile("cmn xzr, xzr\n"
                     "1:\tldr %1, [%4], #8\n\t"
                     "ldr %2, [%5], #8\n\t"
                     "adcs %1, %1, %2\n\t"
                     "str %1, [%6], #8\n\t"
                     "sub %3, %3, #1\n\t"
                     "cbnz %3, 1b\n\t"
                     "cset %0, cs"
                     : "=r"(carry), "=&r"(x), "=&r"(y), "+&r"(n), "+&r"(a), "+&r"(b), "+&r"(out)
                     :
                     : "memory", "cc");
    return carry;
}

static int jumps(int x)
{
    int result;
    __asm__("cmp %w1, #10\n\tb.lt 1f\n\tmov %w0, #100\n\tb 2f\n1:\tmov %w0, #1\n2:"
            : "=r"(result)
            : "r"(x)
            : "cc");
    __asm__ goto("tbnz %w0, #31, %l1" : : "r"(x) : : negative);
    return result;
negative:
    return -result;
}

int main(void)
{
    struct node three = {NULL, 3}, two = {&three, 2}, one = {&two, 1};
    int32_t array[] = {10, 20, 30, 40};
    printf("%d ", operands(&one, array, 2));
    printf("%d\n", array[2]);
    uint32_t counter = 5;
    printf("%u ", exclusive(&counter));
    printf("%u\n", counter);
    fflush(stdout);
    long n = raw_write("a system call\n");
    printf("%ld\n", n);
    copies();
    uint64_t a[3] = {-1ull, -1ull, 5}, b[3] = {1, 0, -6ull}, sum[3];
    uint64_t carry = add_with_carry(a, b, sum, 3);
    printf("%llx %llx %llx %llu\n", (unsigned long long)sum[0], (unsigned long long)sum[1],
           (unsigned long long)sum[2], (unsigned long long)carry);
    printf("%d %d %d\n", jumps(5), jumps(20), jumps(-3));
    uint64_t first, second, thread;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(first));
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(second));
    __asm__("mrs %0, tpidr_el0" : "=r"(thread));
    printf("%d %d\n", first <= second, thread == (uint64_t)__builtin_thread_pointer());
    long pid = getpid();
    register long number __asm__("x8") = SYS_getpid;
    register long same __asm__("x0");
    __asm__ volatile("svc #0" : "=r"(same) : "r"(number) : "memory");
    puts(pid == same ? "same process" : "another process");
}
