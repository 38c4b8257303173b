// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The pages of a box. What holds at any time, whatever threads do:
 *
 * 1. No page is writable and executable, and no executable page changes.
 * 2. Every address of the reservation is mapped, so that the kernel puts nothing of the host's
 *    there, not for an instant.
 * 3. A page that pages.c does not call used is as it was reserved.
 * 4. The kernel has no more mappings in the box than pages.c counts.
 *
 * 1: Executable pages come only from lfi_box_map_code(): private anonymous memory of which no
 * second mapping exists. Host calls that could change them (mprotect; madvise, which can zero them;
 * mremap) are refused where they touch code; mapping something else in their place is harmless, as
 * long as that is not code: what was verified holds from one instruction to the next, across pages
 * too, and a thread may be between the two. So what was once code never becomes code again. The
 * lock is held across the host call, or code could appear between the check and the call.
 *
 * 2: Before Linux 6.12 mmap(2) with MAP_FIXED unmaps what is there, and only then asks the file,
 * the limits and the overcommit policy, and on any version mremap(2) unmaps its target first. An
 * error after that leaves a hole. So a range of the reservation is the target of only two calls,
 * which are made so that after the unmapping they can fail only if the kernel itself runs out of
 * memory (then the process stops):
 *
 *   core_reserve()  an mmap of inaccessible private anonymous memory: nothing is charged for it
 *   core_move_in()  an mremap, as large as before, of one whole mapping of private or shared
 *                  anonymous memory or of a regular file, without MREMAP_DONTUNMAP: nothing is
 *                  charged, no file is asked
 *
 * Both first check that the process may have more mappings. Everything else is done to pages in
 * place (mprotect, madvise, mlock), or made and checked outside of any reservation and moved in:
 * files, shared memory, code, and what lfi_box_move() moves. New private memory is what was
 * reserved, made accessible, and takes one call as long as 3 says that nothing else is there.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif

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
    grown = realloc(*ranges, wanted * sizeof *grown);
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
            memmove(range + 1, range, (box->code_count - i) * sizeof *range);
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
            memmove(range, range + 1, (box->code_count - i) * sizeof *range);
        }
    }
}

/* Records [start, end), of which nothing is recorded. With room for one more in both lists. */
static void add_code(struct lfi_box *box, uint64_t start, uint64_t end)
{
    size_t i = 0;

    while (i < box->code_count && box->code[i].start < start)
        i++;
    memmove(&box->code[i + 1], &box->code[i], (box->code_count - i) * sizeof *box->code);
    box->code[i] = (struct code_range){start, end};
    box->code_count++;
    box->ever[box->ever_count++] = (struct code_range){start, end};
}

/* --------------------------------------------------------------------------------- host calls */

/* Whether the process may have some more mappings: more than any of our calls needs. */
static bool has_room(void)
{
    enum { PIECES = 8 };
    const size_t page = lfi_page_size(), size = (2 * PIECES + 1) * page;
    uint8_t *probe = mmap(NULL, size, PROT_NONE, RESERVE_FLAGS, -1, 0);
    bool room = probe != MAP_FAILED;

    for (size_t i = 0; room && i < PIECES; i++)
        room = mprotect(probe + (2 * i + 1) * page, page, PROT_READ) == 0;
    if (probe != MAP_FAILED)
        munmap(probe, size);
    return room;
}

/*
 * The errno of a call that failed and may have unmapped the range first. Such calls get that far
 * only if nothing is wrong except that the kernel is out of memory. The error is then ENOMEM, which
 * is also what a process gets that has all the mappings it may have, a check that the kernel makes
 * first. The hole goes unnoticed only if both are true at once and another thread fills it before
 * msync(2) looks.
 */
static int failed(uint64_t address, size_t size)
{
    int error = errno;

    if ((error == ENOMEM && has_room()) || msync((void *)address, size, MS_ASYNC))
        core_stop("lfi: the kernel is out of memory and could not keep the addresses of a box "
                  "reserved\n");
    return -error;
}

