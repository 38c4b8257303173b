// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What programs see of the processor is what a box has: they choose code by it at run time. */
#include <cpuid.h>
#include <immintrin.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

struct answer {
    uint32_t eax, ebx, ecx, edx;
};

static struct answer ask(uint32_t leaf, uint32_t subleaf)
{
    struct answer a;
    __cpuid_count(leaf, subleaf, a.eax, a.ebx, a.ecx, a.edx);
    return a;
}

/* By hand: all that cpuid does not change is used behind it. */
uint64_t by_hand(uint32_t leaf, uint32_t subleaf, uint32_t *ecx);
__asm__(".text\n.globl by_hand\n.type by_hand, @function\nby_hand:\n\t"
        "movq %rbx, -8(%rsp)\n\tmovq %rdx, -16(%rsp)\n\tmovl $0x11223344, %r11d\n\t"
        "movl %edi, %eax\n\tmovl %esi, %ecx\n\tmovq %rsi, %xmm15\n\tmovq $-3, %r9\n\t"
        "stc\n\tcpuid\n\t"
        "adcl $0, %r11d\n\t" /* the carry, and r11 */
        "movq -16(%rsp), %r10\n\tmovl %ecx, (%r10)\n\tmovq -8(%rsp), %rbx\n\t"
        "movq %xmm15, %rax\n\tcmpq %rax, %rsi\n\tjne 1f\n\tcmpq $-3, %r9\n\tjne 1f\n\t"
        "movl %r11d, %eax\n\tret\n"
        "1:\tud2\n\t.size by_hand, . - by_hand\n");

__attribute__((target("avx2"))) static int sum_avx2(const int *at, int count)
{
    __m256i sum = _mm256_setzero_si256();
    int parts[8], all = 0;
    for (int i = 0; i < count; i += 8)
        sum = _mm256_add_epi32(sum, _mm256_loadu_si256((const __m256i *)(at + i)));
    _mm256_storeu_si256((__m256i *)parts, sum);
    for (int i = 0; i < 8; i++)
        all += parts[i];
    return all;
}

static int sum_plain(const int *at, int count)
{
    int all = 0;
    for (int i = 0; i < count; i++)
        all += at[i];
    return all;
}

static uint64_t enabled(void)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static void *in_thread(void *data)
{
    struct answer *a = data;
    for (int i = 0; i < 1000; i++)
        *a = ask(7, 0);
    return NULL;
}

int main(void)
{
    const struct answer first = ask(1, 0), seven = ask(7, 0), extended = ask(0x80000001, 0);
    struct answer others[4];
    pthread_t threads[4];
    int numbers[64];
    uint32_t ecx = 0;

    /* what no box has: MONITOR, FSGSBASE, keys, transactions, shadow stacks, … */
    printf("hidden %x %x %x %x\n", first.ecx & 1U << 3, seven.ebx & (1U << 0 | 1U << 4 | 1U << 11),
           seven.ecx & (1U << 3 | 1U << 4 | 1U << 7), seven.edx & (1U << 5 | 1U << 20 | 7U << 22));
    printf("extended %x\n", extended.ecx & (1U << 2 | 1U << 11 | 1U << 16 | 1U << 29));
    printf("AT_HWCAP %lx\n", getauxval(AT_HWCAP) & ~(unsigned long)first.edx);
    printf("AMX %x %x\n", ask(0x1e, 0).ebx, ask(0xd, 18).eax);
    printf("by hand %lx\n", (unsigned long)by_hand(1, 0, &ecx));
    printf("same %d\n", ecx == first.ecx);

    bool avx = (first.ecx >> 27 & 3) == 3 && (enabled() & 6) == 6;
    bool avx2 = avx && seven.ebx >> 5 & 1;
    bool avx512 = avx && (enabled() & 0xe6) == 0xe6 && seven.ebx >> 16 & 1;
    __builtin_cpu_init();
    printf("builtins %d %d %d %d\n", !!__builtin_cpu_supports("sse2"),
           !!__builtin_cpu_supports("avx") == avx, !!__builtin_cpu_supports("avx2") == avx2,
           !!__builtin_cpu_supports("avx512f") == avx512);
    for (int i = 0; i < 64; i++)
        numbers[i] = i;
    printf("sum %d\n",
           __builtin_cpu_supports("avx2") ? sum_avx2(numbers, 64) : sum_plain(numbers, 64));

    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, in_thread, &others[i]);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        if (memcmp(&others[i], &seven, sizeof seven) != 0)
            printf("thread %d differs\n", i);
    }
    return 0;
}
