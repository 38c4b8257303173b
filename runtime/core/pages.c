// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What core remembers of the pages of a box, some bits each (enum page_bit), under the box's lock.
 *
 * used: the page may differ from what was reserved. A page without the bit holds zeros, is not
 * shared and is PROT_NONE, so that making it accessible is all that new memory takes.
 *
 * edge: one of the kernel's mappings may begin there. The kernel limits the mappings of a process
 * (vm.max_map_count), the host's included, and which neighbours it merges depends on more than is
 * known here. So an edge counts until everything around it is reserved again, or until
 * /proc/self/maps shows that it is not one: the count is never too low. That file is read only when
 * the limit is reached, and not again until the number of calls made since is a sixteenth of the
 * number of edges. (Changes that the host makes to all of its later mappings, as by mlockall(2),
 * may keep reserved pages apart that counted as one.)
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * The pool is half of what the kernel allows the process. Most of the rest, all but a sixteenth, is
 * for what a box may always have, however many others there are.
 */
#define SURE_MAPPINGS 64

/* The sys page, and the reservation after it. */
#define LEAST_MAPPINGS 2

enum action { COUNT, SET, CLEAR };

static uint32_t page_of(const struct lfi_box *box, uint64_t address)
{
    return (uint32_t)((address - box->base) / lfi_page_size());
}

/* The number of bits that were set in [start, end), which are then set or cleared. */
static size_t bits(struct lfi_box *box, enum page_bit which, uint32_t start, uint32_t end,
                   enum action action)
{
    size_t count = 0;

    for (uint32_t next; start < end; start = next) {
        struct page_chunk *chunk = box->chunks[start / CHUNK_PAGES];

        next = (start | (CHUNK_PAGES - 1)) + 1;
        if (!chunk)
            continue;
        next = (start | 63) + 1;
        uint64_t mask = UINT64_MAX << start % 64;
        if (next > end)
            mask &= UINT64_MAX >> (next - end);
        uint64_t *word = &chunk->bits[which][start % CHUNK_PAGES / 64];
        count += (size_t)__builtin_popcountll(*word & mask);
        if (action == SET)
            *word |= mask;
        else if (action == CLEAR)
            *word &= ~mask;
    }
    return count;
}

/* Room for the bits of [start, end]. */
static int prepare(struct lfi_box *box, uint32_t start, uint32_t end)
{
    for (uint32_t i = start / CHUNK_PAGES; i <= end / CHUNK_PAGES; i++) {
        if (!box->chunks[i])
            box->chunks[i] = calloc(1, sizeof *box->chunks[i]);
        if (!box->chunks[i])
            return -ENOMEM;
    }
    return 0;
}

static void add_mappings(struct lfi_box *box, long change)
{
    box->mappings += change;
    __atomic_add_fetch(&box->space->mappings, change, __ATOMIC_RELAXED);
}

static void clear_edges(struct lfi_box *box, uint32_t start, uint32_t end)
{
    add_mappings(box, -(long)bits(box, PAGE_EDGE, start, end, CLEAR));
}

/* ------------------------------------------------------------------------------------- limits */

/* The number in a file of procfs. */
static long read_number(const char *path, long otherwise)
{
    char text[32];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

    if (fd >= 0)
        close(fd);
    if (length <= 0)
        return otherwise;
    text[length] = 0;
    return strtol(text, NULL, 10);
}

void core_pages_space_init(struct lfi_space *space)
{
    space->mapping_pool = read_number("/proc/sys/vm/max_map_count", 65530) / 2;
    space->maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    pthread_mutex_init(&space->maps_lock, NULL);
}

void core_pages_space_free(struct lfi_space *space)
{
    if (space->maps >= 0)
        close(space->maps);
    pthread_mutex_destroy(&space->maps_lock);
}

void core_pages_free(struct lfi_box *box)
{
    add_mappings(box, -box->mappings);
    for (size_t i = 0; i < BOX_CHUNKS; i++)
        free(box->chunks[i]);
}

/*
 * Clears the edges that are not there. Mappings come in ascending order: nothing between the starts
 * of two of them is an edge. If reading fails, the rest stays as it is.
 */
