// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What registers of hostile code begin with: random values that are likely to hit an edge. */
#ifndef TEST_HOSTILE_H
#define TEST_HOSTILE_H

#include <lfi/abi.h>

#include "options.h"

/* A number: special, in the box at `base`, large or small. */
static inline uint64_t test_number(uint64_t *seed, uint64_t base)
{
    static const uint64_t values[] = {0,          1,          8,          0xffffffff,
                                      0x80000000, UINT64_MAX, 1ull << 47, 0x7fffffff};
    uint64_t random = test_random(seed);
    switch (random & 3) {
    case 0:
        return values[(random >> 8) % 8];
    case 1:
        return base + (uint32_t)test_random(seed);
    case 2:
        return test_random(seed);
    default:
        return (random >> 8) % 256;
    }
}

/* An address in the box at `base`: anywhere, but mostly near the ends. */
static inline uint64_t test_place(uint64_t *seed, uint64_t base)
{
    uint64_t random = test_random(seed);
    uint32_t far = (uint32_t)test_random(seed), near = far % 0x50000 & (random & 16 ? ~7u : ~0u);
    switch (random & 3) {
    case 0:
        return base + far;
    case 1:
        return base + near % 0x40;
    case 2:
        return base + near;
    default:
        return base + LFI_BOX_SIZE - 1 - near;
    }
}

#endif
