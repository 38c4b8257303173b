// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Spaces and boxes: who owns which addresses.
 *
 *   head     | 1 MiB                   | box 0    | box 1    | … | box n-1  | tail 1 MiB
 *   (machine)| trampolines … sys page 0|   … sys 1|   … sys 2|   |          |
 *
 * All of it is one reservation, PROT_NONE unless mapped. What code of a box in mode `full` can
 * reach: its 4 GiB and, by way of the stack pointer, 129 KiB to both sides (docs/abi.md, "The
 * stack"); a string instruction that runs away stops at the guard at either end. So the trampoline
 * page at 1 MiB below the first box, and what the architecture has below it, cannot be read by any
 * box, and the host's mappings, which begin beyond head and tail, cannot be touched. (Code in
 * `stores` and `jumps` mode may read anything anyway.)
 *
 * A sys page is in the upper guard of the box below, whose code could write to it if it were ever
 * writable. So it is made elsewhere and moved into place when it is final.
 */
#include "internal.h"

#include <errno.h>
#include <signal.h>
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

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

_Static_assert(MARGIN > LFI_GUARD_SIZE + 2 * 0x10000, "the head holds guard and trampolines");
_Static_assert(MACHINE_HEAD % 0x10000 == 0, "whole pages");

void core_explain(struct lfi_error *error, const char *format, ...)
{
    va_list arguments;

    if (!error)
        return;
    va_start(arguments, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): clang-tidy 14 misses va_start */
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
}

void core_stop(const char *why)
{
    const struct sigaction fatal = {.sa_handler = SIG_DFL};
    ssize_t written = write(STDERR_FILENO, why, strlen(why));

    (void)written;
    sigaction(SIGABRT, &fatal, NULL);
    abort();
}

size_t lfi_page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

/* The page at `at`, which is reserved, gets `contents` at its end, read-only, in one step. */
static int place_page(const uint8_t contents[4096], uint64_t at)
{
    size_t size = lfi_page_size();
    uint8_t *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int error;

    if (page == MAP_FAILED)
        return -errno;
    memcpy(page + size - 4096, contents, 4096);
    error = mprotect(page, size, PROT_READ) ? -errno : core_move_in(page, at, size);
    if (error)
        munmap(page, size);
    return error;
}

static int place_trampolines(struct lfi_space *space, const uint8_t contents[4096])
{
    uint64_t page = space->trampolines + 4096 - lfi_page_size();
    int error = place_page(contents, page);

    if (error)
        return error;
    __builtin___clear_cache((char *)space->trampolines, (char *)space->trampolines + 4096);
    return mprotect((void *)page, lfi_page_size(), PROT_READ | PROT_EXEC) ? -errno : 0;
}

/*
 * A reservation whose first box, `first` bytes from the start, is aligned: below the place where
 * the kernel puts a page now, or, if nothing is free there, a part of a larger reservation. The
 * larger one costs address space, which may be limited, and time under emulation.
 */
static uint8_t *reserve(size_t size, size_t first)
{
    enum { TRIES = 16 };
    uint8_t *hint = mmap(NULL, lfi_page_size(), PROT_NONE, RESERVE_FLAGS, -1, 0);
    uint8_t *start;
    uint64_t at, aligned;

    if (hint != MAP_FAILED)
        munmap(hint, lfi_page_size());
    aligned = ((uint64_t)hint - size + first) & ~(BOX_SIZE - 1);
    for (int i = 0; i < TRIES && hint != MAP_FAILED && (uint64_t)hint > size + i * BOX_SIZE; i++) {
        at = aligned - (uint64_t)i * BOX_SIZE - first;
        start = mmap((void *)at, size, PROT_NONE, RESERVE_FLAGS | MAP_FIXED_NOREPLACE, -1, 0);
        if (start == (uint8_t *)at)
            return start;
        if (start != MAP_FAILED) /* a kernel that does not know the flag */
            munmap(start, size);
        else if (errno != EEXIST)
            break;
    }
    start = mmap(NULL, size + BOX_SIZE, PROT_NONE, RESERVE_FLAGS, -1, 0);
    if (start == MAP_FAILED)
        return NULL;
    aligned = ((uint64_t)start + first + BOX_SIZE - 1) & ~(BOX_SIZE - 1);
    at = aligned - first;
    if (at != (uint64_t)start)
        munmap(start, at - (uint64_t)start);
    munmap((void *)(at + size), (uint64_t)start + BOX_SIZE - at);
    return (uint8_t *)at;
}

