// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The pages of a box. What holds at any time, whatever threads do: no page is writable and
 * executable, no executable page changes, and no address of the box is without a mapping, so that
 * the kernel puts nothing of the host's there.
 *
 * Executable pages come only from lfi_box_map_code(): private anonymous memory of which no second
 * mapping exists. Host calls that could change them (mprotect; madvise, which can zero them;
 * mremap) are refused where they touch code; mapping something else in their place is harmless, as
 * long as it is no code: what was verified holds from one instruction to the next, over pages too,
 * and a thread may stand between the two. So what was code once never becomes code again. The lock
 * is held across the host call, or code could appear between the check and the call.
 */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif

#define RESERVE_FLAGS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED)

/* -EINVAL unless [address, address + size) is a non-empty run of usable pages. */
static int check_range(const struct lfi_box *box, uint64_t address, size_t size)
{
    if (size == 0 || address % lfi_page_size() || size % lfi_page_size())
        return -EINVAL;
    return lfi_box_contains(box, address, size) ? 0 : -EINVAL;
}

static int check_prot(int prot)
{
    if (prot & PROT_EXEC)
        return -EACCES;
    return prot & ~(PROT_READ | PROT_WRITE) ? -EINVAL : 0;
}

/* ------------------------------------------------------------------------------- code ranges */

static bool touches_code(const struct lfi_box *box, uint64_t start, uint64_t end)
{
    for (size_t i = 0; i < box->code_count; i++) {
        if (box->code[i].start < end && start < box->code[i].end)
            return true;
    }
    return false;
}

/* Was any of it ever code? */
static bool was_code(const struct lfi_box *box, uint64_t start, uint64_t end)
{
    for (size_t i = 0; i < box->ever_count; i++) {
        if (box->ever[i].start < end && start < box->ever[i].end)
            return true;
    }
    return false;
}

