// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A handler within a handler, on an alternate stack that has no room for its frame: SIGSEGV. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t depth;

static void handler(int number)
{
    if (++depth < 20)
        raise(number);
}

int main(void)
{
    stack_t stack = {.ss_size = (size_t)sysconf(_SC_MINSIGSTKSZ) + 1024};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK | SA_NODEFER};
    char *room = calloc(2, 65536);
    stack.ss_sp = room + 65536;
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    (void)!write(1, "start\n", 6);
    raise(SIGUSR1);
    (void)!write(1, "out\n", 4);
    return 0;
}
