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
 * 1: Executable pages come only from code.c, and are one of two kinds. lfi_box_map_code() makes
 * private anonymous memory of which no second mapping exists. lfi_box_map_shared_code() maps a
 * memfd that was sealed against every change before it was verified: no descriptor is left, the
 * seals cannot be taken back, and the mappings are shared and may never become writable (the kernel
 * denies it for a sealed file), so there is no private copy to write to either. Host calls that
 * could change executable pages (mprotect; madvise, which can zero them; mremap) are refused where
 * they touch code; mapping something else in their place is harmless, as long as that is not code:
 * what was verified holds from one instruction to the next, across pages too, and a thread may be
 * between the two. So what was once code never becomes code again. The lock is held across the host
 * call, or code could appear between the check and the call.
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

int core_check_range(const struct lfi_box *box, uint64_t address, size_t size)
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
    if (core_snapshot_pins(box, address, size))
        return -EACCES;
    return core_pages_admit(box, address, size, true);
}

int core_unmap(struct lfi_box *box, uint64_t address, size_t size)
{
    int error = admit(box, address, size);

    if (error == 0)
        error = core_reserve(address, size);
    if (error == 0)
        core_pages_replaced(box, address, size, 0);
    return error;
}

int core_place(struct lfi_box *box, void *staged, uint64_t address, size_t size, unsigned bits)
{
    int error = admit(box, address, size);

    if (error == 0)
        error = core_move_in(staged, address, size);
    if (error == 0)
        core_pages_replaced(box, address, size, BIT(USED) | bits);
    return error;
}

int core_map_memory(struct lfi_box *box, uint64_t address, size_t size, int prot, bool populate)
{
    int error = 0;

    if (core_pages_any(box, PAGE_USED, address, size))
        error = core_unmap(box, address, size);
    if (error || prot == PROT_NONE)
        return error;
    error = core_pages_admit(box, address, size, false);
    if (error)
        return error;
    core_pages_use(box, address, size);
    if (mprotect((void *)address, size, prot)) {
        error = -errno;
        core_unmap(box, address, size); /* a part may be accessible */
        return error;
    }
    core_pages_protected(box, address, size, prot);
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
    int error = core_check_range(box, address, size);

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
        error = core_place(box, staged, address, size,
                           core_prot_bits(prot) | (kind == MAP_SHARED ? BIT(SHARED) : BIT(FILE)));
    else
        error = core_map_memory(box, address, size, prot, flags & MAP_POPULATE);
    pthread_mutex_unlock(&box->lock);
    if (error && staged)
        munmap(staged, size);
    return error;
}

int lfi_box_unmap(struct lfi_box *box, uint64_t address, size_t size)
{
    int error = core_check_range(box, address, size);

    if (error)
        return error;
    pthread_mutex_lock(&box->lock);
    error = core_unmap(box, address, size);
    pthread_mutex_unlock(&box->lock);
    return error;
}

int lfi_box_protect(struct lfi_box *box, uint64_t address, size_t size, int prot)
{
    int error = core_check_range(box, address, size);

    if (error == 0)
        error = check_prot(prot);
    if (error)
        return error;
    pthread_mutex_lock(&box->lock);
    if (core_pages_any(box, PAGE_CODE, address, size))
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
        else
            core_pages_protected(box, address, size, prot);
    }
    pthread_mutex_unlock(&box->lock);
    return error;
}

/* The bits that go with pages when they are moved. */
static unsigned bits_of(const struct lfi_box *box, uint64_t address)
{
    const unsigned kept = BIT(READ) | BIT(WRITE) | BIT(SHARED) | BIT(FILE) | BIT(FROZEN);
    uint64_t end;

    return core_pages_run(box, box->chunks, kept, address, address + lfi_page_size(), &end);
}

/*
 * A copy of the mapping `staged`, larger, in new memory. What a snapshot holds cannot become larger
 * as it is: more of the snapshot would come to light. NULL: out of memory.
 */
