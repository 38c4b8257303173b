// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Descriptors and the files they name. Most calls on a descriptor need no handler: `pass`. */
#include "process.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <termios.h>

#define PIPE_MOST (1u << 20) /* bytes: the kernel's own limit for whoever is not privileged */

int linux_add_descriptor(struct call *call, int host_fd, const struct linux_found *found, int flags)
{
    if (host_fd < 0)
        return host_fd;
    struct linux_file *file = linux_file_new(host_fd, true, found);
    return linux_fdtable_add(&call->process->files, file, 0, flags & O_CLOEXEC);
}

bool linux_begin_opening(struct call *call)
{
    if (!call->opening)
        call->opening = linux_fdtable_begin(&call->process->files, &call->process->ending);
    return call->opening;
}

HANDLER(close)
{
    return linux_fdtable_close(&call->process->files, (int)call->arg[0]);
}

/* ---- reading and writing what the host gave -------------------------------------------------- */

/* Whether a transfer must not wait although the open file says that it does, or must wait although
 * it says that it does not. */
static bool is_nonblocking(const struct linux_file *file)
{
    return file->given && file->given->waits &&
           atomic_load_explicit(&file->given->nonblocking, memory_order_relaxed);
}

static int64_t wait_for(struct thread *thread, const struct linux_file *file, short events,
                        bool now)
{
    struct pollfd fd = {.fd = file->host, .events = events};
    struct timespec none = {0};
    int64_t ready = HOST_WAIT(SYS_ppoll, thread, (uintptr_t)&fd, 1, now ? (uintptr_t)&none : 0);
    return ready < 0 ? ready : ready ? 0 : -EAGAIN;
}

/*
 * Makes the host's call of a transfer. That of a regular file does not wait, and a signal does not
 * end it: programs do not expect that.
 */
