// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Files in memory (memfd_create) count as memory of the box by their size. Calls that make one
 * larger run one at a time, charged before and settled after: nothing else changes a size.
 */
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "process.h"

struct linux_memfd {
    atomic_uint references;
    struct lfi_process *process;
    pthread_mutex_t lock;
    uint64_t pages; /* charged */
    bool mapped;    /* a mapping may keep the pages after the last close */
};

struct linux_memfd *linux_memfd_new(struct lfi_process *process)
{
    struct linux_memfd *memory = calloc(1, sizeof *memory);
    if (!memory)
        return NULL;
    memory->process = process;
    atomic_init(&memory->references, 1);
    pthread_mutex_init(&memory->lock, NULL);
    return memory;
}

struct linux_memfd *linux_memfd_hold(struct linux_memfd *memory)
{
    if (memory)
        atomic_fetch_add_explicit(&memory->references, 1, memory_order_relaxed);
    return memory;
}

void linux_memfd_drop(struct linux_memfd *memory)
{
    if (!memory || atomic_fetch_sub_explicit(&memory->references, 1, memory_order_acq_rel) != 1)
        return;
    if (!memory->mapped)
        linux_memory_charge(memory->process, -(int64_t)memory->pages);
    pthread_mutex_destroy(&memory->lock);
    free(memory);
}

void linux_memfd_mapped(struct linux_memfd *memory)
{
    pthread_mutex_lock(&memory->lock);
    memory->mapped = true;
    pthread_mutex_unlock(&memory->lock);
}

static uint64_t pages_of(uint64_t size)
{
    return size / lfi_page_size() + (size % lfi_page_size() != 0);
}

/* The lock is held for these. */
static bool charge(struct linux_memfd *memory, uint64_t end)
{
    uint64_t pages = pages_of(end);
    if (pages <= memory->pages)
        return true;
    if (!linux_memory_charge(memory->process, (int64_t)(pages - memory->pages)))
        return false;
    memory->pages = pages;
    return true;
}

static void settle(struct linux_memfd *memory, int fd)
{
    struct stat status;
    if (fstat(fd, &status))
        return;
    uint64_t pages = pages_of((uint64_t)status.st_size);
    if (pages < memory->pages) {
        linux_memory_charge(memory->process, -(int64_t)(memory->pages - pages));
        memory->pages = pages;
    }
}

/*
 * write and the like. The position is ours during the call: a thread that moves it, or sets
 * O_APPEND, cannot change where the bytes go, except to the end of the file, which is charged for.
 */
static int64_t write_vector(struct call *call, struct linux_memfd *memory,
                            const struct iovec *vector, uint64_t count)
{
    bool given = call->number == SYS_pwrite64 || call->number == SYS_pwritev ||
                 (call->number == SYS_pwritev2 && call->arg[3] != UINT64_MAX);
    int fd = (int)call->arg[0], flags = call->number == SYS_pwritev2 ? (int)call->arg[5] : 0;
    uint64_t bytes = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (__builtin_add_overflow(bytes, vector[i].iov_len, &bytes) || bytes > SSIZE_MAX)
            return -EINVAL;
    }
    struct stat status;
    int64_t at = given ? (int64_t)call->arg[3] : lseek(fd, 0, SEEK_CUR);
    if (at < 0 || fstat(fd, &status))
        return given ? -EINVAL : -EBADF;
    uint64_t end = (uint64_t)(at > status.st_size ? at : status.st_size) + bytes;
    if (end > INT64_MAX)
        return -EFBIG;
    if (!charge(memory, end))
        return -ENOSPC;
    bool appends = (fcntl(fd, F_GETFL) & O_APPEND) || (flags & RWF_APPEND);
    int64_t result = call->number == SYS_pwritev2
                         ? host(SYS_pwritev2, fd, vector, count, at, 0, flags)
                         : host(SYS_pwritev, fd, vector, count, at, 0);
    if (!given && result > 0)
        lseek(fd, appends ? 0 : at + result, appends ? SEEK_END : SEEK_SET);
    return result;
}

int64_t linux_memfd_call(struct call *call, const struct iovec *vector, uint64_t count)
{
    const uint64_t *arg = call->arg;
    struct iovec one = {(void *)arg[1], arg[2]}; /* NOLINT(performance-no-int-to-ptr) */
    struct linux_memfd *memory = call->file[0]->memory;
    int fd = (int)arg[0];
    uint64_t end;
    int64_t result;
    bool writes = false;
    switch (call->number) {
    case SYS_copy_file_range: /* then the program reads and writes */
        if (call->file[2]->memory)
            return -EXDEV;
        return host(call->number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
    case SYS_sendfile:
        if (memory)
            return -EINVAL;
        return host(call->number, arg[0], arg[1], arg[2], arg[3]);
    case SYS_write:
    case SYS_pwrite64:
        vector = &one;
        count = 1; /* fallthrough */
    case SYS_writev:
    case SYS_pwritev:
    case SYS_pwritev2:
        writes = true;
        break;
    case SYS_ftruncate:
        end = arg[1];
        break;
    case SYS_fallocate:
        if (arg[1] & FALLOC_FL_PUNCH_HOLE)
            return host(SYS_fallocate, fd, arg[1], arg[2], arg[3]);
        if ((int)arg[1]) /* FALLOC_FL_KEEP_SIZE: pages beyond the end, which have no size */
            return -EOPNOTSUPP;
        end = arg[2] > INT64_MAX || arg[3] > INT64_MAX ? UINT64_MAX : arg[2] + arg[3];
        break;
    default:
        if (vector)
            return host(call->number, fd, vector, count, arg[3], arg[4], arg[5]);
        return host(call->number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
    }
    if (!memory)
        return -EBADF; /* not reached: a call on two descriptors is none of those above */
    pthread_mutex_lock(&memory->lock);
    if (writes)
        result = write_vector(call, memory, vector, count);
    else if (end > INT64_MAX) /* the kernel says what is wrong with it */
        result = host(call->number, fd, arg[1], arg[2], arg[3]);
    else
        result = charge(memory, end) ? host(call->number, fd, arg[1], arg[2], arg[3]) : -ENOSPC;
    settle(memory, fd);
    pthread_mutex_unlock(&memory->lock);
    return result;
}
