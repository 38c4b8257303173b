// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Faults have handlers on every architecture: null checks, guard pages, pages that they repair. */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile sig_atomic_t signals, code;
static uint64_t address;
static char *volatile page;

static void leave(int number, siginfo_t *info, void *context)
{
    (void)context;
    signals = number;
    code = info->si_code;
    address = (uint64_t)(uintptr_t)info->si_addr;
    siglongjmp(back, 1);
}

static void repair(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    signals++;
    address = (uint64_t)(uintptr_t)info->si_addr;
    if (mprotect(page, 16384, PROT_READ | PROT_WRITE))
        _exit(3);
}

static void handle(int number, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaction(number, &action, NULL);
}

int main(void)
{
    volatile uintptr_t null = 0;
    handle(SIGSEGV, leave);
    if (!sigsetjmp(back, 1))
        *(volatile int *)(null + 24) = 1;
    printf("null: %d, offset %d\n", signals == SIGSEGV, (int)(uint32_t)address);

    char *guard = mmap(NULL, 131072, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(guard + 65536, 65536, PROT_NONE);
    volatile int good = 0;
    for (volatile int i = 0; i < 2000; i++) {
        if (!sigsetjmp(back, 1))
            ((volatile char *)guard)[65536 + i] = 1;
        else
            good +=
                address == (uint64_t)(uintptr_t)guard + 65536 + (unsigned)i && code == SEGV_ACCERR;
    }
    printf("guard: %d\n", good);

    /* all that the loop has in registers is as before, each time */
    handle(SIGSEGV, repair);
    signals = 0;
    page = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    double sum = 0, factor = 1.5;
    uint64_t hash = 1;
    for (int i = 0; i < 300; i++) {
        if (i % 3 == 0)
            mprotect(page, 16384, PROT_NONE);
        factor = factor * 1.0078125 - 0.001;
        hash = hash * 6364136223846793005u + 1442695040888963407u;
        page[hash % 16384] = (char)(i % 100);
        sum += factor * page[hash % 16384];
    }
    printf("repaired: %d times, %.6f, %llx\n", (int)signals, sum, (unsigned long long)hash);
    return 0;
}