static int64_t move(const struct call *call, long number, const uint64_t arg[6])
{
    struct stat status;
    int64_t result = linux_wait(call->thread, number, arg);
    if (result == -EINTR && !fstat((int)arg[0], &status) && S_ISREG(status.st_mode))
        return host(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
    return result;
}

/* The outcome of a transfer that returned `result`: 1 to try again. */
static int64_t after(const struct call *call, short events, int64_t result)
{
    const struct linux_file *file = call->file[0];
    if (result != -EAGAIN || !file->given || !file->given->waits || is_nonblocking(file))
        return result;
    int64_t error =
        wait_for(call->thread, file, events, false); /* the host's O_NONBLOCK is not the box's */
    return error ? error : 1;
}

/* A vector of the host's, of memory that has been checked. */
static int64_t transfer(const struct call *call, bool write, const struct iovec *vector, int count)
{
    const struct linux_file *file = call->file[0];
    short events = write ? POLLOUT : POLLIN;
    if (is_nonblocking(file)) {
        long number = write ? SYS_pwritev2 : SYS_preadv2;
        int64_t result = host(number, file->host, vector, count, -1L, -1L, RWF_NOWAIT);
        if (result != -EOPNOTSUPP && result != -ENOSYS)
            return result;
        result = wait_for(call->thread, file, events, true);
        if (result)
            return result;
    }
    while (true) {
        uint64_t arg[6] = {(uint64_t)file->host, (uintptr_t)vector, (uint64_t)count};
        if (count == 1) {
            arg[1] = (uintptr_t)vector->iov_base;
            arg[2] = vector->iov_len;
        }
        int64_t result = move(call,
                              write        ? count == 1 ? SYS_write : SYS_writev
                              : count == 1 ? SYS_read
                                           : SYS_readv,
                              arg);
        int64_t end = after(call, events, result);
        if (result >= 0 || end != 1)
            return end;
    }
}

static int64_t transfer_one(struct call *call, bool write)
{
    if (call->file[0]->memory)
        return linux_memfd_call(call, NULL, 0);
    if (call->file[0]->signals)
        return write ? -EINVAL : linux_signalfd_read(call);
    if (!call->file[0]->given)
        return move(call, call->number, call->arg);
    uint64_t size = call->arg[2] < 0x7ffff000 ? call->arg[2] : 0x7ffff000; /* MAX_RW_COUNT */
    struct iovec vector = {(void *)(uintptr_t)call->arg[1], size}; // NOLINT: an address of the box
    return transfer(call, write, &vector, 1);
}

HANDLER(read)
{
    return transfer_one(call, false);
}

HANDLER(write)
{
    return transfer_one(call, true);
}

HANDLER(sendfile)
{
    for (int i = 0; i < 2; i++) {
        const struct linux_file *file = call->file[i];
        if (file->signals) /* older kernels read an eventfd so */
            return -EINVAL;
        short events = i ? POLLIN : POLLOUT;
        int64_t error = is_nonblocking(file) ? wait_for(call->thread, file, events, true) : 0;
        if (error)
            return error;
    }
    return call->file[0]->memory ? linux_sys_pass(call) : move(call, call->number, call->arg);
}

/* Not for what a host gave, memfds and signalfds: programs then read and write. */
static bool can_splice(const struct call *call, int first, int second)
{
    const struct linux_file *a = call->file[first], *b = call->file[second];
    return !call->process->restricted && !a->memory && !b->memory && !a->given && !b->given &&
           !a->signals && !b->signals;
}

HANDLER(splice)
{
    return can_splice(call, 0, 2) ? linux_wait(call->thread, SYS_splice, call->arg) : -EINVAL;
}

HANDLER(tee)
{
    return can_splice(call, 0, 1) ? linux_wait(call->thread, SYS_tee, call->arg) : -EINVAL;
}

/* A restricted box cannot make the host write what is not the box's. */
HANDLER(sync)
{
    return call->process->restricted ? 0 : host(SYS_sync);
}

HANDLER(syncfs)
{
    return host(call->process->restricted ? SYS_fsync : SYS_syncfs, call->arg[0]);
}

/*
 * readv and the like: the vector is copied, each range checked, and the copy given to the host. As
 * in the kernel, the sum of the lengths must not overflow.
 */
HANDLER(vector)
{
    struct iovec vector[64], *all = vector;
    uint64_t count = call->arg[2];
    if (count > IOV_MAX || call->file[0]->signals)
        return -EINVAL;
    if (count > sizeof vector / sizeof *vector && !(all = malloc(count * sizeof *all)))
        return -ENOMEM;
    struct lfi_box *box = call->process->box;
    int64_t result = lfi_copy_in(box, all, call->arg[1], count * sizeof *all);
    for (uint64_t i = 0; i < count && result == 0; i++) {
        if (all[i].iov_len > SSIZE_MAX)
            result = -EINVAL;
        else if (all[i].iov_len &&
                 !lfi_box_contains(box, (uintptr_t)all[i].iov_base, all[i].iov_len))
            result = -EFAULT;
    }
    bool plain = call->number == SYS_readv || call->number == SYS_writev;
    if (result == 0 && call->file[0]->memory)
        result = linux_memfd_call(call, all, count);
    else if (result == 0 && plain && call->file[0]->given)
        result = transfer(call, call->number == SYS_writev, all, (int)count);
    else if (result == 0)
        result = move(call, call->number,
                      (const uint64_t[6]){call->arg[0], (uintptr_t)all, count, call->arg[3],
                                          call->arg[4], call->arg[5]});
    if (all != vector)
        free(all);
    return result;
}

/* ---- directories that the host does not have ------------------------------------------------- */

void linux_virtual_stat(struct stat *status, uint64_t inode)
{
    status->st_mode = S_IFDIR | 0555;
    status->st_nlink = 2;
    status->st_ino = inode;
    status->st_uid = status->st_gid = 0;
    status->st_size = 0;
    status->st_blocks = 0;
    status->st_atim = status->st_mtim = status->st_ctim = (struct timespec){0};
}

HANDLER(fstat)
{
    const struct linux_file *file = call->file[0];
    struct stat status = {0};
    if (file->map != LINUX_PLACE_VIRTUAL)
        return host(SYS_fstat, call->arg[0], call->arg[1]);
    if (fstat(file->host, &status))
        return -errno;
    linux_virtual_stat(&status, linux_virtual_inode(file->box));
    return lfi_copy_out(call->process->box, call->arg[1], &status, sizeof status);
}

/* As linux_dirent64, getdents(2). */
struct directory_entry {
    uint64_t inode;
    int64_t next;
    uint16_t length;
    uint8_t type;
    char name[NAME_MAX + 1];
};

/* The entries of a directory on the way to a mapping: the next components of mappings. Its file of
 * memory holds the position, which duplicates share. */
static int64_t virtual_entries(const struct call *call)
{
    const struct linux_paths *paths = &call->process->paths;
    const char *box = call->file[0]->box;
    uint64_t used = 0, size = call->arg[2];
    off_t at = lseek(call->file[0]->host, 0, SEEK_CUR);
    for (; at >= 0; at++) {
        struct directory_entry entry = {.next = at + 1, .type = 4 /* DT_DIR */};
        char path[PATH_MAX + NAME_MAX + 2];
        if (at < 2)
            snprintf(entry.name, sizeof entry.name, "%s", at ? ".." : ".");
        else if (!linux_virtual_entry(paths, box, (size_t)at - 2, entry.name))
            break;
        snprintf(path, sizeof path, "%s/%s", box, entry.name);
        entry.inode = linux_virtual_inode(at ? path : box);
        size_t length = offsetof(struct directory_entry, name) + strlen(entry.name) + 1;
        length = (length + 7) & ~(size_t)7;
        entry.length = (uint16_t)length;
        if (length > size - used) {
            if (!used)
                return -EINVAL;
            break;
        }
        int error = lfi_copy_out(call->process->box, call->arg[1] + used, &entry, length);
        if (error)
            return used ? (int64_t)used : error;
        used += length;
    }
    lseek(call->file[0]->host, at, SEEK_SET);
    return (int64_t)used;
}

HANDLER(getdents)
{
    if (call->file[0]->map == LINUX_PLACE_VIRTUAL)
        return virtual_entries(call);
    if (call->file[0]->given)
        return -ENOTDIR;
    return host(SYS_getdents64, call->arg[0], call->arg[1], call->arg[2]);
}

HANDLER(pipe)
{
    int hosts[2], fds[2];
    int flags = call->number == SYS_pipe2 ? (int)call->arg[1] : 0;
    if (!linux_begin_opening(call))
        return -EMFILE;
    if (pipe2(hosts, flags | O_CLOEXEC))
        return -errno;
    fds[0] = linux_add_descriptor(call, hosts[0], NULL, flags);
    fds[1] = linux_add_descriptor(call, hosts[1], NULL, flags);
    int error = fds[0] < 0 ? fds[0] : fds[1] < 0 ? fds[1] : 0;
    if (!error)
        error = lfi_copy_out(call->process->box, call->arg[0], fds, sizeof fds);
    for (int i = 0; i < 2 && error; i++) {
        if (fds[i] >= 0)
            linux_fdtable_close(&call->process->files, fds[i]);
    }
    return error;
}

/* A second descriptor of the host for the same open file, in a file of ours. NULL: *error is set.
 */
static struct linux_file *duplicate(struct call *call, int *error)
{
    *error = -EMFILE;
    if (!linux_begin_opening(call))
        return NULL;
    int fd = fcntl(call->file[0]->host, F_DUPFD_CLOEXEC, 3);
    *error = fd < 0 ? -errno : -ENOMEM;
    return fd < 0 ? NULL : linux_file_duplicate(call->file[0], fd);
}

static int64_t duplicate_from(struct call *call, int from, bool close_on_exec)
{
    int error;
    struct linux_file *file = duplicate(call, &error);
    return file ? linux_fdtable_add(&call->process->files, file, from, close_on_exec) : error;
}

static int64_t duplicate_to(struct call *call, int fd, bool close_on_exec)
{
    int error;
    struct linux_file *file = duplicate(call, &error);
    return file ? linux_fdtable_put(&call->process->files, file, fd, close_on_exec) : error;
}

HANDLER(dup)
{
    return duplicate_from(call, 0, false);
}

/* Whether the box's descriptor `fd` is the very file of the first argument. */
static bool is_same(struct call *call, int fd)
{
    struct linux_file *file = linux_fdtable_get(&call->process->files, fd);
    bool same = file == call->file[0];
    linux_file_drop(file);
    return same;
}

HANDLER(dup2)
{
    int fd = (int)call->arg[1];
    return is_same(call, fd) ? fd : duplicate_to(call, fd, false);
}

HANDLER(dup3)
{
    int fd = (int)call->arg[1], flags = (int)call->arg[2];
    if ((flags & ~O_CLOEXEC) || is_same(call, fd))
        return -EINVAL;
    return duplicate_to(call, fd, flags & O_CLOEXEC);
}

/* F_GETFL as the box should see it. */
static int64_t get_flags(const struct linux_file *file)
{
    int64_t flags = host(SYS_fcntl, file->host, F_GETFL);
    if (flags < 0)
        return flags;
    if (file->map == LINUX_PLACE_VIRTUAL)
        return (flags & ~O_ACCMODE) | O_DIRECTORY;
    if (file->given)
        flags = (flags & ~O_NONBLOCK) |
                (atomic_load_explicit(&file->given->nonblocking, memory_order_relaxed) ? O_NONBLOCK
                                                                                       : 0);
    return flags;
}

static int64_t set_flags(const struct linux_file *file, int flags)
{
    /* Not O_ASYNC and O_DIRECT: a signal for the host, and rules for buffers. */
    const int settable = O_APPEND | O_NONBLOCK | O_NOATIME;
    if (!file->given)
        return host(SYS_fcntl, file->host, F_SETFL, flags & settable);
    int64_t old = get_flags(file);
    if (old < 0 || ((flags ^ old) & settable & ~O_NONBLOCK))
        return old < 0 ? old : -EPERM;
    atomic_store_explicit(&file->given->nonblocking, (flags & O_NONBLOCK) != 0,
                          memory_order_relaxed);
    return 0;
}

HANDLER(fcntl)
{
    struct linux_fdtable *files = &call->process->files;
    const struct linux_file *file = call->file[0];
    int fd = call->fd, command = (int)call->arg[1];
    uint64_t argument = call->arg[2];
    switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        if (argument >= LINUX_FILES_MAX)
            return -EINVAL;
        return duplicate_from(call, (int)argument, command == F_DUPFD_CLOEXEC);
    case F_GETFD:
        return linux_fdtable_close_on_exec(files, fd, -1);
    case F_SETFD: {
        int result = linux_fdtable_close_on_exec(files, fd, argument & FD_CLOEXEC);
        return result < 0 ? result : 0;
    }
    case F_SETFL:
        return set_flags(file, (int)argument);
    case F_GETFL:
        return get_flags(file);
    case F_SETPIPE_SZ:
        if (argument > PIPE_MOST) /* a privileged host could make it larger */
            return -EPERM;
        /* fallthrough */
    case F_ADD_SEALS:
        if (file->given)
            return -EPERM;
        /* fallthrough */
    case F_GETPIPE_SZ:
    case F_GET_SEALS:
        return host(SYS_fcntl, call->arg[0], command, argument);
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        if (file->given)
            return -EPERM;
        /* fallthrough */
    case F_GETLK:
    case F_OFD_GETLK:
        if (!lfi_box_contains(call->process->box, argument, sizeof(struct flock)))
            return -EFAULT;
        return HOST_WAIT(SYS_fcntl, call->thread, call->arg[0], (uint64_t)command, argument);
    default:
        return -EINVAL;
    }
}

