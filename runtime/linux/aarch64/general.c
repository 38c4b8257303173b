// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Whether code of the host uses general registers only, for AArch64: all that can be reached from
 * an address is followed. Arm Architecture Reference Manual, C4.1, "A64 instruction set encoding".
 */
#include "linux/process.h"

#include <stdlib.h>
#include <string.h>

struct flow {
    bool ends;     /* what follows is not reached from here */
    bool branches; /* to `distance` from here, too, in instructions */
    int64_t distance;
};

/* The signed value of `bits` bits from bit `low` on. */
static int64_t field(uint32_t word, unsigned low, unsigned bits)
{
    return (int64_t)((uint64_t)word << (64 - low - bits)) >> (64 - bits);
}

/* False if the instruction uses vector registers, leads elsewhere, or is not known. */
static bool step(uint32_t word, struct flow *flow)
{
    unsigned group = word >> 25 & 15;
    *flow = (struct flow){0};
    if ((group & 5) == 4) /* loads and stores: bit 26 says of which registers */
        return (group & 2) == 0;
    if (group < 4) /* SME, SVE and what is not allocated; 0: UDF */
        return false;
    if ((group & 7) == 7)
        return false;
    if ((group & 14) != 10) /* data processing */
        return true;
    if ((word & 0x7c000000) == 0x14000000) { /* B, BL */
        flow->branches = true;
        flow->distance = field(word, 0, 26);
        flow->ends = word >> 31 == 0;
    } else if ((word & 0x7e000000) == 0x34000000 || (word & 0xff000010) == 0x54000000) {
        flow->branches = true; /* CBZ, CBNZ, B.cond */
        flow->distance = field(word, 5, 19);
    } else if ((word & 0x7e000000) == 0x36000000) { /* TBZ, TBNZ */
        flow->branches = true;
        flow->distance = field(word, 5, 14);
    } else if ((word & 0xfffffc1f) == 0xd65f0000 || (word & 0xfffffbff) == 0xd65f0bff) {
        flow->ends = true; /* RET, RETAA, RETAB */
    } else if ((word & 0xffe0001f) == 0xd4200000) {
        flow->ends = true; /* BRK */
    } else if ((word & 0xffe0001f) == 0xd4000001) {
        return true; /* SVC */
    } else {
        return (word & 0xffc00000) == 0xd5000000; /* system instructions: hints, barriers, MRS */
    }
    return true;
}

bool linux_arch_general(const void *code, size_t size, uint64_t entry)
{
    uint64_t waiting[256];
    size_t count = 0;
    uint8_t *seen = calloc(1, size / 32 + 1);
    bool good = seen != NULL && entry % 4 == 0;
    waiting[count++] = entry;
    while (good && count) {
        uint64_t at = waiting[--count];
        struct flow flow = {0};
        for (; good && !flow.ends; at += 4) {
            uint32_t word;
            good = at < size && size - at >= sizeof word;
            if (!good || seen[at / 32] >> at / 4 % 8 & 1)
                break;
            seen[at / 32] |= (uint8_t)(1 << at / 4 % 8);
            memcpy(&word, (const uint8_t *)code + at, sizeof word);
            good = step(word, &flow);
            if (good && flow.branches) {
                good = count < sizeof waiting / sizeof *waiting;
                if (good)
                    waiting[count++] = at + (uint64_t)(4 * flow.distance);
            }
        }
    }
    free(seen);
    return good;
}