/* The only way to give up pages. */
int core_reserve(uint64_t address, size_t size)
{
    if (mmap((void *)address, size, PROT_NONE, RESERVE_FLAGS | MAP_FIXED, -1, 0) == MAP_FAILED)
        return failed(address, size);
    return 0;
}

/* The only way in for what is not made from reserved pages. */
int core_move_in(void *staged, uint64_t address, size_t size)
{
    if (mremap(staged, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)address) == MAP_FAILED)
        return failed(address, size);
    return 0;
}

/* Room in the books for something else in the place of the range. */
static int admit(struct lfi_box *box, uint64_t address, size_t size)
{
    int error = core_pages_admit(box, address, size, true);

    if (error == 0 && touches_code(box, address, address + size))
        error = reserve_code(box);
    return error;
}

static void replaced(struct lfi_box *box, uint64_t address, size_t size, bool used)
{
    core_pages_replaced(box, address, size, used);
    remove_code(box, address, address + size);
}

static int unmap_locked(struct lfi_box *box, uint64_t address, size_t size)
{
    int error = admit(box, address, size);

    if (error == 0)
        error = core_reserve(address, size);
    if (error == 0)
        replaced(box, address, size, false);
    return error;
}

/* Takes over what `staged` points to, unless it fails. */
static int move_in_locked(struct lfi_box *box, void *staged, uint64_t address, size_t size)
{
    int error = admit(box, address, size);

    if (error == 0)
        error = core_move_in(staged, address, size);
    if (error == 0)
        replaced(box, address, size, true);
    return error;
}

static int map_memory(struct lfi_box *box, uint64_t address, size_t size, int prot, bool populate)
{
    int error = 0;

    if (core_pages_used(box, address, size))
        error = unmap_locked(box, address, size);
    if (error || prot == PROT_NONE)
        return error;
    error = core_pages_admit(box, address, size, false);
    if (error)
        return error;
    core_pages_use(box, address, size);
    if (mprotect((void *)address, size, prot)) {
        error = -errno;
        unmap_locked(box, address, size); /* a part may be accessible */
        return error;
    }
    if (populate) /* a hint: older kernels do not know it */
        madvise((void *)address, size,
                prot & PROT_WRITE ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
    return 0;
}

/*
 * Whether the file may be mapped. Mappings of devices and of files that represent something else
 * may refuse to be moved. /dev/zero is another name for anonymous memory.
 */
static int check_file(int fd, int prot, int *flags)
{
    struct stat status;
    struct statfs system;
    int mode;

    if (fstat(fd, &status))
        return -errno;
    if (S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 5)) {
        mode = fcntl(fd, F_GETFL);
        if (mode < 0 || mode & O_PATH)
            return -EBADF;
        mode &= O_ACCMODE;
        if (mode == O_WRONLY || (mode == O_RDONLY && (*flags & MAP_SHARED) && (prot & PROT_WRITE)))
            return -EACCES;
        *flags |= MAP_ANONYMOUS;
        return 0;
    }
    if (!S_ISREG(status.st_mode))
        return -ENODEV;
    if (fstatfs(fd, &system))
        return -errno;
    switch ((unsigned long)system.f_type) {
    case PROC_SUPER_MAGIC:
    case SYSFS_MAGIC:
    case DEBUGFS_MAGIC:
    case TRACEFS_MAGIC:
    case HUGETLBFS_MAGIC:
        return -ENODEV;
    default:
        return 0;
    }
}