/* The requests that pass, the bytes that their argument points to (asm-generic/ioctls.h; 0: it is a
 * value), and whether they only query. */
static const struct {
    unsigned request;
    unsigned size;
    bool asks;
} ioctls[] = {
    {TCGETS, 36, true},   {TCSETS, 36, false},  {TCSETSW, 36, false},
    {TCSETSF, 36, false}, {TIOCGPGRP, 4, true}, {FIONREAD, 4, true},
    {FIONBIO, 4, false},  {TIOCOUTQ, 4, true},  {TIOCGWINSZ, sizeof(struct winsize), true},
    {TCSBRK, 0, false},   {TCFLSH, 0, false},   {TIOCSWINSZ, sizeof(struct winsize), false},
    {TIOCGPTN, 4, true},  {TCXONC, 0, false},   {TIOCSPTLCK, 4, false},
};

HANDLER(ioctl)
{
    const struct linux_file *file = call->file[0];
    unsigned request = (unsigned)call->arg[1];
    for (size_t i = 0; i < sizeof ioctls / sizeof *ioctls; i++) {
        if (ioctls[i].request != request)
            continue;
        if (ioctls[i].size && !lfi_box_contains(call->process->box, call->arg[2], ioctls[i].size))
            return -EFAULT;
        if (file->given && request == FIONBIO) {
            int on;
            if (lfi_copy_in(call->process->box, &on, call->arg[2], sizeof on))
                return -EFAULT;
            atomic_store_explicit(&file->given->nonblocking, on != 0, memory_order_relaxed);
            return 0;
        }
        if (file->given && !ioctls[i].asks)
            return -EPERM;
        if (file->map == LINUX_PLACE_VIRTUAL)
            return -ENOTTY;
        return HOST_WAIT(SYS_ioctl, call->thread, call->arg[0], request, call->arg[2]);
    }
    int fd = call->fd;
    if (request == FIOCLEX || request == FIONCLEX) {
        int result = linux_fdtable_close_on_exec(&call->process->files, fd, request == FIOCLEX);
        return result < 0 ? result : 0;
    }
    return -ENOTTY;
}

