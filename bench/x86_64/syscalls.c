// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What system calls cost, x86-64, in cycles of the time-stamp counter: the minimum and the median
 * of many short rounds. The same program runs natively and in a box; `syscalls` does that.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

enum { ROUNDS = 201, CALLS = 200 };

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void print(const char *name, double *cycles)
{
    qsort(cycles, ROUNDS, sizeof *cycles, compare);
    printf("%s %.1f %.1f\n", name, cycles[0], cycles[ROUNDS / 2]);
}

/* As inline assembly: musl's and glibc's syscall() differ. */
static long ask(long number, long a, long b, long c)
{
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c)
                     : "rcx", "r11", "memory");
    return result;
}

#define MEASURE(name, call)                                     \
    do {                                                        \
        static double cycles_[ROUNDS];                          \
        for (int r_ = 0; r_ < ROUNDS; r_++) {                   \
            uint64_t start_ = __rdtsc();                        \
            for (int i_ = 0; i_ < CALLS; i_++)                  \
                call;                                           \
            cycles_[r_] = (double)(__rdtsc() - start_) / CALLS; \
        }                                                       \
        print(name, cycles_);                                   \
    } while (0)

int main(void)
{
    struct timespec now;
    int zero = open("/dev/zero", O_RDONLY), file = open("/proc/self/exe", O_RDONLY);
    char byte;

    if (file < 0)
        file = open("/tmp", O_RDONLY);
    MEASURE("getpid", ask(SYS_getpid, 0, 0, 0));
    MEASURE("gettid", ask(SYS_gettid, 0, 0, 0));
    MEASURE("rt_sigprocmask", ask(SYS_rt_sigprocmask, 0, 0, 0));
    MEASURE("clock_gettime", clock_gettime(CLOCK_MONOTONIC, &now));
    MEASURE("getuid", ask(SYS_getuid, 0, 0, 0));
    MEASURE("sched_yield", ask(SYS_sched_yield, 0, 0, 0));
    MEASURE("lseek", ask(SYS_lseek, file, 0, SEEK_CUR));
    MEASURE("read", ask(SYS_read, zero, (long)&byte, 1));
    MEASURE("futex-wake", ask(SYS_futex, (long)&now & -8, 1, 1));
    return 0;
}