/* Makes room for one more. */
static int reserve_range(struct code_range **ranges, size_t count, size_t *room)
{
    size_t wanted = *room ? 2 * *room : 8;
    struct code_range *grown;

    if (count < *room)
        return 0;
    grown = realloc(*ranges, wanted * sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    *ranges = grown;
    *room = wanted;
    return 0;
}

/* One more is what adding or removing a range needs at most. */
static int reserve_code(struct lfi_box *box)
{
    return reserve_range(&box->code, box->code_count, &box->code_room);
}

/* Forgets [start, end). With room for one more if that is in the middle of a range. */
static void remove_code(struct lfi_box *box, uint64_t start, uint64_t end)
{
    size_t i = 0;

    while (i < box->code_count) {
        struct code_range *range = &box->code[i];

        if (range->end <= start || end <= range->start) {
            i++;
        } else if (range->start < start && end < range->end) {
            memmove(range + 1, range, (box->code_count - i) * sizeof(*range));
            box->code_count++;
            range[0].end = start;
            range[1].start = end;
            return;
        } else if (range->start < start) {
            range->end = start;
            i++;
        } else if (end < range->end) {
            range->start = end;
            i++;
        } else {
            box->code_count--;
            memmove(range, range + 1, (box->code_count - i) * sizeof(*range));
        }
    }
}

/* Records [start, end), of which nothing is recorded. With room for one more in both lists. */
static void add_code(struct lfi_box *box, uint64_t start, uint64_t end)
{
    size_t i = 0;

    while (i < box->code_count && box->code[i].start < start)
        i++;
    memmove(&box->code[i + 1], &box->code[i], (box->code_count - i) * sizeof(*box->code));
    box->code[i] = (struct code_range){start, end};
    box->code_count++;
    box->ever[box->ever_count++] = (struct code_range){start, end};
}

/* --------------------------------------------------------------------------------- host calls */

/* The only way to give pages up: their place must never be free for others. */
static int reserve(uint64_t address, size_t size)
{
    if (mmap((void *)address, size, PROT_NONE, RESERVE_FLAGS, -1, 0) == MAP_FAILED)
        return -errno;
    return 0;
}

static int map_locked(struct lfi_box *box, uint64_t address, size_t size, int prot, int flags,
                      int fd, off_t offset)
{
    bool code = touches_code(box, address, address + size);
    int error;

    if (code) {
        error = reserve_code(box);
        if (error)
            return error;
    }
    error =
        mmap((void *)address, size, prot, flags | MAP_FIXED, fd, offset) == MAP_FAILED ? -errno : 0;
    /*
     * mmap(2) may fail after it unmapped the old pages. Reserve them again; if even that fails, the
     * kernel may put memory of the host there, and the box must not run any more.
     */
    if (error && reserve(address, size))
        __atomic_store_n(&box->broken, true, __ATOMIC_RELEASE);
    if (code)
        remove_code(box, address, address + size);
    return error;
}

int lfi_box_map(struct lfi_box *box, uint64_t address, size_t size, int prot, int flags, int fd,
                off_t offset)
{
    const int kind = flags & (MAP_PRIVATE | MAP_SHARED);
    const int known =
        MAP_PRIVATE | MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_POPULATE | MAP_FIXED;
    int error = check_range(box, address, size);

    if (error == 0)
        error = check_prot(prot);
    if (error)
        return error;
    if ((kind != MAP_PRIVATE && kind != MAP_SHARED) || (flags & ~known))
        return -EINVAL;
    pthread_mutex_lock(&box->lock);
    error = map_locked(box, address, size, prot, flags, fd, offset);
    pthread_mutex_unlock(&box->lock);
    return error;
}

int lfi_box_unmap(struct lfi_box *box, uint64_t address, size_t size)
{
    int error = check_range(box, address, size);

    if (error)
        return error;
    pthread_mutex_lock(&box->lock);
    error = map_locked(box, address, size, PROT_NONE, RESERVE_FLAGS, -1, 0);
    pthread_mutex_unlock(&box->lock);
    return error;
}

int lfi_box_protect(struct lfi_box *box, uint64_t address, size_t size, int prot)
{
    int error = check_range(box, address, size);

    if (error == 0)
        error = check_prot(prot);
    if (error)
        return error;
    pthread_mutex_lock(&box->lock);
    if (touches_code(box, address, address + size))
        error = -EACCES;
    else if (mprotect((void *)address, size, prot))
        error = -errno;
    pthread_mutex_unlock(&box->lock);
    return error;
}

int lfi_box_move(struct lfi_box *box, uint64_t from, uint64_t to, size_t size)
{
    int error = check_range(box, from, size);

    if (error == 0)
        error = check_range(box, to, size);
    if (error)
        return error;
    if (from < to + size && to < from + size)
        return -EINVAL;
    pthread_mutex_lock(&box->lock);
    if (touches_code(box, from, from + size)) {
        error = -EACCES;
    } else {
        error = touches_code(box, to, to + size) ? reserve_code(box) : 0;
        if (error == 0) {
            /* DONTUNMAP: without it the old place would be free for others for a moment */
            if (mremap((void *)from, size, size, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP,
                       (void *)to) == MAP_FAILED)
                error = -errno;
            /* as in map_locked(): after a failure the new place may be unmapped */
            if (reserve(error ? to : from, size) && error)
                __atomic_store_n(&box->broken, true, __ATOMIC_RELEASE);
            remove_code(box, to, to + size);
        }
    }
    pthread_mutex_unlock(&box->lock);
    return error;
}

int lfi_box_advise(struct lfi_box *box, uint64_t address, size_t size, int advice)
{
    int error = check_range(box, address, size);

    if (error)
        return error;
    switch (advice) {
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_WILLNEED:
    case MADV_DONTNEED:
    case MADV_FREE:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
    case MADV_POPULATE_READ:
    case MADV_POPULATE_WRITE:
        break;
    default:
        return -EINVAL;
    }
    pthread_mutex_lock(&box->lock);
    if (touches_code(box, address, address + size))
        error = -EACCES;
    else if (madvise((void *)address, size, advice))
        error = -errno;
    pthread_mutex_unlock(&box->lock);
    return error;
}

/* --------------------------------------------------------------------------------------- code */

/* Keeps the first violation for the message and passes all on. */
struct listener {
    const struct lfi_code_map *code;
    struct lfi_violation first;
    bool heard;
};

static bool hear(void *data, const struct lfi_violation *violation)
{
    struct listener *listener = data;

    if (!listener->heard) {
        listener->heard = true;
        listener->first = *violation;
    }
    return listener->code->report && listener->code->report(listener->code->data, violation);
}

static int verify(const struct lfi_box *box, const struct lfi_code_map *code, const uint8_t *bytes,
                  size_t size, struct lfi_error *error)
{
    struct listener listener = {.code = code};
    struct lfi_code run = {
        .bytes = bytes,
        .size = size,
        .address = code->address - box->base,
        .image_start = code->image_start - box->base,
        .image_end = code->image_end - box->base,
    };

    switch (lfi_verify_code(machine_arch, code->mode, &run, hear, &listener)) {
    case LFI_ACCEPTED:
        return 0;
    case LFI_REFUSED:
        lfi_explain(error, "the verifier refuses the code at 0x%llx of the box: %s: %s",
                    (unsigned long long)listener.first.address,
                    listener.heard ? listener.first.rule : "?",
                    listener.heard ? listener.first.message : "");
        return -EACCES;
    case LFI_UNABLE:
        break;
    }
    lfi_explain(error, "the verifier could not look at the code: out of memory");
    return -ENOMEM;
}

int lfi_box_map_code(struct lfi_box *box, const struct lfi_code_map *code, struct lfi_error *error)
{
    size_t size = (code->size + lfi_page_size() - 1) & ~(size_t)(lfi_page_size() - 1);
    uint8_t *staged;
    int result;

    if (code->size == 0 || size < code->size || check_range(box, code->address, size) ||
        code->mode > LFI_MODE_JUMPS || code->image_end < code->image_start ||
        !lfi_box_contains(box, code->image_start, code->image_end - code->image_start) ||
        code->address < code->image_start || code->image_end - code->address < code->size) {
        lfi_explain(error, "code must be page aligned, inside its image and inside the box");
        return -EINVAL;
    }
    staged = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (staged == MAP_FAILED) {
        lfi_explain(error, "no memory for %zu bytes of code", size);
        return -ENOMEM;
    }
    memcpy(staged, code->bytes, code->size);
    memset(staged + code->size, MACHINE_TRAP, size - code->size);
    result = code->unverified ? 0 : verify(box, code, staged, size, error);
    if (result == 0 && mprotect(staged, size, PROT_READ)) {
        result = -errno;
        lfi_explain(error, "cannot protect the code: %s", strerror(-result));
    }
    if (result == 0) {
        pthread_mutex_lock(&box->lock);
        result = reserve_code(box);
        if (result == 0)
            result = reserve_range(&box->ever, box->ever_count, &box->ever_room);
        if (result == 0 && was_code(box, code->address, code->address + size)) {
            result = -EEXIST;
            lfi_explain(error, "there is or was code: choose an address where none ever was");
        }
        if (result == 0) {
            /* executable only where it stays: profilers hear of mprotect(2), not of mremap(2) */
            if (mremap(staged, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)code->address) !=
                MAP_FAILED)
                staged = MAP_FAILED;
            if (staged == MAP_FAILED)
                __builtin___clear_cache((char *)code->address, (char *)code->address + size);
            if (staged != MAP_FAILED ||
                mprotect((void *)code->address, size, PROT_READ | PROT_EXEC)) {
                result = -errno;
                lfi_explain(error, "cannot map the code: %s", strerror(-result));
                if (reserve(code->address, size))
                    __atomic_store_n(&box->broken, true, __ATOMIC_RELEASE);
            }
        }
        if (result == 0) {
            add_code(box, code->address, code->address + size);
            if (code->unverified || code->mode == LFI_MODE_JUMPS)
                __atomic_store_n(&box->free_stack, true, __ATOMIC_RELEASE);
        }
        pthread_mutex_unlock(&box->lock);
    }
    if (staged != MAP_FAILED)
        munmap(staged, size);
    return result;
}

int lfi_box_map_return(struct lfi_box *box, uint64_t address, struct lfi_error *error)
{
    const struct lfi_code_map code = {
        .address = address,
        .bytes = machine_return_code,
        .size = MACHINE_RETURN_SIZE,
        .mode = LFI_MODE_FULL,
        .image_start = address,
        .image_end = address + lfi_page_size(),
    };
    int result = lfi_box_map_code(box, &code, error);

    if (result == 0)
        __atomic_store_n(&box->return_address, address, __ATOMIC_RELEASE);
    return result;
}
