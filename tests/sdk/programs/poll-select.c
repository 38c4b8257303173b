// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Waiting for pipes, events and timers. */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/timerfd.h>
#include <unistd.h>

int main(void)
{
    int ends[2], bytes = 0;
    char text[8];
    if (pipe(ends))
        return 1;
    struct pollfd fds[3] = {{ends[0], POLLIN, 0}, {ends[1], POLLOUT, 0}, {-1, POLLIN, 9}};
    int count = poll(fds, 3, 0);
    printf("poll %d: %d %d %d\n", count, fds[0].revents, fds[1].revents == POLLOUT, fds[2].revents);
    (void)!write(ends[1], "abc", 3);
    count = poll(fds, 3, 1000);
    printf("poll %d: %d\n", count, fds[0].revents == POLLIN);
    fds[2].fd = 900;
    count = poll(fds, 3, 1000);
    printf("poll %d: %d\n", count, fds[2].revents == POLLNVAL);
    ioctl(ends[0], FIONREAD, &bytes);
    printf("waiting %d\n", bytes);

    fd_set in, out;
    struct timeval timeout = {1, 0};
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(ends[0], &in);
    FD_SET(ends[1], &out);
    count = select(ends[1] + 1, &in, &out, NULL, &timeout);
    printf("select %d: %d %d\n", count, FD_ISSET(ends[0], &in) != 0, FD_ISSET(ends[1], &out) != 0);
    (void)!read(ends[0], text, 3);
    FD_ZERO(&in);
    FD_SET(ends[0], &in);
    timeout = (struct timeval){0, 1000};
    count = select(ends[0] + 1, &in, NULL, NULL, &timeout);
    printf("select %d: %d\n", count, FD_ISSET(ends[0], &in) != 0);
    FD_SET(40, &in);
    count = select(41, &in, NULL, NULL, &timeout);
    printf("select %d %d\n", count, errno == EBADF);

    int epoll = epoll_create1(0), event = eventfd(0, EFD_NONBLOCK);
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    struct epoll_event wanted = {.events = EPOLLIN, .data.u64 = 0x123456789abcdef0}, got[4];
    epoll_ctl(epoll, EPOLL_CTL_ADD, event, &wanted);
    wanted.data.u64 = 2;
    epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &wanted);
    printf("epoll %d\n", epoll_wait(epoll, got, 4, 0));
    uint64_t value = 5;
    (void)!write(event, &value, sizeof value);
    count = epoll_wait(epoll, got, 4, 1000);
    printf("epoll %d: %d\n", count, got[0].data.u64 == 0x123456789abcdef0);
    (void)!read(event, &value, sizeof value);
    struct itimerspec soon = {.it_value = {0, 1000000}};
    timerfd_settime(timer, 0, &soon, NULL);
    count = epoll_wait(epoll, got, 4, 5000);
    printf("timer %d: %d\n", count, got[0].data.u64 == 2);
    close(ends[1]);
    fds[0].revents = 0;
    count = poll(fds, 1, 1000);
    printf("closed %d: %d\n", count, fds[0].revents == POLLHUP);
    return 0;
}
