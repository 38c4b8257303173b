// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Who the process is, and what it can change of that: nothing, or its own affairs. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

static void tell(const char *what, long result)
{
    if (result == -1)
        printf("%s: error %d\n", what, errno);
    else
        printf("%s: %ld\n", what, result);
}

static int much(void)
{
    void *at = mmap(NULL, 512 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? -1 : 0;
}

int main(void)
{
    uid_t ids[3];
    gid_t groups[3];
    printf("same user %d %d %d", setuid(getuid()), setreuid((uid_t)-1, geteuid()),
           setresuid(getuid(), (uid_t)-1, geteuid()));
    printf(", same group %d %d", setgid(getgid()), setegid(getegid()));
    printf(", %d %d", (int)syscall(SYS_setfsuid, geteuid()) == (int)geteuid(),
           (int)syscall(SYS_setfsgid, -1) == (int)getegid());
    printf(", all %d %d", getresuid(&ids[0], &ids[1], &ids[2]),
           getresgid(&groups[0], &groups[1], &groups[2]));
    printf(", %d\n", ids[0] == getuid() && ids[1] == geteuid() && groups[1] == getegid());

    int before = getpriority(PRIO_PROCESS, 0);
    tell("nice", nice(3) - before);
    tell("after", getpriority(PRIO_PROCESS, 0) - before);
    tell("what", setpriority(9, 0, 10));
    tell("who", setpriority(PRIO_PROCESS, 1 << 30, 10));
    tell("bad group", setpgid(0, -1));
    tell("no process", setpgid(1 << 30, 0));

    cpu_set_t set;
    CPU_ZERO(&set);
    tell("affinity", sched_getaffinity(0, sizeof set, &set));
    printf("of no processor %d\n", syscall(SYS_sched_setaffinity, 0, 0, &set) == -1);
    tell("munlockall", munlockall());

    struct rlimit limit, lower;
    getrlimit(RLIMIT_NOFILE, &limit);
    lower = (struct rlimit){10, limit.rlim_max};
    tell("files", setrlimit(RLIMIT_NOFILE, &lower));
    int last = -1, fd;
    while ((fd = dup(0)) >= 0)
        last = fd;
    tell("dup", fd);
    tell("last", last);
    tell("dup2", dup2(0, 10));
    tell("F_DUPFD", fcntl(0, F_DUPFD, 10));
    while (last > 2)
        close(last--);
    lower.rlim_cur = 20;
    tell("up again", setrlimit(RLIMIT_NOFILE, &lower));
    lower.rlim_max = 30;
    tell("hard", setrlimit(RLIMIT_NOFILE, &lower));
    getrlimit(RLIMIT_NOFILE, &lower);
    printf("%d %d\n", (int)lower.rlim_cur, (int)lower.rlim_max);
    lower.rlim_cur = 31;
    tell("above", setrlimit(RLIMIT_NOFILE, &lower));
    lower = (struct rlimit){0, 0};
    tell("core", setrlimit(RLIMIT_CORE, &lower));
    getrlimit(RLIMIT_CORE, &lower);
    printf("%d %d\n", (int)lower.rlim_cur, (int)lower.rlim_max);
    tell("unknown", setrlimit((__typeof__(RLIMIT_CORE))77, &lower));

    getrlimit(RLIMIT_AS, &limit);
    lower = (struct rlimit){256 << 20, limit.rlim_max};
    tell("memory", setrlimit(RLIMIT_AS, &lower));
    tell("much", much());
    lower.rlim_cur = limit.rlim_cur;
    tell("more again", setrlimit(RLIMIT_AS, &lower));
    tell("much", much());
    unsigned long stack = getauxval(AT_MINSIGSTKSZ);
    printf("signal stack %d\n", stack >= 1024 && stack < 65536);
    return 0;
}
