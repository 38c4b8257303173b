// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Spaces and boxes: who owns which addresses.
 *
 *   head 1 MiB              | box 0    | box 1    | … | box n-1  | tail 1 MiB
 *   trampolines … sys page 0|   … sys 1|   … sys 2|   |          |
 *
 * All of it is one reservation, PROT_NONE unless mapped. What code of a box in mode `full` can
 * reach: its 4 GiB and, by way of rsp, 128 KiB to both sides (docs/abi.md, "The stack"); a string
 * instruction that runs on stops at the guard of either end. So the trampoline page, which begins
 * the head at 1 MiB below the first box, cannot be read by any box, and the host's mappings, which
 * begin beyond head and tail, cannot be touched. (Code in `stores` and `jumps` mode may read
 * anything anyway.)
 *
 * A sys page lies in the upper guard of the box below, where that box's code could write to it if
 * it were ever writable. So it is made outside and moved into place when it is final.
 */
#include "internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <unistd.h>

#define MARGIN    0x100000UL
#define BOX_SIZE  ((uint64_t)LFI_BOX_SIZE)
#define MAX_BOXES 16384

#define RESERVE_FLAGS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

_Static_assert(MARGIN > LFI_GUARD_SIZE + LFI_SYS_PAGE_SIZE, "the head holds guard and trampolines");

void lfi_explain(struct lfi_error *error, const char *format, ...)
{
    va_list arguments;

    if (!error)
        return;
    va_start(arguments, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): clang-tidy 14 misses va_start */
    vsnprintf(error->message, sizeof(error->message), format, arguments);
    va_end(arguments);
}

/* A page with these contents, read-only or code, in one step where `at` is reserved. */
static int place_page(const uint8_t *contents, uint64_t at, int prot)
{
    uint8_t *page =
        mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int error;

    if (page == MAP_FAILED)
        return -errno;
    memcpy(page, contents, PAGE_SIZE);
    if (mprotect(page, PAGE_SIZE, prot) == 0 &&
        mremap(page, PAGE_SIZE, PAGE_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)at) != MAP_FAILED)
        return 0;
    error = -errno;
    munmap(page, PAGE_SIZE);
    return error;
}

static int reserve(struct lfi_space *space, struct lfi_error *error)
{
    size_t size = space->count * BOX_SIZE + 2 * MARGIN;
    size_t whole = size + BOX_SIZE;
    uint8_t *start = mmap(NULL, whole, PROT_NONE, RESERVE_FLAGS, -1, 0);
    uint64_t first;
    size_t before;

    if (start == MAP_FAILED) {
        int code = -errno;

        lfi_explain(error, "cannot reserve %zu GiB of address space: %s (check `ulimit -v`)",
                    whole >> 30, strerror(-code));
        return code;
    }
    first = ((uint64_t)start + MARGIN + BOX_SIZE - 1) & ~(BOX_SIZE - 1);
    before = first - MARGIN - (uint64_t)start;
    if (before)
        munmap(start, before);
    munmap(start + before + size, whole - before - size);
    space->reservation = start + before;
    space->reservation_size = size;
    space->first = first;
    space->trampolines = first - MARGIN;
    return 0;
}

