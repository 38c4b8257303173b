// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Spaces and boxes: who owns which addresses. A space is a list of reservations, each of which is
 *
 *   margin 1 MiB | box 0 | box 1 | … | box n-1 | margin 1 MiB | trampolines | what machine.c needs
 *
 * All of it is PROT_NONE unless mapped. A reservation at address 0 holds one box and has no margin
 * below it: it begins at the lowest address that the kernel lets the process map, and what is below
 * address 0 belongs to the kernel. What code of a box in mode `full` can reach: its 4 GiB and,
 * by way of the stack pointer, 129 KiB to both sides (docs/abi.md, "The stack"); a string
 * instruction that runs away stops at the guard at either end. So the trampoline page and what lies
 * above it cannot be read by any box, and the host's mappings, which begin beyond both ends, cannot
 * be touched. (Code in `stores` and `jumps` mode may read anything anyway.)
 *
 * A sys page can be in reach of a box's stores. So it is made elsewhere and moved into place when
 * it is final.
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
#define MAX_BOXES 32768

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

/* Pages are not larger: of trampolines, and between them and what machine.c needs. */
#define TRAMPOLINE_ROOM 0x10000UL

_Static_assert(MARGIN > LFI_GUARD_SIZE, "no box reaches across a margin");
_Static_assert(MACHINE_ROOM % 0x10000 == 0, "whole pages");

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

    if (page == MAP_FAILED)
        return -errno;
    memcpy(page + size - 4096, contents, 4096);
    int error = mprotect(page, size, PROT_READ) ? -errno : core_move_in(page, at, size);
    if (error)
        munmap(page, size);
    return error;
}

static int place_trampolines(uint64_t at, struct lfi_error *error)
{
    uint8_t contents[4096];
    /* if pages are larger, they are the last part of one */
    uint64_t page = at + 4096 - lfi_page_size();
    int code = machine_write_trampolines(contents, error);

    if (code)
        return code;
    code = place_page(contents, page);
    __builtin___clear_cache((char *)at, (char *)at + 4096);
    if (code == 0 && mprotect((void *)page, lfi_page_size(), PROT_READ | PROT_EXEC))
        code = -errno;
    if (code)
        core_explain(error, "cannot map the trampolines: %s", strerror(-code));
    return code;
}

/*
 * Addresses whose part at offset `first` is aligned like a box: below the place where the kernel
 * puts a page now, or, if nothing is free there, a part of a larger reservation. The larger one
 * costs address space, which may be limited, and time under emulation. 0 or -errno.
 */
static int reserve(uint64_t size, uint64_t first, uint64_t *start)
{
    enum { TRIES = 16 };
    void *hint = mmap(NULL, lfi_page_size(), PROT_NONE, RESERVE_FLAGS, -1, 0);
    void *found;
    uint64_t at;

    if (hint != MAP_FAILED)
        munmap(hint, lfi_page_size());
    uint64_t aligned = ((uint64_t)hint - size + first) & ~(BOX_SIZE - 1);
    for (int i = 0; i < TRIES && hint != MAP_FAILED && (uint64_t)hint > size + i * BOX_SIZE; i++) {
        at = aligned - (uint64_t)i * BOX_SIZE - first;
        found = mmap((void *)at, size, PROT_NONE, RESERVE_FLAGS | MAP_FIXED_NOREPLACE, -1, 0);
        if (found == (void *)at) {
            *start = at;
            return 0;
        }
        if (found != MAP_FAILED) /* a kernel that does not know the flag */
            munmap(found, size);
        else if (errno != EEXIST)
            break;
    }
    found = mmap(NULL, size + BOX_SIZE, PROT_NONE, RESERVE_FLAGS, -1, 0);
    if (found == MAP_FAILED)
        return -errno;
    aligned = ((uint64_t)found + first + BOX_SIZE - 1) & ~(BOX_SIZE - 1);
    at = aligned - first;
    if (at != (uint64_t)found)
        munmap(found, at - (uint64_t)found);
    munmap((void *)(at + size), (uint64_t)found + BOX_SIZE - at);
    *start = at;
    return 0;
}

/*
 * [0, end), as far as the kernel lets the process have it: it begins at most 64 KiB above 0
 * (vm.mmap_min_addr, 4 KiB on some machines; nothing limits root). Nothing of the process may lie
 * there, nor below: MMAP_PAGE_ZERO maps a page that we could not. 0 or -errno.
 */
