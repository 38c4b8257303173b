// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Freezing a box, and going back.
 *
 * lfi_box_freeze() copies what the box has of private memory to a memfd (at the offset that is the
 * distance from the base), seals it, and maps it privately in the place of the memory. The kernel
 * then does the rest: the first write to a page makes a copy of it, and dropping the copies brings
 * the frozen contents back, at a cost by the pages that were written to. Long runs of zeros stay
 * what they are, since new memory comes back as zeros too.
 *
 * All else that was done to pages since (unmapping, protecting, …) is in the books: BIT(CHANGED).
 * lfi_box_reset() makes these anew, from a copy of the books that the freeze made. Code and shared
 * memory cannot be made anew: so they stay where they are, core_snapshot_pins(), and code that
 * comes later goes only where nothing was, core_snapshot_used(), and stays too.
 *
 * No invariant of memory.c depends on the memfd or on its descriptor: whatever is mapped from it is
 * never executable. If the host closed the descriptor and opened another file under its number,
 * that file would be mapped into the box: so it is checked to be the same file.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef F_ADD_SEALS
#define F_ADD_SEALS   1033
#define F_SEAL_SEAL   1
#define F_SEAL_SHRINK 2
#define F_SEAL_GROW   4
#define F_SEAL_WRITE  8
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8
#endif

/* From how many pages of zeros on they stay out of the snapshot: each such run is one mapping more.
 */
#define ZERO_RUN 64

/* What is asked of a run of pages when the box is frozen, and when it goes back. */
#define KINDS \
    (BIT(USED) | BIT(READ) | BIT(WRITE) | BIT(CODE) | BIT(SHARED) | BIT(FILE) | BIT(FROZEN))

struct run {
    uint64_t start, end;
    unsigned bits;
};

struct runs {
    struct run *list;
    size_t count, room;
};

struct core_snapshot {
    int file;
    dev_t device;
    ino_t inode;
    struct page_chunk *chunks[BOX_CHUNKS]; /* the books when the box was frozen */
    struct runs dirty;                     /* what can be written to without a trace in the books */
};

static int add_run(struct runs *runs, uint64_t start, uint64_t end, unsigned bits)
{
    if (runs->count == runs->room) {
        size_t room = runs->room ? 2 * runs->room : 16;
        struct run *grown = realloc(runs->list, room * sizeof *grown);

        if (!grown)
            return -ENOMEM;
        runs->list = grown;
        runs->room = room;
    }
    runs->list[runs->count++] = (struct run){start, end, bits};
    return 0;
}

void core_snapshot_free(struct core_snapshot *snapshot)
{
    struct stat status;

    if (!snapshot)
        return;
    if (fstat(snapshot->file, &status) == 0 && status.st_dev == snapshot->device &&
        status.st_ino == snapshot->inode)
        close(snapshot->file);
    for (size_t i = 0; i < BOX_CHUNKS; i++)
        free(snapshot->chunks[i]);
    free(snapshot->dirty.list);
    free(snapshot);
}

/* Whether the range had pages with a bit of `mask` when the box was frozen. */
static bool had(const struct lfi_box *box, unsigned mask, uint64_t address, size_t size)
{
    const uint64_t end = address + size;
    unsigned found = 0;

    while (box->snapshot && address < end && !found)
        found = core_pages_run(box, box->snapshot->chunks, mask, address, end, &address);
    return found != 0;
}

bool core_snapshot_pins(const struct lfi_box *box, uint64_t address, size_t size)
{
    return had(box, BIT(CODE) | BIT(SHARED), address, size);
}

bool core_snapshot_used(const struct lfi_box *box, uint64_t address, size_t size)
{
    return had(box, BIT(USED), address, size);
}

/* --------------------------------------------------------------------------------- files */

int core_memory_file(const char *name)
{
    int file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);

    if (file < 0 && errno == EINVAL) /* before Linux 6.3 */
        file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return file < 0 ? -errno : file;
}

int core_write_all(int file, const void *from, size_t size, uint64_t offset)
{
    while (size) {
        ssize_t written = pwrite(file, from, size, (off_t)offset);

        if (written <= 0)
            return written < 0 ? -errno : -ENOSPC;
        from = (const char *)from + written;
        offset += (size_t)written;
        size -= (size_t)written;
    }
    return 0;
}

int core_seal(int file)
{
    return fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
               ? -errno
               : 0;
}

/* -------------------------------------------------------------------------------- freezing */

static bool is_zero(uint64_t page)
{
    const uint64_t *word = (const uint64_t *)page;
    uint64_t any = 0;

    for (size_t i = 0; i < lfi_page_size() / sizeof *word && !any; i += 8)
        any = word[i] | word[i + 1] | word[i + 2] | word[i + 3] | word[i + 4] | word[i + 5] |
              word[i + 6] | word[i + 7];
    return !any;
}