static void read_edges(struct lfi_box *box, int maps)
{
    const uint64_t end = box->base + LFI_BOX_SIZE - LFI_GUARD_SIZE;
    uint32_t next =
        page_of(box, box->base + LFI_GUARD_SIZE); /* edges below are as they should be */
    uint64_t address = 0;
    bool in_address = true;
    char text[4096];
    off_t offset = 0;
    ssize_t length;

    while ((length = pread(maps, text, sizeof text, offset)) > 0) {
        for (ssize_t i = 0; i < length; i++) {
            char c = text[i];

            if (c == '\n') {
                in_address = true;
                address = 0;
            } else if (in_address && c != '-') {
                address = address << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
            } else if (in_address) {
                in_address = false;
                if (address < box->base + LFI_GUARD_SIZE)
                    continue;
                if (address > end) {
                    clear_edges(box, next, page_of(box, end) + 1);
                    return;
                }
                clear_edges(box, next, page_of(box, address));
                next = page_of(box, address) + 1;
            }
        }
        offset += length;
    }
}

/* Uses a new descriptor if files may be opened (after a fork it must), else the old one. */
static void count_mappings(struct lfi_box *box)
{
    struct lfi_space *space = box->space;
    int fresh = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

    box->calls = 0;
    if (fresh >= 0) {
        read_edges(box, fresh);
        close(fresh);
    } else if (space->maps >= 0) {
        pthread_mutex_lock(&space->maps_lock); /* interleaved reads make the kernel start again */
        read_edges(box, space->maps);
        pthread_mutex_unlock(&space->maps_lock);
    }
}

/*
 * Counts `change` more if they are allowed. Without its own limit a box may have as many as are
 * left for all: one box alone gets half of the pool, two boxes a third each.
 */
static bool take_mappings(struct lfi_box *box, long change)
{
    const long pool = box->space->mapping_pool;

    add_mappings(box, change);
    long mine = box->mappings;
    long all = __atomic_load_n(&box->space->mappings, __ATOMIC_RELAXED);
    if (change <= 0 || box->restoring || (box->mapping_limit && mine <= box->mapping_limit) ||
        (!box->mapping_limit &&
         (mine <= pool - all || (mine <= SURE_MAPPINGS && all <= pool + pool / 8 * 7))))
        return true;
    add_mappings(box, -change);
    return false;
}

int core_pages_init(struct lfi_box *box)
{
    return take_mappings(box, LEAST_MAPPINGS) ? 0 : -ENOMEM;
}

static long edges_to_make(struct lfi_box *box, uint32_t start, uint32_t end)
{
    return 2 - (long)bits(box, PAGE_EDGE, start, start + 1, COUNT) -
           (long)bits(box, PAGE_EDGE, end, end + 1, COUNT);
}

int core_pages_admit(struct lfi_box *box, uint64_t address, size_t size, bool replaces)
{
    uint32_t start = page_of(box, address), end = page_of(box, address + size);

    if (prepare(box, start, end))
        return -ENOMEM;
    for (int round = 0; round < 2; round++) {
        long inside = replaces ? (long)bits(box, PAGE_EDGE, start + 1, end, COUNT) : 0;
        long made = edges_to_make(box, start, end);

        if (made <= inside || take_mappings(box, made)) {
            if (made <= inside)
                add_mappings(box, made);
            bits(box, PAGE_EDGE, start, start + 1, SET);
            bits(box, PAGE_EDGE, end, end + 1, SET);
            box->calls++;
            return 0;
        }
        if (box->calls <= box->mappings / 16)
            break;
        count_mappings(box);
    }
    return -ENOMEM;
}

bool core_pages_any(struct lfi_box *box, enum page_bit which, uint64_t address, size_t size)
{
    return bits(box, which, page_of(box, address), page_of(box, address + size), COUNT) != 0;
}

void core_pages_use(struct lfi_box *box, uint64_t address, size_t size)
{
    uint32_t start = page_of(box, address), end = page_of(box, address + size);

    bits(box, PAGE_USED, start, end, SET);
    if (box->snapshot)
        bits(box, PAGE_CHANGED, start, end, SET);
}