int lfi_box_map(struct lfi_box *box, uint64_t address, size_t size, int prot, int flags, int fd,
                off_t offset)
{
    const int kind = flags & (MAP_PRIVATE | MAP_SHARED);
    const int known =
        MAP_PRIVATE | MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_POPULATE | MAP_FIXED;
    void *staged = NULL;
    int error = check_range(box, address, size);

    if (error == 0)
        error = check_prot(prot);
    if (error)
        return error;
    if ((kind != MAP_PRIVATE && kind != MAP_SHARED) || (flags & ~known))
        return -EINVAL;
    if (!(flags & MAP_ANONYMOUS))
        error = check_file(fd, prot, &flags);
    if (error)
        return error;
    if (!(flags & MAP_ANONYMOUS) || kind == MAP_SHARED) {
        if (flags & MAP_ANONYMOUS)
            fd = -1;
        staged = mmap(NULL, size, prot, flags & ~MAP_FIXED, fd, offset);
        if (staged == MAP_FAILED)
            return -errno;
    }
    pthread_mutex_lock(&box->lock);
    if (staged)
        error = move_in_locked(box, staged, address, size);
    else
        error = map_memory(box, address, size, prot, flags & MAP_POPULATE);
    pthread_mutex_unlock(&box->lock);
    if (error && staged)
        munmap(staged, size);
    return error;
}

int lfi_box_unmap(struct lfi_box *box, uint64_t address, size_t size)
{
    int error = check_range(box, address, size);

    if (error)
        return error;
    pthread_mutex_lock(&box->lock);
    error = unmap_locked(box, address, size);
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
    else
        error = core_pages_admit(box, address, size, false);
    if (error == 0) {
        /*
         * The kernel merges pages that were written to and now look reserved with reserved pages,
         * but not with other such pages: reserved pages may be several mappings from now on.
         */
        if (prot == PROT_NONE)
            box->apart = true;
        core_pages_use(box, address, size);
        if (mprotect((void *)address, size, prot))
            error = -errno;
    }
    pthread_mutex_unlock(&box->lock);
    return error;
}

/*
 * Out of the box first, to where the kernel likes, which leaves the old place mapped (DONTUNMAP)
 * and can fail only before anything changed. There it becomes larger, as one mapping. Then in.
 */
static int grow_locked(struct lfi_box *box, uint64_t from, size_t size, uint64_t to,
                       size_t new_size)
{
    /* only a hint; NULL would be one that overlaps a box at address 0 */
    void *hint = (void *)(box->reservation->start + box->reservation->size);
    void *staged, *larger;
    int error = admit(box, from, size);

    if (error)
        return error;
    staged = mremap((void *)from, size, size, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, hint);
    if (staged == MAP_FAILED)
        return -errno;
    if (new_size == size) {
        error = move_in_locked(box, staged, to, size);
    } else {
        larger = mremap(staged, size, new_size, MREMAP_MAYMOVE, NULL);
        error = larger == MAP_FAILED ? -errno : 0;
        if (error == 0) {
            staged = larger;
            error = move_in_locked(box, staged, to, new_size);
            if (error)
                munmap((char *)staged + size, new_size - size);
        }
    }
    if (error == 0) {
        /* if it cannot be, the old place stays mapped, without the pages that were moved */
        if (to != from)
            unmap_locked(box, from, size);
        return 0;
    }
    if (move_in_locked(box, staged, from, size))
        munmap(staged, size);
    return error;
}

int lfi_box_grow(struct lfi_box *box, uint64_t from, size_t size, uint64_t to, size_t new_size)
{
    int error = check_range(box, from, size);

    if (error == 0)
        error = check_range(box, to, new_size);
    if (error)
        return error;
    if (new_size < size || (to != from && from < to + new_size && to < from + size))
        return -EINVAL;
    pthread_mutex_lock(&box->lock);
    if (touches_code(box, from, from + size))
        error = -EACCES;
    else
        error = grow_locked(box, from, size, to, new_size);
    pthread_mutex_unlock(&box->lock);
    return error;
}

int lfi_box_move(struct lfi_box *box, uint64_t from, uint64_t to, size_t size)
{
    return from == to ? -EINVAL : lfi_box_grow(box, from, size, to, size);
}

