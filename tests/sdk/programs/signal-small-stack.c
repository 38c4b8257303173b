// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A handler within a handler, on an alternate stack that has no room for its frame: SIGSEGV, for
 * whose handler there is none either.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t depth;

static void handler(int number)
{
    if (++depth < 20)
        raise(number);
}

static void overflow(int number)
{
    (void)!write(1, "on top of what is in use\n", 25);
    _exit(number);
}

int main(void)
{
    stack_t stack = {.ss_size = (size_t)sysconf(_SC_MINSIGSTKSZ) + 1024};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK | SA_NODEFER};
    char *room = calloc(2, 65536);
    stack.ss_sp = room + 65536;
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    action.sa_handler = overflow;
    sigaction(SIGSEGV, &action, NULL);
    (void)!write(1, "start\n", 6);
    raise(SIGUSR1);
    (void)!write(1, "out\n", 4);
    return 0;
}
