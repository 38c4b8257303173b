// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    struct timespec a, b, pause = {0, 20000000};
    clock_gettime(CLOCK_MONOTONIC, &a);
    nanosleep(&pause, NULL);
    clock_gettime(CLOCK_MONOTONIC, &b);
    long ns = (b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec;
    struct timeval tv;
    gettimeofday(&tv, NULL);
    time_t now = time(NULL), fixed = 1000000000;
    printf("%d %d %d\n", ns >= 20000000, now > 1600000000, now >= tv.tv_sec - 1);
    struct tm tm;
    char text[50];
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", gmtime_r(&fixed, &tm));
    puts(text);
    printf("%d\n", clock() >= 0);
}