static void *copy_frozen(void *staged, size_t size, size_t new_size, int prot)
{
    void *copy = mmap(NULL, new_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (copy == MAP_FAILED)
        return NULL;
    if (mprotect(staged, size, PROT_READ) == 0) {
        memcpy(copy, staged, size);
        /* both as they were: a copy that finds no place leaves what was copied */
        if (mprotect(staged, size, prot) == 0 && mprotect(copy, new_size, prot) == 0)
            return copy;
    }
    munmap(copy, new_size);
    return NULL;
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
    const unsigned bits = bits_of(box, from);
    void *staged, *larger, *copy = NULL;
    int error = admit(box, from, size);

    if (error)
        return error;
    staged = mremap((void *)from, size, size, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, hint);
    if (staged == MAP_FAILED)
        return -errno;
    if (bits & BIT(FROZEN)) {
        copy = copy_frozen(staged, size, new_size, core_bits_prot(bits));
        error = copy ? core_place(box, copy, to, new_size, bits & ~BIT(FROZEN)) : -ENOMEM;
        if (error == 0)
            munmap(staged, size);
        else if (copy)
            munmap(copy, new_size);
    } else if (new_size == size) {
        error = core_place(box, staged, to, size, bits);
    } else {
        larger = mremap(staged, size, new_size, MREMAP_MAYMOVE, NULL);
        error = larger == MAP_FAILED ? -errno : 0;
        if (error == 0) {
            staged = larger;
            error = core_place(box, staged, to, new_size, bits);
            if (error)
                munmap((char *)staged + size, new_size - size);
        }
    }
    if (error == 0) {
        /* if it cannot be, the old place stays mapped, without the pages that were moved */
        if (to != from)
            core_unmap(box, from, size);
        return 0;
    }
    if (core_place(box, staged, from, size, bits))
        munmap(staged, size);
    return error;
}

int lfi_box_grow(struct lfi_box *box, uint64_t from, size_t size, uint64_t to, size_t new_size)
{
    int error = core_check_range(box, from, size);

    if (error == 0)
        error = core_check_range(box, to, new_size);
    if (error)
        return error;
    if (new_size < size || (to != from && from < to + new_size && to < from + size))
        return -EINVAL;
    pthread_mutex_lock(&box->lock);
    if (core_pages_any(box, PAGE_CODE, from, size))
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

/*
 * MADV_DONTNEED and MADV_FREE make private anonymous memory zero. What was that before it was
 * frozen would come back from the snapshot: it becomes new memory.
 */
static int discard(struct lfi_box *box, uint64_t address, size_t size, int advice)
{
    const uint64_t end = address + size;
    int error = 0;

    for (uint64_t next; address < end && error == 0; address = next) {
        unsigned bits = core_pages_run(box, box->chunks, BIT(FROZEN) | BIT(READ) | BIT(WRITE),
                                       address, end, &next);
        void *fresh;

        if (!(bits & BIT(FROZEN))) {
            error = madvise((void *)address, next - address, advice) ? -errno : 0;
            continue;
        }
        fresh =
            mmap(NULL, next - address, core_bits_prot(bits), MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (fresh == MAP_FAILED)
            return -errno;
        error = core_place(box, fresh, address, next - address, bits & ~BIT(FROZEN));
        if (error)
            munmap(fresh, next - address);
    }
    return error;
}

int lfi_box_advise(struct lfi_box *box, uint64_t address, size_t size, int advice)
{
    int error = core_check_range(box, address, size);
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
    if (core_pages_any(box, PAGE_CODE, address, size))
        error = -EACCES;
    else if (parts)
        error = core_pages_admit(box, address, size, false);
    if (error == 0 && parts)
        core_pages_use(box, address, size);
    if (error == 0 && (advice == MADV_DONTNEED || advice == MADV_FREE))
        error = discard(box, address, size, advice);
    else if (error == 0 && madvise((void *)address, size, advice))
        error = -errno;
    pthread_mutex_unlock(&box->lock);
    return error;
}

int lfi_box_lock(struct lfi_box *box, uint64_t address, size_t size, bool lock)
{
    int error = core_check_range(box, address, size);

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
