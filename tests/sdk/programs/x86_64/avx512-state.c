// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* zmm0-31 and k0-7 of three threads, in loops, light and full system calls, while handlers of
 * signals change them all. */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

struct state {
    uint8_t zmm[32][64];
    uint64_t masks[8];
};

#define ALL                                                                                  \
    ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, " \
    "22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n\t"
#define MASKS ".irp i, 0, 1, 2, 3, 4, 5, 6, 7\n\t"
#define END   "\n\t.endr\n\t"

static volatile int signals;
static int wrong;

static void handler(int number)
{
    (void)number;
    signals++;
    __asm__ volatile(ALL "vpternlogd $0xff, %%zmm\\i, %%zmm\\i, %%zmm\\i" END MASKS
                         "kxnorq %%k\\i, %%k\\i, %%k\\i" END
                     :
                     :
                     : "memory");
}

/* Loads all, does it `count` times (call -1: nothing), stores all. */
static void keep(const struct state *from, struct state *to, long count, long number)
{
    struct stat status;
    register void *place __asm__("r12") = &status;
    register long call __asm__("r13") = number;
    long result;

    __asm__ volatile(
        ALL "vmovdqu64 64*\\i(%%rdi), %%zmm\\i" END MASKS "kmovq 2048+8*\\i(%%rdi), %%k\\i" END
            "1: movq %%r13, %%rax\n\ttestq %%rax, %%rax\n\tjs 2f\n\t"
            "movq %%rdi, %%r8\n\tmovq %%rsi, %%r9\n\tmovq %%rcx, %%r14\n\t"
            "movq %%r12, %%rsi\n\tmovl $1, %%edi\n\tsyscall\n\t"
            "movq %%r14, %%rcx\n\tmovq %%r8, %%rdi\n\tmovq %%r9, %%rsi\n"
            "2: decq %%rcx\n\tjnz 1b\n\t" ALL "vmovdqu64 %%zmm\\i, 64*\\i(%%rsi)" END MASKS
            "kmovq %%k\\i, 2048+8*\\i(%%rsi)" END
        : "=&a"(result), "+c"(count)
        : "D"(from), "S"(to), "r"(place), "r"(call)
        : "memory", "cc", "r8", "r9", "r11", "r14");
}

static void *rounds(void *data)
{
    static const struct {
        long count, number;
    } ways[] = {{400000, -1}, {30, SYS_fstat}, {30, SYS_getpid}};
    struct state from, to;

    for (int round = 0; round < 300 || signals <= 10; round++) {
        uint8_t *bytes = (uint8_t *)&from;
        for (size_t i = 0; i < sizeof from; i++)
            bytes[i] = (uint8_t)(i * 7 + i / 64 * 11 + (size_t)round + (size_t)data);
        memset(&to, 0, sizeof to);
        keep(&from, &to, ways[round % 3].count, ways[round % 3].number);
        if (memcmp(&from, &to, sizeof from) != 0)
            __atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

int main(void)
{
    struct itimerval every = {{0, 2000}, {0, 2000}};
    pthread_t threads[3];

    if (!__builtin_cpu_supports("avx512bw"))
        return 77;
    signal(SIGALRM, handler);
    setitimer(ITIMER_REAL, &every, NULL);
    for (size_t i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, rounds, (void *)i);
    for (size_t i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    printf("%d wrong, %s signals\n", wrong, signals > 10 ? "many" : "few");
    return 0;
}