HANDLER(eventfd)
{
    int flags = call->number == SYS_eventfd2 ? (int)call->arg[1] : 0;
    if (!linux_begin_opening(call))
        return -EMFILE;
    int fd = eventfd((unsigned)call->arg[0], flags | EFD_CLOEXEC);
    return fd < 0 ? -errno : linux_add_descriptor(call, fd, NULL, flags);
}

HANDLER(timerfd)
{
    int flags = (int)call->arg[1];
    if (!linux_begin_opening(call))
        return -EMFILE;
    int fd = timerfd_create((int)call->arg[0], flags | TFD_CLOEXEC);
    return fd < 0 ? -errno : linux_add_descriptor(call, fd, NULL, flags);
}

HANDLER(memfd)
{
    unsigned flags = (unsigned)call->arg[1];
    if (flags & ~(unsigned)(MFD_CLOEXEC | MFD_ALLOW_SEALING))
        return -EINVAL;
    int fd = memfd_create(call->path[0], flags | MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    struct linux_file *file = linux_file_new(fd, true, NULL);
    if (file && !(file->memory = linux_memfd_new(call->process))) {
        linux_file_drop(file);
        return -ENOMEM;
    }
    return linux_fdtable_add(&call->process->files, file, 0, flags & MFD_CLOEXEC);
}
