// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What each page of a box is used for: a step function from page numbers to kinds.
 *
 * Pages are counted from the base of the box. A kind is a set of LINUX_RANGE_ bits; 0 is free. The
 * caller locks; a failing call changes nothing.
 */
#ifndef LFI_LINUX_RANGES_H
#define LFI_LINUX_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LINUX_RANGE_FREE = 0,
    LINUX_RANGE_USED = 1,
    LINUX_RANGE_READ = 2,
    LINUX_RANGE_WRITE = 4,
    LINUX_RANGE_ANONYMOUS = 8, /* private memory without a file */
    LINUX_RANGE_FIXED = 16,    /* the program may not change it: code, and guards of the loader */
    LINUX_RANGE_FILLED = 32,   /* code, or may hold what the program wrote, whatever is permitted */
    LINUX_RANGE_MOVED = 64,    /* mremap moved it: the kernel merges nothing with it any more */
};

/* How many ranges are recorded. Core limits the host's mappings, usually earlier. */
#define LINUX_RANGES_MAX 131072

struct linux_range {
    uint32_t start; /* it ends where its successor starts */
    uint32_t kind;
};

struct linux_ranges {
    struct linux_range *at; /* ascending, adjacent ones of different kinds */
    size_t count, room;
    uint32_t first, end; /* the pages described */
    uint64_t used;       /* pages that are not free */
    uint64_t peak;       /* the most that `used` has been */
    uint64_t charged;    /* pages' worth of other memory: linux_ranges_charge() */
    uint64_t most;       /* of both together; the caller may set it */
};

/* All pages of [first, end) are free. False: out of memory. */
bool linux_ranges_init(struct linux_ranges *ranges, uint32_t first, uint32_t end);
void linux_ranges_free(struct linux_ranges *ranges);

/*
 * Room for one linux_ranges_set() of the same, which then does not fail. False: see there.
 */
bool linux_ranges_prepare(struct linux_ranges *ranges, uint32_t start, uint32_t end, uint32_t kind);

/*
 * Makes [start, end) of kind `kind`. False: out of memory, too many ranges, more pages used than
 * `most`, or out of bounds.
 */
bool linux_ranges_set(struct linux_ranges *ranges, uint32_t start, uint32_t end, uint32_t kind);

/* Counts memory elsewhere as if it were `pages` more pages here (or fewer). False: above `most`. */
bool linux_ranges_charge(struct linux_ranges *ranges, int64_t pages);

/* The kind of a page, and in *end where the run of that kind ends. `page` must be in bounds. */
uint32_t linux_ranges_at(const struct linux_ranges *ranges, uint32_t page, uint32_t *end);

/* Whether all pages of [start, end) are in bounds, with all bits of `with` and none of `without`.
 */
bool linux_ranges_all(const struct linux_ranges *ranges, uint32_t start, uint32_t end,
                      uint32_t with, uint32_t without);

/* Whether all pages of [start, end) are in bounds and free. */
bool linux_ranges_unused(const struct linux_ranges *ranges, uint32_t start, uint32_t end);

/* The highest free run of `pages` pages whose start is a multiple of `align`, or 0. */
uint32_t linux_ranges_find(const struct linux_ranges *ranges, uint32_t pages, uint32_t align);

#endif