/* Writes the run's pages that are not zero, and lists what is to be mapped from the file. */
static int copy_run(const struct lfi_box *box, int file, const struct run *run, struct runs *runs)
{
    const uint64_t page = lfi_page_size();
    /* what comes back as it was in a snapshot before, not as zeros */
    const bool whole = run->bits & BIT(FROZEN);
    uint64_t start = run->start, at = run->start, zeros, end;
    int error = 0;

    if (run->bits & BIT(FILE)) { /* reading beyond the end of the file would be a fault */
        error = core_write_all(file, (void *)at, run->end - at, at - box->base);
        return error ? error : add_run(runs, run->start, run->end, run->bits);
    }
    while (at < run->end && error == 0) {
        for (zeros = at; zeros < run->end && is_zero(zeros);)
            zeros += page;
        if (!whole && (zeros - at) / page >= ZERO_RUN) {
            if (start < at)
                error = add_run(runs, start, at, run->bits);
            start = zeros;
        }
        for (end = zeros; end < run->end && !is_zero(end);)
            end += page;
        if (error == 0 && zeros < end)
            error = core_write_all(file, (void *)zeros, end - zeros, zeros - box->base);
        at = end;
    }
    return error == 0 && start < run->end ? add_run(runs, start, run->end, run->bits) : error;
}

/* What cannot be read is made readable meanwhile. */
static int copy_hidden_run(struct lfi_box *box, int file, const struct run *run, struct runs *runs)
{
    const size_t size = run->end - run->start;
    int error = core_pages_admit(box, run->start, size, false);

    if (error)
        return error;
    if (mprotect((void *)run->start, size, PROT_READ))
        error = -errno;
    else
        error = copy_run(box, file, run, runs);
    if (mprotect((void *)run->start, size, PROT_NONE) && error == 0)
        error = -errno;
    return error;
}

/* Copies all private memory, and lists what is to be mapped from the file. */
static int copy_all(struct lfi_box *box, int file, struct runs *runs)
{
    const uint64_t end = box->base + LFI_BOX_SIZE - LFI_GUARD_SIZE;
    struct run run = {.start = box->base + LFI_GUARD_SIZE};
    int error = 0;

    for (; run.start < end && error == 0; run.start = run.end) {
        run.bits = core_pages_run(box, box->chunks, KINDS, run.start, end, &run.end);
        if (!(run.bits & BIT(USED)) || run.bits & (BIT(CODE) | BIT(SHARED)))
            continue;
        error = run.bits & (BIT(READ) | BIT(WRITE)) ? copy_run(box, file, &run, runs)
                                                    : copy_hidden_run(box, file, &run, runs);
    }
    return error;
}

/* Maps a run of the file in its place. */
static int map_run(struct lfi_box *box, int file, const struct run *run)
{
    const unsigned prot = run->bits & (BIT(READ) | BIT(WRITE));
    const size_t size = run->end - run->start;
    void *staged =
        mmap(NULL, size, core_bits_prot(prot), MAP_PRIVATE, file, (off_t)(run->start - box->base));

    if (staged == MAP_FAILED)
        return -errno;
    int error = core_place(box, staged, run->start, size, prot | BIT(FROZEN));
    if (error)
        munmap(staged, size);
    return error;
}

/* The file that the snapshot will be in. RLIMIT_FSIZE is for files on disks, but kills here too. */
static int make_file(struct core_snapshot *new)
{
    struct rlimit limit;
    struct stat status;

    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < LFI_BOX_SIZE)
        return -EFBIG;
    new->file = core_memory_file("lfi-snapshot");
    if (new->file < 0)
        return new->file;
    if (fstat(new->file, &status) || ftruncate(new->file, LFI_BOX_SIZE))
        return -errno;
    new->device = status.st_dev;
    new->inode = status.st_ino;
    return 0;
}

/* The books as they are now; what can become dirty. */
static int copy_books(struct lfi_box *box, struct core_snapshot *new)
{
    const uint64_t end = box->base + LFI_BOX_SIZE - LFI_GUARD_SIZE;
    const unsigned mask = BIT(WRITE) | BIT(CODE) | BIT(SHARED);
    int error = 0;

    for (size_t i = 0; i < BOX_CHUNKS; i++) {
        if (!box->chunks[i])
            continue;
        new->chunks[i] = malloc(sizeof *new->chunks[i]);
        if (!new->chunks[i])
            return -ENOMEM;
        *new->chunks[i] = *box->chunks[i];
    }
    for (uint64_t next, at = box->base + LFI_GUARD_SIZE; at < end && error == 0; at = next) {
        if (core_pages_run(box, new->chunks, mask, at, end, &next) == BIT(WRITE))
            error = add_run(&new->dirty, at, next, 0);
    }
    return error;
}

static const char *reason(int error)
{
    switch (error) {
    case -EBUSY:
        return "a thread is in it";
    case -EFBIG:
        return "`ulimit -f` is below 4 GiB";
    case -EBADF:
        return "the host closed the descriptor of its snapshot";
    case -ENOENT:
        return "it was not frozen";
    case -ENOMEM:
        return "out of memory, or the process has too many mappings (vm.max_map_count)";
    default:
        return strerror(-error);
    }
}

