// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Faults are signals with handlers: who return, go on elsewhere, or leave by siglongjmp. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile sig_atomic_t signals, code;
static uint64_t address, registers[4], rip;
static char *volatile page;
static uint8_t stack[65536];

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
    const greg_t *gregs = ((ucontext_t *)context)->uc_mcontext.gregs;
    signals++;
    code = number == SIGSEGV ? info->si_code : -1;
    address = (uint64_t)(uintptr_t)info->si_addr;
    registers[0] = (uint64_t)gregs[REG_R12];
    registers[1] = (uint64_t)gregs[REG_TRAPNO];
    registers[2] = (uint64_t)gregs[REG_ERR];
    registers[3] = (uint64_t)gregs[REG_CR2] == address;
    if (mprotect(page, 4096, PROT_READ | PROT_WRITE))
        _exit(3);
}

static void skip(int number, siginfo_t *info, void *context)
{
    greg_t *gregs = ((ucontext_t *)context)->uc_mcontext.gregs;
    signals = number;
    code = info->si_code;
    rip = (uint64_t)gregs[REG_RIP];
    address = (uint64_t)(uintptr_t)info->si_addr;
    if (number != SIGTRAP) /* which comes after the instruction */
        gregs[REG_RIP] += 2;
    gregs[REG_R13] += 7;
}

static void handle(int number, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
    sigaction(number, &action, NULL);
}

static long resident(void)
{
    char text[4096] = "";
    int file = open("/proc/self/statm", O_RDONLY);
    long pages = 0, all = 0;
    if (file < 0 || read(file, text, sizeof text - 1) < 0 ||
        sscanf(text, "%ld %ld", &all, &pages) != 2)
        return 0;
    close(file);
    return pages;
}

static int deeper(volatile char *above)
{
    volatile char frame[4096];
    frame[0] = *above;
    return deeper(frame) + frame[0];
}

int main(void)
{
    uint64_t value = 0;

    /* null checks */
    handle(SIGSEGV, leave, 0);
    volatile uintptr_t null = 0;
    if (!sigsetjmp(back, 1))
        *(volatile int *)(null + 24) = 1;
    printf("null: %d %d, offset %d\n", signals == SIGSEGV, code == SEGV_MAPERR,
           (int)(uint32_t)address);

    /* a jump to data */
    void (*volatile data)(void) = (void (*)(void))(uintptr_t)stack;
    if (!sigsetjmp(back, 1))
        data();
    printf("data: %d %d\n", signals == SIGSEGV, code == SEGV_ACCERR);

    /* guard pages, many times: nothing is left behind */
    char *guard = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(guard + 4096, 4096, PROT_NONE);
    volatile long before = resident(), good = 0;
    for (int i = 0; i < 50000; i++) {
        if (!sigsetjmp(back, 1))
            ((volatile char *)guard)[4096] = 1;
        else
            good += address == (uint64_t)(uintptr_t)guard + 4096 && code == SEGV_ACCERR;
    }
    printf("guard: %ld, grown %d\n", good, resident() - before > 64);

    /* a page that the handler repairs, with what it is told */
    handle(SIGSEGV, repair, SA_ONSTACK);
    page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    signals = 0;
    __asm__ volatile("movq $0x123456789abcdef, %%r12\n\t"
                     "movl $42, 16(%1)\n\t"
                     "movq %%r12, %0"
                     : "=r"(value)
                     : "r"(page)
                     : "r12", "memory");
    printf("repaired: %d times, %d, %d, r12 %d %d, trap %d, error %d, cr2 %d\n", (int)signals,
           *(int *)(page + 16), address == (uint64_t)(uintptr_t)page + 16,
           value == 0x123456789abcdef, registers[0] == value, (int)registers[1], (int)registers[2],
           (int)registers[3]);

    /* instructions that are skipped */
    handle(SIGFPE, skip, 0);
    __asm__ volatile("movl $5, %%eax\n\tcltd\n\txorl %%ecx, %%ecx\n\tmovq $1, %%r13\n\t"
                     "idivl %%ecx\n\tmovq %%r13, %0"
                     : "=r"(value)
                     :
                     : "rax", "rcx", "rdx", "r13");
    printf("divided: %d %d %d, at %d\n", signals == SIGFPE, code == FPE_INTDIV, (int)value,
           address == rip);
    handle(SIGILL, skip, 0);
    __asm__ volatile("movq $2, %%r13\n\tud2\n\tmovq %%r13, %0" : "=r"(value) : : "r13");
    printf("illegal: %d %d %d, at %d\n", signals == SIGILL, code == ILL_ILLOPN, (int)value,
           address == rip);
    handle(SIGTRAP, skip, 0);
    __asm__ volatile("movq $3, %%r13\n\tint3\n\tmovq %%r13, %0" : "=r"(value) : : "r13");
    printf("trap: %d %d\n", signals == SIGTRAP, (int)value);
    const uint32_t controls = 0x1d80, initial = 0x1f80; /* division by zero is not masked */
    __asm__ volatile("ldmxcsr %0" : : "m"(controls));
    volatile double zero = 0, result = 1;
    if (!sigsetjmp(back, 1)) {
        handle(SIGFPE, leave, 0);
        result = result / zero;
    }
    __asm__ volatile("ldmxcsr %0" : : "m"(initial));
    printf("floating point: %d %d\n", signals == SIGFPE, code == FPE_FLTDIV);

    /* a file that has become shorter */
    handle(SIGBUS, leave, 0);
    int file = memfd_create("file", 0);
    if (ftruncate(file, 4096))
        return 1;
    char *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    mapped[0] = 1;
    if (ftruncate(file, 0))
        return 1;
    if (!sigsetjmp(back, 1))
        mapped[1] = 1;
    printf("bus: %d %d %d\n", signals == SIGBUS, code == BUS_ADRERR,
           address == (uint64_t)(uintptr_t)mapped + 1);

    /* no stack left: on another one; and a timer's signal there */
    const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    handle(SIGSEGV, leave, SA_ONSTACK);
    for (int i = 0; i < 3; i++) {
        char top = 0;
        if (!sigsetjmp(back, 1))
            return deeper(&top);
    }
    printf("overflow: %d\n", signals == SIGSEGV);

    /* a handler without room for its frame */
    const stack_t bad = {.ss_sp = guard + 4096, .ss_size = 4096};
    sigaltstack(&bad, NULL);
    handle(SIGSEGV, leave, 0);
    handle(SIGUSR1, leave, SA_ONSTACK);
    if (!sigsetjmp(back, 1))
        raise(SIGUSR1);
    printf("no frame: %d\n", signals == SIGSEGV);
    fflush(stdout);
    handle(SIGSEGV, leave, SA_ONSTACK);
    *(volatile int *)(null + 24) = 1;
    return 0;
}