int lfi_space_new(struct lfi_space **result, size_t boxes, struct lfi_error *error)
{
    struct lfi_space *space;
    uint8_t page[PAGE_SIZE];
    int persona = personality(0xffffffff);
    int code;

    *result = NULL;
    if (boxes < 1 || boxes > MAX_BOXES) {
        lfi_explain(error, "a space holds 1 to %d boxes, not %zu", MAX_BOXES, boxes);
        return -EINVAL;
    }
    if (sysconf(_SC_PAGESIZE) != PAGE_SIZE) {
        lfi_explain(error, "this kernel's page size is not %d", PAGE_SIZE);
        return -ENOTSUP;
    }
    if (persona != -1 && (persona & READ_IMPLIES_EXEC)) {
        lfi_explain(error, "this process has READ_IMPLIES_EXEC set, which makes data executable: "
                           "run it without `setarch -X` and executable-stack marks");
        return -ENOTSUP;
    }
    space = calloc(1, sizeof(*space));
    if (!space)
        return -ENOMEM;
    space->count = boxes;
    space->taken = calloc(boxes, sizeof(*space->taken));
    if (!space->taken) {
        free(space);
        return -ENOMEM;
    }
    code = machine_features(&space->features, error);
    if (code == 0)
        code = machine_write_trampolines(page, error);
    if (code == 0)
        code = reserve(space, error);
    if (code == 0) {
        code = place_page(page, space->trampolines, PROT_READ | PROT_EXEC);
        if (code) {
            lfi_explain(error, "cannot map the trampolines: %s", strerror(-code));
            munmap(space->reservation, space->reservation_size);
        }
    }
    if (code) {
        free(space->taken);
        free(space);
        return code;
    }
    pthread_mutex_init(&space->lock, NULL);
    *result = space;
    return 0;
}

int lfi_space_free(struct lfi_space *space)
{
    bool busy;

    if (!space)
        return 0;
    pthread_mutex_lock(&space->lock);
    busy = space->used != 0;
    pthread_mutex_unlock(&space->lock);
    if (busy)
        return -EBUSY;
    munmap(space->reservation, space->reservation_size);
    pthread_mutex_destroy(&space->lock);
    free(space->taken);
    free(space);
    return 0;
}

static int take_place(struct lfi_space *space, size_t *place)
{
    int code = -ENOSPC;

    pthread_mutex_lock(&space->lock);
    for (size_t i = 0; i < space->count; i++) {
        if (space->taken[i])
            continue;
        space->taken[i] = true;
        space->used++;
        *place = i;
        code = 0;
        break;
    }
    pthread_mutex_unlock(&space->lock);
    return code;
}

static void give_place(struct lfi_space *space, size_t place)
{
    pthread_mutex_lock(&space->lock);
    space->taken[place] = false;
    space->used--;
    pthread_mutex_unlock(&space->lock);
}

int lfi_box_new(struct lfi_space *space, struct lfi_box **result, struct lfi_error *error)
{
    struct lfi_box *box = calloc(1, sizeof(*box));
    uint8_t table[PAGE_SIZE];
    size_t place;
    int code;

    *result = NULL;
    if (!box)
        return -ENOMEM;
    code = take_place(space, &place);
    if (code) {
        lfi_explain(error, "all %zu boxes of the space are taken", space->count);
        free(box);
        return code;
    }
    box->space = space;
    box->base = space->first + place * BOX_SIZE;
    machine_write_table(table, box->base, space->trampolines);
    code = place_page(table, box->base - LFI_SYS_PAGE_SIZE, PROT_READ);
    if (code) {
        lfi_explain(error, "cannot map the box's sys page: %s", strerror(-code));
        give_place(space, place);
        free(box);
        return code;
    }
    pthread_mutex_init(&box->lock, NULL);
    *result = box;
    return 0;
}

int lfi_box_free(struct lfi_box *box)
{
    void *start;

    if (!box)
        return 0;
    if (__atomic_load_n(&box->contexts, __ATOMIC_ACQUIRE))
        return -EBUSY;
    /* its own sys page goes, the next box's stays */
    start = (void *)(box->base - LFI_SYS_PAGE_SIZE);
    if (mmap(start, BOX_SIZE, PROT_NONE, RESERVE_FLAGS | MAP_FIXED, -1, 0) == MAP_FAILED)
        return -errno;
    give_place(box->space, (box->base - box->space->first) / BOX_SIZE);
    pthread_mutex_destroy(&box->lock);
    free(box->code);
    free(box);
    return 0;
}

uint64_t lfi_box_base(const struct lfi_box *box)
{
    return box->base;
}

bool lfi_box_contains(const struct lfi_box *box, uint64_t address, size_t size)
{
    const uint64_t usable = BOX_SIZE - 2 * (uint64_t)LFI_GUARD_SIZE;
    uint64_t offset = address - (box->base + LFI_GUARD_SIZE);

    return size <= usable && offset <= usable - size;
}