static int reserve_low(uint64_t end, uint64_t *start)
{
    enum { MOST = 0x10000 };
    const size_t page = lfi_page_size();

    for (uint64_t at = 0; at <= MOST; at += page) {
        void *found =
            mmap((void *)at, end - at, PROT_NONE, RESERVE_FLAGS | MAP_FIXED_NOREPLACE, -1, 0);
        int error = errno;

        if (found == (void *)at) {
            *start = at;
            return 0;
        }
        if (found != MAP_FAILED) { /* a kernel that does not know the flag, where something is */
            munmap(found, end - at);
            return -EEXIST;
        }
        if (error != EPERM && error != EACCES)
            return -error;
        if (msync((void *)at, page, MS_ASYNC) == 0) /* it is mapped */
            return -EEXIST;
    }
    return -EPERM;
}

static void free_reservation(struct core_reservation *reservation)
{
    munmap((void *)reservation->start, reservation->size);
    free(reservation);
}

/* Puts what a reservation has into it, and it at the end of the list. Takes it over. */
static int add_reservation(struct lfi_space *space, struct core_reservation *new,
                           struct lfi_error *error)
{
    struct core_reservation **end = &space->reservations;
    const uint64_t room = new->first + new->count *BOX_SIZE + MARGIN + TRAMPOLINE_ROOM;

    new->trampolines = room - 4096;
    int code = place_trampolines(new->trampolines, error);
    if (code == 0)
        code = machine_reservation_init(new, room, new->count *MACHINE_ROOM);
    if (code) {
        free_reservation(new);
        return code;
    }
    while (*end)
        end = &(*end)->next;
    *end = new;
    return 0;
}

static struct core_reservation *new_reservation(size_t count)
{
    struct core_reservation *new = calloc(1, sizeof *new + count * sizeof new->taken[0]);

    if (new) {
        new->count = count;
        new->size = count *BOX_SIZE + MARGIN + TRAMPOLINE_ROOM + count *MACHINE_ROOM;
    }
    return new;
}

/* One more reservation, of `count` boxes. */
static int add_boxes(struct lfi_space *space, size_t count, struct lfi_error *error)
{
    struct core_reservation *new = new_reservation(count);

    if (!new)
        return -ENOMEM;
    new->size += MARGIN;
    int code = reserve(new->size, MARGIN, &new->start);
    if (code) {
        core_explain(error, "cannot reserve %llu GiB of address space: %s (check `ulimit -v`)",
                     (unsigned long long)(new->size >> 30), strerror(-code));
        free(new);
        return code;
    }
    new->first = new->start + MARGIN;
    return add_reservation(space, new, error);
}

/*
 * As many boxes as are wanted, in as few reservations as it takes: the host's program, libraries
 * and stacks split the address space, and the largest gap is found by halving what is asked for.
 */
static int add_many_boxes(struct lfi_space *space, size_t boxes, struct lfi_error *error)
{
    struct lfi_error why = {{0}};
    size_t largest = boxes;
    int code = 0;

    while (boxes && largest) {
        size_t count = boxes < largest ? boxes : largest;

        code = add_boxes(space, count, &why);
        if (code == 0)
            boxes -= count;
        else if (code == -ENOMEM)
            largest = count / 2;
        else
            break;
    }
    if (code)
        core_explain(error, "%s", why.message);
    return code;
}

/* A reservation of one box at address 0. */
static int add_box_at_0(struct lfi_space *space, struct lfi_error *error)
{
    if (!MACHINE_AT_0) {
        core_explain(error, "a box cannot lie at address 0 on this architecture");
        return -ENOTSUP;
    }
    struct core_reservation *new = new_reservation(1);
    if (!new)
        return -ENOMEM;
    int code = reserve_low(new->size, &new->start);
    if (code) {
        core_explain(error, "no box at address 0: %s",
                     code == -EEXIST ? "the process has something below 4 GiB"
                     : code == -EPERM
                         ? "the kernel does not let it map low addresses (vm.mmap_min_addr)"
                         : strerror(-code));
        free(new);
        return code;
    }
    new->size -= new->start;
    return add_reservation(space, new, error);
}

static void free_reservations(struct lfi_space *space)
{
    for (struct core_reservation *r = space->reservations, *next; r; r = next) {
        next = r->next;
        machine_reservation_free(r);
        free_reservation(r);
    }
}

int lfi_space_new(struct lfi_space **result, size_t boxes, struct lfi_error *error)
{
    return lfi_space_new_with(result, boxes, NULL, error);
}

