// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What the tests share that make as many boxes as there can be: vm.max_map_count, what the process
 * uses, and that the host goes on. Needs cmocka.h. */
#ifndef TEST_MANY_H
#define TEST_MANY_H

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_FILE "/proc/sys/vm/max_map_count"

static inline double many_now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static inline long many_limit(void)
{
    FILE *file = fopen(LIMIT_FILE, "r");
    long limit = -1;

    if (file) {
        if (fscanf(file, "%ld", &limit) != 1)
            limit = -1;
        fclose(file);
    }
    return limit;
}

static inline bool many_set_limit(long limit)
{
    FILE *file = fopen(LIMIT_FILE, "w");
    bool good;

    if (!file)
        return false;
    good = fprintf(file, "%ld\n", limit) > 0;
    return fclose(file) == 0 && good;
}

/* A number of KiB in /proc/self/status. */
static inline long many_status(const char *name)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long value = 0;

    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtol(line + strlen(name) + 1, NULL, 10);
    }
    if (file)
        fclose(file);
    return value;
}

static inline size_t many_maps(void)
{
    FILE *file = fopen("/proc/self/maps", "r");
    size_t lines = 0;

    for (int c; file && (c = fgetc(file)) != EOF;)
        lines += c == '\n';
    if (file)
        fclose(file);
    return lines;
}

static inline void *many_nothing(void *data)
{
    return data;
}

/* The host can still do what hosts do. */
static inline void many_host_goes_on(void)
{
    pthread_t threads[20];
    void *memory;

    for (size_t i = 0; i < 20; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, many_nothing, NULL), 0);
    for (size_t i = 0; i < 20; i++)
        pthread_join(threads[i], NULL);
    memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(memory, MAP_FAILED);
    munmap(memory, 1 << 20);
}

/*
 * With room for `count` boxes of `each` mappings. A child makes them, so that the limit is as
 * before however that ends. 77 if it cannot be raised.
 */
static inline int many_run(size_t count, long each, int (*make)(void))
{
    /* a sixteenth of what boxes may have is the host's */
    const long limit = 65530 + (long)count * each * 16 / 15;
    const long before = many_limit();
    pid_t child;
    int status = 1;

    if (before >= limit)
        return make();
    if (before < 0 || !many_set_limit(limit)) {
        fprintf(stderr, "%zu boxes need vm.max_map_count=%ld, which this user cannot set\n", count,
                limit);
        return 77;
    }
    child = fork();
    if (child == 0)
        _exit(make());
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    many_set_limit(before);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

#endif
