// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What random tests take from their command line: --count=N (how much) and --seed=N (which). They
 * print both, so that a run can be repeated.
 */
#ifndef TEST_OPTIONS_H
#define TEST_OPTIONS_H

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* By what the daily count is divided where everything takes longer. */
#ifdef __SANITIZE_THREAD__
#define TEST_SLOWER 5
#else
#define TEST_SLOWER 1
#endif

/* The value of `--name=N` (`name` ends in '='), or the default. */
static inline uint64_t test_option(int argc, char *const argv[], const char *name, uint64_t value)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], name, strlen(name)) == 0)
            value = strtoull(argv[i] + strlen(name), NULL, 0);
    }
    return value;
}

/* Numbers that one seed makes (splitmix64): any seed is good, 0 too. */
static inline uint64_t test_random(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

#endif
