// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The page ranges of a box as a sorted array; a binary search finds a page. */
#include "ranges.h"

#include <stdlib.h>
#include <string.h>

bool linux_ranges_init(struct linux_ranges *ranges, uint32_t first, uint32_t end)
{
    *ranges = (struct linux_ranges){
        .count = 1, .room = 16, .first = first, .end = end, .most = UINT64_MAX};
    ranges->at = calloc(ranges->room, sizeof *ranges->at);
    if (!ranges->at)
        return false;
    ranges->at[0] = (struct linux_range){first, LINUX_RANGE_FREE};
    return true;
}

void linux_ranges_free(struct linux_ranges *ranges)
{
    free(ranges->at);
    *ranges = (struct linux_ranges){0};
}

/* The index of the range that holds `page`. */
static size_t find_index(const struct linux_ranges *ranges, uint32_t page)
{
    size_t low = 0, high = ranges->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (ranges->at[middle].start <= page)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static uint32_t end_of(const struct linux_ranges *ranges, size_t index)
{
    return index + 1 < ranges->count ? ranges->at[index + 1].start : ranges->end;
}

static bool in_bounds(const struct linux_ranges *ranges, uint32_t start, uint32_t end)
{
    return ranges->first <= start && start < end && end <= ranges->end;
}

static uint64_t used_in(const struct linux_ranges *ranges, uint32_t start, uint32_t end)
{
    uint64_t used = 0;
    for (size_t i = find_index(ranges, start); i < ranges->count && ranges->at[i].start < end;
         i++) {
        uint32_t from = ranges->at[i].start > start ? ranges->at[i].start : start;
        uint32_t to = end_of(ranges, i) < end ? end_of(ranges, i) : end;
        if (ranges->at[i].kind & LINUX_RANGE_USED)
            used += to - from;
    }
    return used;
}

static uint64_t used_by(uint32_t start, uint32_t end, uint32_t kind)
{
    return kind & LINUX_RANGE_USED ? end - start : 0;
}

static bool within(const struct linux_ranges *ranges, uint64_t used, uint64_t charged)
{
    return used <= ranges->most && charged <= ranges->most - used;
}

bool linux_ranges_charge(struct linux_ranges *ranges, int64_t pages)
{
    uint64_t charged = ranges->charged + (uint64_t)pages;
    if (pages > 0 && !within(ranges, ranges->used, charged))
        return false;
    ranges->charged = charged;
    return true;
}

bool linux_ranges_prepare(struct linux_ranges *ranges, uint32_t start, uint32_t end, uint32_t kind)
{
    if (!in_bounds(ranges, start, end) || ranges->count + 2 > LINUX_RANGES_MAX)
        return false;
    uint64_t before = used_in(ranges, start, end), after = used_by(start, end, kind);
    if (after > before && !within(ranges, ranges->used - before + after, ranges->charged))
        return false;
    if (ranges->count + 2 > ranges->room) {
        size_t room = ranges->room * 2;
        struct linux_range *at = realloc(ranges->at, room * sizeof *at);
        if (!at)
            return false;
        ranges->at = at;
        ranges->room = room;
    }
    return true;
}

bool linux_ranges_set(struct linux_ranges *ranges, uint32_t start, uint32_t end, uint32_t kind)
{
    if (!linux_ranges_prepare(ranges, start, end, kind))
        return false;
    ranges->used += used_by(start, end, kind) - used_in(ranges, start, end);
    ranges->peak = ranges->used > ranges->peak ? ranges->used : ranges->peak;

    /* at[low..high) is replaced by `fresh`: the range itself and what remains of the last one. */
    struct linux_range *at = ranges->at, fresh[2] = {{0}};
    size_t low = find_index(ranges, start), last = find_index(ranges, end - 1), high = last + 1;
    uint32_t last_kind = at[last].kind;
    bool rest = end_of(ranges, last) > end;
    if (at[low].start < start)
        low++;

    size_t fresh_count = 0;
    if (low == 0 || at[low - 1].kind != kind)
        fresh[fresh_count++] = (struct linux_range){start, kind};
    if (rest && last_kind != kind)
        fresh[fresh_count++] = (struct linux_range){end, last_kind};
    else if (!rest && high < ranges->count && at[high].kind == kind)
        high++;

    /* A range that contains [start, end) has low == last + 1 == high: nothing of it is replaced. */
    memmove(at + low + fresh_count, at + high, (ranges->count - high) * sizeof *at);
    memcpy(at + low, fresh, fresh_count * sizeof *at);
    ranges->count = ranges->count + fresh_count - (high - low);
    return true;
}

uint32_t linux_ranges_at(const struct linux_ranges *ranges, uint32_t page, uint32_t *end)
{
    size_t index = find_index(ranges, page);
    *end = end_of(ranges, index);
    return ranges->at[index].kind;
}

bool linux_ranges_all(const struct linux_ranges *ranges, uint32_t start, uint32_t end,
                      uint32_t with, uint32_t without)
{
    if (!in_bounds(ranges, start, end))
        return false;
    for (size_t i = find_index(ranges, start); i < ranges->count && ranges->at[i].start < end;
         i++) {
        if ((ranges->at[i].kind & (with | without)) != with)
            return false;
    }
    return true;
}

bool linux_ranges_unused(const struct linux_ranges *ranges, uint32_t start, uint32_t end)
{
    return linux_ranges_all(ranges, start, end, 0, LINUX_RANGE_USED);
}

uint32_t linux_ranges_find(const struct linux_ranges *ranges, uint32_t pages, uint32_t align)
{
    uint32_t end = ranges->end;
    for (size_t i = ranges->count; i-- > 0; end = ranges->at[i].start) {
        if (ranges->at[i].kind != LINUX_RANGE_FREE || end - ranges->at[i].start < pages)
            continue;
        uint32_t start = (end - pages) / align * align;
        if (start >= ranges->at[i].start)
            return start;
    }
    return 0;
}