int lfi_space_new_with(struct lfi_space **result, size_t boxes,
                       const struct lfi_space_options *options, struct lfi_error *error)
{
    struct lfi_space *space;
    int persona = personality(0xffffffff);

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
    core_explain(error, "%s", "");
    int code = machine_features(&space->features, error);
    if (code == 0 && options && options->first_at_0 && add_box_at_0(space, error) == 0)
        boxes--;
    if (code == 0 && boxes)
        code = add_many_boxes(space, boxes, error);
    if (code) {
        free_reservations(space);
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
    size_t used = 0;

    if (!space)
        return 0;
    pthread_mutex_lock(&space->lock);
    for (const struct core_reservation *r = space->reservations; r; r = r->next)
        used += r->used;
    pthread_mutex_unlock(&space->lock);
    if (used)
        return -EBUSY;
    lfi_shared_code_free(space->return_code);
    core_pages_space_free(space);
    free_reservations(space);
    pthread_mutex_destroy(&space->lock);
    free(space);
    return 0;
}

/* The first free place. */
static int take_place(struct lfi_space *space, struct core_reservation **reservation,
                      uint64_t *base)
{
    int code = -ENOSPC;

    pthread_mutex_lock(&space->lock);
    for (struct core_reservation *r = space->reservations; r && code; r = r->next) {
        bool *free = r->used < r->count ? memchr(r->taken, 0, r->count) : NULL;

        if (!free)
            continue;
        *free = true;
        r->used++;
        *reservation = r;
        *base = r->first + (uint64_t)(free - r->taken) * BOX_SIZE;
        code = 0;
    }
    pthread_mutex_unlock(&space->lock);
    return code;
}

static void give_place(struct lfi_space *space, struct core_reservation *reservation, uint64_t base)
{
    pthread_mutex_lock(&space->lock);
    reservation->taken[(base - reservation->first) / BOX_SIZE] = false;
    reservation->used--;
    pthread_mutex_unlock(&space->lock);
}

/* The page that ends with the sys page of a box. */
static uint64_t sys_page(uint64_t base)
{
    return base + (uint64_t)MACHINE_SYS_PAGE - lfi_page_size();
}

int lfi_box_new(struct lfi_space *space, struct lfi_box **result, struct lfi_error *error)
{
    struct lfi_box *box = calloc(1, sizeof *box);
    uint8_t table[LFI_SYS_PAGE_SIZE];

    *result = NULL;
    if (!box)
        return -ENOMEM;
    box->space = space;
    int code = take_place(space, &box->reservation, &box->base);
    if (code) {
        core_explain(error, "all boxes of the space are taken");
        free(box);
        return code;
    }
    code = core_pages_init(box);
    if (code == 0) {
        machine_write_table(table, box->base, box->reservation->trampolines);
        code = place_page(table, sys_page(box->base));
        if (code)
            core_pages_free(box);
    }
    if (code) {
        if (code == -ENOMEM)
            core_explain(error, "no box: out of memory, or the process has as many mappings as it "
                                "may have (raise vm.max_map_count)");
        else
            core_explain(error, "cannot map the box's sys page: %s", strerror(-code));
        give_place(space, box->reservation, box->base);
        free(box);
        return code;
    }
    pthread_mutex_init(&box->lock, NULL);
    core_callbacks_init(box);
    *result = box;
    return 0;
}

int lfi_box_free(struct lfi_box *box)
{
    if (!box)
        return 0;
    if (__atomic_load_n(&box->contexts, __ATOMIC_ACQUIRE))
        return -EBUSY;
    /* All that was ever mapped. The pages at address 0 could not be mapped again without privileges
     * that the process may have given up. */
    uint64_t start = sys_page(box->base);
    int error = core_reserve(start, box->base + BOX_SIZE - LFI_GUARD_SIZE - start);
    if (error)
        return error;
    core_snapshot_free(box->snapshot);
    core_pages_free(box);
    core_callbacks_free(box);
    give_place(box->space, box->reservation, box->base);
    pthread_mutex_destroy(&box->lock);
    free(box);
    return 0;
}

uint64_t lfi_box_base(const struct lfi_box *box)
{
    return box->base;
}

LFI_LIGHT bool lfi_box_contains(const struct lfi_box *box, uint64_t address, size_t size)
{
    const uint64_t usable = BOX_SIZE - 2 * (uint64_t)LFI_GUARD_SIZE;
    uint64_t offset = address - (box->base + LFI_GUARD_SIZE);

    return size <= usable && offset <= usable - size;
}
