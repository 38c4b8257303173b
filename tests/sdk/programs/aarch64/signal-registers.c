// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A handler for a signal that a system call brings changes no register of its caller. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct state {
    uint64_t x[16]; /* x9 … x17, x19 … x23 and two that are not used */
    uint8_t v[32][16];
    uint64_t nzcv;
} before, after;

static volatile int handled;

#define ALL                                                                                      \
    "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, " \
    "25, 26, 27, 28, 29, 30, 31"

static void handle(int number)
{
    /* what a function may change */
    __asm__ volatile(".irp i, 9, 10, 11, 12, 13, 14, 15, 16, 17\n\t"
                     "mov x\\i, #-1\n\t"
                     ".endr\n\t"
                     ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, "
                     "26, 27, 28, 29, 30, 31\n\t"
                     "movi v\\i\\().16b, #255\n\t"
                     ".endr\n\t"
                     "mov v8.d[1], x9\n\t"
                     "mov v15.d[1], x9\n\t"
                     "cmp x9, #1\n\t"
                     :
                     :
                     : "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "v0", "v1",
                       "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v18", "v19", "v20", "v21",
                       "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31", "cc");
    handled = number;
}

int main(void)
{
    struct sigaction action = {.sa_handler = handle};

    sigaction(SIGUSR1, &action, NULL);
    memset(&before, 0x5a, sizeof before);
    for (int i = 0; i < 32; i++)
        memset(before.v[i], i + 1, 16);
    before.nzcv = 0x60000000;
    long process = getpid();
    register long number __asm__("x8") = SYS_kill;
    register long first __asm__("x0") = process;
    register long second __asm__("x1") = SIGUSR1;
    register struct state *from __asm__("x6") = &before;
    register struct state *to __asm__("x7") = &after;
    __asm__ volatile(".irp i, " ALL "\n\t"
                     "ldr q\\i, [%[from], #128 + 16 * \\i]\n\t"
                     ".endr\n\t"
                     "ldr x9, [%[from], #640]\n\t"
                     "msr nzcv, x9\n\t"
                     ".irp i, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23\n\t"
                     "ldr x\\i, [%[from], #8 * (\\i - 9)]\n\t"
                     ".endr\n\t"
                     "svc #0\n\t"
                     ".irp i, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23\n\t"
                     "str x\\i, [%[to], #8 * (\\i - 9)]\n\t"
                     ".endr\n\t"
                     "mrs x9, nzcv\n\t"
                     "str x9, [%[to], #640]\n\t"
                     ".irp i, " ALL "\n\t"
                     "str q\\i, [%[to], #128 + 16 * \\i]\n\t"
                     ".endr\n\t"
                     : "+r"(first)
                     : "r"(number), "r"(second), [from] "r"(from), [to] "r"(to)
                     : "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x19", "x20",
                       "x21", "x22", "x23", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8",
                       "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19",
                       "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30",
                       "v31", "cc", "memory");
    before.x[9] = after.x[9] = before.x[15] = after.x[15] = 0; /* x18 and what comes after x23 */
    printf("handled %d, result %ld, registers %s\n", handled == SIGUSR1, first,
           memcmp(&before, &after, sizeof before) ? "differ" : "kept");
    return 0;
}