static int freeze(struct lfi_box *box, struct core_snapshot *new)
{
    struct runs runs = {0};
    int error = make_file(new);

    if (error == 0)
        error = copy_all(box, new->file, &runs);
    if (error == 0)
        error = core_seal(new->file);
    for (size_t i = 0; i < runs.count && error == 0; i++)
        error = map_run(box, new->file, &runs.list[i]);
    free(runs.list);
    return error ? error : copy_books(box, new);
}

int lfi_box_freeze(struct lfi_box *box, struct lfi_error *error)
{
    struct core_snapshot *new = calloc(1, sizeof *new);
    int result = -EBUSY;

    if (!new)
        return -ENOMEM;
    new->file = -1;
    pthread_mutex_lock(&box->lock);
    if (!core_box_entered(box))
        result = freeze(box, new);
    if (result == 0) {
        core_snapshot_free(box->snapshot);
        box->snapshot = new;
        core_pages_unchanged(box, box->base + LFI_GUARD_SIZE,
                             LFI_BOX_SIZE - 2 * (size_t)LFI_GUARD_SIZE);
    }
    pthread_mutex_unlock(&box->lock);
    if (result) {
        core_snapshot_free(new);
        core_explain(error, "cannot freeze the box: %s", reason(result));
    }
    return result;
}

/* ------------------------------------------------------------------------------ going back */

static bool has_file(const struct core_snapshot *snapshot)
{
    struct stat status;

    return fstat(snapshot->file, &status) == 0 && status.st_dev == snapshot->device &&
           status.st_ino == snapshot->inode;
}

/* Pages that were not in use: what was mapped there since goes, but for code. */
static int unmap_run(struct lfi_box *box, const struct run *run)
{
    int error = 0;

    for (uint64_t next, at = run->start; at < run->end && error == 0; at = next) {
        unsigned bits =
            core_pages_run(box, box->chunks, BIT(USED) | BIT(CODE), at, run->end, &next);
        if (bits == BIT(USED))
            error = core_unmap(box, at, next - at);
    }
    return error;
}

/* Back to what it was: run->bits. */
static int restore_run(struct lfi_box *box, const struct run *run)
{
    const int prot = core_bits_prot(run->bits);
    const size_t size = run->end - run->start;
    int error = 0;

    if (!(run->bits & BIT(USED))) {
        error = unmap_run(box, run);
    } else if (run->bits & BIT(CODE)) { /* at most it was locked */
    } else if (run->bits & BIT(SHARED)) {
        error = core_pages_admit(box, run->start, size, false);
        if (error == 0 && mprotect((void *)run->start, size, prot))
            error = -errno;
        if (error == 0)
            core_pages_protected(box, run->start, size, prot);
    } else if (run->bits & BIT(FROZEN)) {
        error = has_file(box->snapshot) ? map_run(box, box->snapshot->file, run) : -EBADF;
    } else if (prot) {
        error = core_map_memory(box, run->start, size, prot, false);
    } else { /* zeros that are used and inaccessible */
        error = core_unmap(box, run->start, size);
    }
    if (error == 0)
        core_pages_unchanged(box, run->start, size);
    return error;
}

static int reset(struct lfi_box *box)
{
    const uint64_t end = box->base + LFI_BOX_SIZE - LFI_GUARD_SIZE;
    struct core_snapshot *snapshot = box->snapshot;
    struct run run;
    int error = 0;

    for (uint64_t next, at = box->base + LFI_GUARD_SIZE; at < end; at = next) {
        if (!core_pages_run(box, box->chunks, BIT(CHANGED), at, end, &next))
            continue;
        for (run.start = at; run.start < next && error == 0; run.start = run.end) {
            run.bits = core_pages_run(box, snapshot->chunks, KINDS, run.start, next, &run.end);
            error = restore_run(box, &run);
        }
        if (error)
            return error;
    }
    for (size_t i = 0; i < snapshot->dirty.count; i++) {
        const struct run *dirty = &snapshot->dirty.list[i];
        void *start = (void *)dirty->start;
        size_t size = dirty->end - dirty->start;

        /* it is refused where memory is locked, as by mlockall(2) of the host */
        if (madvise(start, size, MADV_DONTNEED) &&
            (munlock(start, size) || madvise(start, size, MADV_DONTNEED)))
            return -errno;
    }
    return 0;
}

int lfi_box_reset(struct lfi_box *box, struct lfi_error *error)
{
    int result;

    pthread_mutex_lock(&box->lock);
    if (!box->snapshot) {
        result = -ENOENT;
    } else if (core_box_entered(box)) {
        result = -EBUSY;
    } else {
        box->restoring = true;
        result = reset(box);
        box->restoring = false;
    }
    pthread_mutex_unlock(&box->lock);
    if (result)
        core_explain(error, "cannot reset the box: %s", reason(result));
    return result;
}