int lfi_box_advise(struct lfi_box *box, uint64_t address, size_t size, int advice)
{
    int error = check_range(box, address, size);
    bool parts = true; /* may be a property of the mapping, and so split it */

    if (error)
        return error;
    switch (advice) {
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
        break;
    case MADV_WILLNEED:
    case MADV_DONTNEED:
    case MADV_FREE:
    case MADV_POPULATE_READ:
    case MADV_POPULATE_WRITE:
        parts = false;
        break;
    default:
        return -EINVAL;
    }
    pthread_mutex_lock(&box->lock);
    if (touches_code(box, address, address + size))
        error = -EACCES;
    else if (parts)
        error = core_pages_admit(box, address, size, false);
    if (error == 0 && parts)
        core_pages_use(box, address, size);
    if (error == 0 && madvise((void *)address, size, advice))
        error = -errno;
    pthread_mutex_unlock(&box->lock);
    return error;
}

int lfi_box_lock(struct lfi_box *box, uint64_t address, size_t size, bool lock)
{
    int error = check_range(box, address, size);

    if (error)
        return error;
    pthread_mutex_lock(&box->lock);
    error = core_pages_admit(box, address, size, false);
    if (error == 0) {
        core_pages_use(box, address, size);
        if (lock ? mlock((void *)address, size) : munlock((void *)address, size))
            error = -errno;
    }
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
        core_explain(error, "the verifier refuses the code at 0x%llx of the box: %s: %s",
                     (unsigned long long)listener.first.address,
                     listener.heard ? listener.first.rule : "?",
                     listener.heard ? listener.first.message : "");
        return -EACCES;
    case LFI_UNABLE:
        break;
    }
    core_explain(error, "the verifier could not check the code: out of memory");
    return -ENOMEM;
}

/* Takes over what `staged` points to. */
static int place_code(struct lfi_box *box, void *staged, uint64_t address, size_t size,
                      struct lfi_error *error)
{
    int result = move_in_locked(box, staged, address, size);

    if (result) {
        core_explain(error, "cannot map the code: %s", strerror(-result));
        munmap(staged, size);
        return result;
    }
    __builtin___clear_cache((char *)address, (char *)address + size);
    /* executable only in its final place: profilers are told of mprotect(2), not of mremap(2) */
    if (mprotect((void *)address, size, PROT_READ | PROT_EXEC)) {
        result = -errno;
        core_explain(error, "cannot make the code executable: %s", strerror(-result));
        unmap_locked(box, address, size);
    }
    return result;
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
        core_explain(error, "code must be page aligned, inside its image and inside the box");
        return -EINVAL;
    }
    staged = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (staged == MAP_FAILED) {
        core_explain(error, "no memory for %zu bytes of code", size);
        return -ENOMEM;
    }
    memcpy(staged, code->bytes, code->size);
    memset(staged + code->size, MACHINE_TRAP, size - code->size);
    result = code->unverified ? 0 : verify(box, code, staged, size, error);
    if (result == 0 && mprotect(staged, size, PROT_READ)) {
        result = -errno;
        core_explain(error, "cannot protect the code: %s", strerror(-result));
    }
    if (result == 0) {
        pthread_mutex_lock(&box->lock);
        result = reserve_code(box);
        if (result == 0)
            result = reserve_range(&box->ever, box->ever_count, &box->ever_room);
        if (result == 0 && was_code(box, code->address, code->address + size)) {
            result = -EEXIST;
            core_explain(error, "there is or was code: choose an address where none ever was");
        }
        if (result == 0) {
            result = place_code(box, staged, code->address, size, error);
            staged = NULL;
        }
        if (result == 0) {
            add_code(box, code->address, code->address + size);
            if (code->unverified || code->mode == LFI_MODE_JUMPS)
                __atomic_store_n(&box->free_stack, true, __ATOMIC_RELEASE);
        }
        pthread_mutex_unlock(&box->lock);
    }
    if (staged)
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
