// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* signalfd: signals that are read. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/uio.h>
#include <unistd.h>

static void tell(const char *what, long result)
{
    if (result == -1)
        printf("%s: error %d\n", what, errno);
    else
        printf("%s: %ld\n", what, result);
}

static int ready(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0);
}

static void *sends(void *unused)
{
    usleep(20000);
    sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 9});
    return unused;
}

static void note(int number)
{
    (void)number;
}

int main(void)
{
    struct signalfd_siginfo info[4];
    struct epoll_event event = {.events = EPOLLIN};
    sigset_t set, all;
    pthread_t thread;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigfillset(&all);
    sigdelset(&all, SIGALRM);
    sigprocmask(SIG_BLOCK, &all, NULL);

    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), epoll = epoll_create1(0);
    tell("flags", (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    tell("none", read(fd, info, sizeof info));
    tell("small", read(fd, info, 127));
    tell("write", write(fd, info, 128));
    tell("epoll", epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
    tell("epoll before", epoll_wait(epoll, &event, 1, 0));
    sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 5});
    raise(SIGUSR1);
    tell("ready", ready(fd));
    tell("epoll", epoll_wait(epoll, &event, 1, 0));
    tell("two", read(fd, info, sizeof info) / (long)sizeof *info);
    printf("%d %d, %d %d %d\n", (int)info[0].ssi_signo == SIGUSR1, (int)info[0].ssi_pid == getpid(),
           (int)info[1].ssi_signo == SIGUSR2, info[1].ssi_int, info[1].ssi_code == SI_QUEUE);
    tell("ready", ready(fd));

    /* taken by another way */
    raise(SIGUSR1);
    tell("ready", ready(fd));
    int number;
    sigwait(&set, &number);
    tell("ready", ready(fd));

    /* a duplicate; the mask changes for both */
    int copy = dup(fd);
    close(fd);
    sigdelset(&set, SIGUSR1);
    tell("same", signalfd(copy, &set, 0) == copy);
    raise(SIGUSR1);
    tell("not its signal", ready(copy));
    sigaddset(&set, SIGUSR1);
    signalfd(copy, &set, 0);
    tell("its signal", ready(copy));
    int ends[2];
    (void)!pipe(ends);
    tell("sent on", sendfile(ends[1], copy, NULL, sizeof info));
    tell("spliced", splice(copy, NULL, ends[1], NULL, sizeof info, SPLICE_F_NONBLOCK));
    tell("read", read(copy, info, sizeof info));
    tell("not its kind", signalfd(epoll, &set, 0));
    tell("no descriptor", signalfd(99, &set, 0));
    tell("unknown flag", signalfd(-1, &set, 1));

    /* one that waits */
    fcntl(copy, F_SETFL, 0);
    pthread_create(&thread, NULL, sends, NULL);
    tell("waited", read(copy, info, sizeof info));
    tell("value", info[0].ssi_int);
    pthread_join(thread, NULL);
    signal(SIGALRM, SIG_IGN);
    struct sigaction action = {.sa_handler = note};
    sigaction(SIGALRM, &action, NULL);
    ualarm(100000, 100000); /* the first may come before the read */
    tell("interrupted", read(copy, info, sizeof info));
    close(copy);
    return 0;
}