/* Maps what every space has. */
static int map_space(struct lfi_space *space, struct lfi_error *error)
{
    const size_t head = space->count * MACHINE_HEAD;
    uint8_t page[4096];
    int code = machine_write_trampolines(page, error);

    if (code)
        return code;
    space->reservation_size = head + space->count * BOX_SIZE + 2 * MARGIN;
    space->reservation = reserve(space->reservation_size, head + MARGIN);
    if (!space->reservation) {
        code = -errno;
        core_explain(error, "cannot reserve %zu GiB of address space: %s (check `ulimit -v`)",
                     space->reservation_size >> 30, strerror(-code));
        return code;
    }
    space->trampolines = (uint64_t)space->reservation + head;
    space->first = space->trampolines + MARGIN;
    /* if pages are larger, it is the last part of one */
    space->trampolines += lfi_page_size() - 4096;
    code = place_trampolines(space, page);
    if (code == 0)
        code = machine_space_init(space, (uint64_t)space->reservation, head);
    if (code) {
        core_explain(error, "cannot map the trampolines: %s", strerror(-code));
        munmap(space->reservation, space->reservation_size);
    }
    return code;
}

int lfi_space_new(struct lfi_space **result, size_t boxes, struct lfi_error *error)
{
    struct lfi_space *space;
    int persona = personality(0xffffffff);
    int code;

    *result = NULL;
    if (boxes < 1 || boxes > MAX_BOXES) {
        core_explain(error, "a space holds 1 to %d boxes, not %zu", MAX_BOXES, boxes);
        return -EINVAL;
    }
    if (lfi_page_size() > 0x10000 || lfi_page_size() < LFI_SYS_PAGE_SIZE) {
        core_explain(error, "this kernel's page size is not 4 to 64 KiB");
        return -ENOTSUP;
    }
    if (persona != -1 && (persona & READ_IMPLIES_EXEC)) {
        core_explain(error, "this process has READ_IMPLIES_EXEC set, which makes data executable: "
                            "run it without `setarch -X` and executable-stack marks");
        return -ENOTSUP;
    }
    space = calloc(1, sizeof *space);
    if (!space)
        return -ENOMEM;
    space->count = boxes;
    space->taken = calloc(boxes, sizeof *space->taken);
    if (!space->taken) {
        free(space);
        return -ENOMEM;
    }
    code = machine_features(&space->features, error);
    if (code == 0)
        code = map_space(space, error);
    if (code) {
        free(space->taken);
        free(space);
        return code;
    }
    core_pages_space_init(space);
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
    machine_space_free(space);
    core_pages_space_free(space);
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
    struct lfi_box *box = calloc(1, sizeof *box);
    uint8_t table[LFI_SYS_PAGE_SIZE];
    size_t place;
    int code;

    *result = NULL;
    if (!box)
        return -ENOMEM;
    code = take_place(space, &place);
    if (code) {
        core_explain(error, "all %zu boxes of the space are taken", space->count);
        free(box);
        return code;
    }
    box->space = space;
    box->base = space->first + place * BOX_SIZE;
    machine_write_table(table, box->base, space->trampolines);
    code = place_page(table, box->base - lfi_page_size());
    if (code) {
        core_explain(error, "cannot map the box's sys page: %s", strerror(-code));
        give_place(space, place);
        free(box);
        return code;
    }
    pthread_mutex_init(&box->lock, NULL);
    core_pages_init(box);
    core_callbacks_init(box);
    *result = box;
    return 0;
}

int lfi_box_free(struct lfi_box *box)
{
    int error;

    if (!box)
        return 0;
    if (__atomic_load_n(&box->contexts, __ATOMIC_ACQUIRE))
        return -EBUSY;
    /* its own sys page goes, that of the next box stays */
    error = core_reserve(box->base - lfi_page_size(), BOX_SIZE);
    if (error)
        return error;
    core_pages_free(box);
    core_callbacks_free(box);
    give_place(box->space, (box->base - box->space->first) / BOX_SIZE);
    pthread_mutex_destroy(&box->lock);
    free(box->code);
    free(box->ever);
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
