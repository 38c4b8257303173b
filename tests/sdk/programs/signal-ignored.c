// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <signal.h>
#include <stdio.h>

int main(void)
{
    signal(SIGUSR1, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    printf("%d %d\n", raise(SIGUSR1), raise(SIGTERM));
    printf("%d\n", signal(SIGUSR1, SIG_DFL) == SIG_IGN);
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, &old);
    sigprocmask(SIG_SETMASK, &old, &set);
    printf("%d %d\n", sigismember(&set, SIGINT), sigismember(&old, SIGINT));
}
