// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int ends[2];

static void *writer(void *argument)
{
    for (int i = 0; i < 100; i++) {
        char text[20];
        int n = snprintf(text, sizeof text, "%d,", i);
        if (write(ends[1], text, (size_t)n) != n)
            return argument;
    }
    close(ends[1]);
    return NULL;
}

int main(void)
{
    pipe(ends);
    struct pollfd p = {.fd = ends[0], .events = POLLIN};
    printf("%d\n", poll(&p, 1, 10));
    pthread_t t;
    pthread_create(&t, NULL, writer, NULL);
    char text[1000];
    size_t total = 0;
    for (ssize_t n; (n = read(ends[0], text + total, sizeof text - total - 1)) > 0;)
        total += (size_t)n;
    text[total] = '\0';
    pthread_join(t, NULL);
    printf("%zu %s\n", total, strstr(text, "97,"));
    p.revents = 0;
    int ready = poll(&p, 1, 0);
    printf("%d %d\n", ready, (p.revents & POLLHUP) != 0);
    printf("%zd %d\n", read(999, text, 1), errno == EBADF);
}