void core_pages_protected(struct lfi_box *box, uint64_t address, size_t size, int prot)
{
    uint32_t start = page_of(box, address), end = page_of(box, address + size);

    bits(box, PAGE_READ, start, end, prot & PROT_READ ? SET : CLEAR);
    bits(box, PAGE_WRITE, start, end, prot & PROT_WRITE ? SET : CLEAR);
}

void core_pages_code(struct lfi_box *box, uint64_t address, size_t size)
{
    uint32_t start = page_of(box, address), end = page_of(box, address + size);

    bits(box, PAGE_CODE, start, end, SET);
    bits(box, PAGE_EVER_CODE, start, end, SET);
}

void core_pages_unchanged(struct lfi_box *box, uint64_t address, size_t size)
{
    bits(box, PAGE_CHANGED, page_of(box, address), page_of(box, address + size), CLEAR);
}

unsigned core_pages_run(const struct lfi_box *box, struct page_chunk *const *chunks, unsigned mask,
                        uint64_t address, uint64_t end, uint64_t *run_end)
{
    const uint32_t start = page_of(box, address), last = page_of(box, end);
    const struct page_chunk *chunk = chunks[start / CHUNK_PAGES];
    unsigned value = 0;

    for (unsigned left = chunk ? mask : 0; left; left &= left - 1) {
        int which = __builtin_ctz(left);

        if (chunk->bits[which][start % CHUNK_PAGES / 64] >> start % 64 & 1)
            value |= 1u << which;
    }
    for (uint32_t page = start; page < last;) {
        uint64_t other = 0; /* pages of this word that have other bits */

        chunk = chunks[page / CHUNK_PAGES];
        if (!chunk && value == 0) {
            page = (page | (CHUNK_PAGES - 1)) + 1;
            continue;
        }
        for (unsigned left = mask; left; left &= left - 1) {
            int which = __builtin_ctz(left);
            uint64_t word = chunk ? chunk->bits[which][page % CHUNK_PAGES / 64] : 0;

            other |= value & 1u << which ? ~word : word;
        }
        other &= UINT64_MAX << page % 64;
        if (other) {
            page = (page & ~63u) + (uint32_t)__builtin_ctzll(other);
            if (page < last)
                end = box->base + (uint64_t)page * lfi_page_size();
            break;
        }
        page = (page | 63) + 1;
    }
    *run_end = end;
    return value;
}

void core_pages_replaced(struct lfi_box *box, uint64_t address, size_t size, unsigned now)
{
    uint32_t start = page_of(box, address), end = page_of(box, address + size);
    bool used = now != 0;

    clear_edges(box, start + 1, end);
    for (int which = 0; which < PAGE_BITS; which++) {
        if (which != PAGE_EDGE && which != PAGE_EVER_CODE && which != PAGE_CHANGED)
            bits(box, (enum page_bit)which, start, end,
                 now & 1u << which || (used && which == PAGE_USED) ? SET : CLEAR);
    }
    if (box->snapshot)
        bits(box, PAGE_CHANGED, start, end, SET);
    /* the kernel merges what is reserved with what is reserved */
    if (used || box->apart)
        return;
    if (!bits(box, PAGE_USED, start - 1, start, COUNT))
        clear_edges(box, start, start + 1);
    if (!bits(box, PAGE_USED, end, end + 1, COUNT))
        clear_edges(box, end, end + 1);
}

int lfi_box_limit_mappings(struct lfi_box *box, size_t limit)
{
    if (limit > INT32_MAX)
        return -EINVAL;
    pthread_mutex_lock(&box->lock);
    box->mapping_limit = (long)limit;
    pthread_mutex_unlock(&box->lock);
    return 0;
}

int lfi_box_charge_mappings(struct lfi_box *box, long change)
{
    pthread_mutex_lock(&box->lock);
    bool taken = take_mappings(box, change);
    if (!taken && box->calls > box->mappings / 16) {
        count_mappings(box);
        taken = take_mappings(box, change);
    }
    pthread_mutex_unlock(&box->lock);
    return taken ? 0 : -ENOMEM;
}

size_t lfi_box_mappings(struct lfi_box *box)
{
    pthread_mutex_lock(&box->lock);
    size_t count = (size_t)box->mappings;
    pthread_mutex_unlock(&box->lock);
    return count;
}
