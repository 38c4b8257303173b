// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Descriptors and what is behind them. Most calls on a descriptor need no handler: `pass`. */
#include "process.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <termios.h>

int lfi_add_descriptor(struct call *call, int host_fd, const struct lfi_found *found, int flags)
{
    if (host_fd < 0)
        return host_fd;
    struct lfi_file *file = lfi_file_new(host_fd, true, found);
    return lfi_fdtable_add(&call->process->files, file, 0, flags & O_CLOEXEC);
}

bool lfi_begin_opening(struct call *call)
{
    if (!call->opening)
        call->opening = lfi_fdtable_begin(&call->process->files, &call->process->ending);
    return call->opening;
}

HANDLER(close)
{
    return lfi_fdtable_close(&call->process->files, (int)call->arg[0]);
}

/*
 * readv and its kin: the vector is copied, each range checked, and the copy given to the host. As
 * in the kernel, the sum of the lengths must not overflow.
 */
HANDLER(vector)
{
    struct iovec vector[64], *all = vector;
    uint64_t count = call->arg[2];
    if (count > IOV_MAX)
        return -EINVAL;
    if (count > sizeof vector / sizeof vector[0] && !(all = malloc(count * sizeof *all)))
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
    if (result == 0 && call->file[0]->memory)
        result = lfi_memfd_call(call, all, count);
    else if (result == 0)
        result =
            host(call->number, call->arg[0], all, count, call->arg[3], call->arg[4], call->arg[5]);
    if (all != vector)
        free(all);
    return result;
}

/* A directory on the way to a mapping is a removed directory for the host: it shows no entries. */
HANDLER(getdents)
{
    if (call->file[0]->box)
        return 0;
    return host(SYS_getdents64, call->arg[0], call->arg[1], call->arg[2]);
}

HANDLER(pipe)
{
    int hosts[2], fds[2];
    int flags = call->number == SYS_pipe2 ? (int)call->arg[1] : 0;
    if (!lfi_begin_opening(call))
        return -EMFILE;
    if (pipe2(hosts, flags | O_CLOEXEC))
        return -errno;
    fds[0] = lfi_add_descriptor(call, hosts[0], NULL, flags);
    fds[1] = lfi_add_descriptor(call, hosts[1], NULL, flags);
    int error = fds[0] < 0 ? fds[0] : fds[1] < 0 ? fds[1] : 0;
    if (!error)
        error = lfi_copy_out(call->process->box, call->arg[0], fds, sizeof fds);
    for (int i = 0; i < 2 && error; i++) {
        if (fds[i] >= 0)
            lfi_fdtable_close(&call->process->files, fds[i]);
    }
    return error;
}

/* A second descriptor of the host for the same open file, in a file of ours. NULL: *error is set.
 */
static struct lfi_file *duplicate(struct call *call, int *error)
{
    const struct lfi_file *file = call->file[0];
    struct lfi_found found = {.map = file->map};
    *error = -EMFILE;
    if (!lfi_begin_opening(call))
        return NULL;
    int fd = fcntl(file->host, F_DUPFD_CLOEXEC, 3);
    *error = fd < 0 ? -errno : -ENOMEM;
    if (fd < 0)
        return NULL;
    if (file->box)
        snprintf(found.box, sizeof found.box, "%s", file->box);
    struct lfi_file *copy = lfi_file_new(fd, true, &found);
    if (copy)
        copy->memory = lfi_memfd_hold(file->memory);
    return copy;
}

static int64_t duplicate_from(struct call *call, int from, bool close_on_exec)
{
    int error;
    struct lfi_file *file = duplicate(call, &error);
    return file ? lfi_fdtable_add(&call->process->files, file, from, close_on_exec) : error;
}

static int64_t duplicate_to(struct call *call, int fd, bool close_on_exec)
{
    int error;
    struct lfi_file *file = duplicate(call, &error);
    return file ? lfi_fdtable_put(&call->process->files, file, fd, close_on_exec) : error;
}

HANDLER(dup)
{
    return duplicate_from(call, 0, false);
}

/* Whether the box's descriptor `fd` is the very file of the first argument. */
static bool is_same(struct call *call, int fd)
{
    struct lfi_file *file = lfi_fdtable_get(&call->process->files, fd);
    bool same = file == call->file[0];
    lfi_file_drop(file);
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

HANDLER(fcntl)
{
    struct lfi_fdtable *files = &call->process->files;
    int fd = call->fd, command = (int)call->arg[1];
    uint64_t argument = call->arg[2];
    switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        if (argument >= LFI_FILES_MAX)
            return -EINVAL;
        return duplicate_from(call, (int)argument, command == F_DUPFD_CLOEXEC);
    case F_GETFD:
        return lfi_fdtable_close_on_exec(files, fd, -1);
    case F_SETFD: {
        int result = lfi_fdtable_close_on_exec(files, fd, argument & FD_CLOEXEC);
        return result < 0 ? result : 0;
    }
    case F_SETFL:
        /* Not O_ASYNC and O_DIRECT: a signal for the host, and rules for buffers. */
        argument &= O_APPEND | O_NONBLOCK | O_NOATIME;
        return host(SYS_fcntl, call->arg[0], command, argument);
    case F_GETFL:
    case F_GETPIPE_SZ:
    case F_SETPIPE_SZ:
    case F_ADD_SEALS:
    case F_GET_SEALS:
        return host(SYS_fcntl, call->arg[0], command, argument);
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        if (!lfi_box_contains(call->process->box, argument, sizeof(struct flock)))
            return -EFAULT;
        return host(SYS_fcntl, call->arg[0], command, argument);
    default:
        return -EINVAL;
    }
}

/* The requests that pass, and the bytes behind their argument: asm-generic/ioctls.h. */
static const struct {
    unsigned request;
    unsigned size;
} ioctls[] = {
    {TCGETS, 36},   {TCSETS, 36},  {TCSETSW, 36}, {TCSETSF, 36},
    {TIOCGPGRP, 4}, {FIONREAD, 4}, {FIONBIO, 4},  {TIOCGWINSZ, sizeof(struct winsize)},
    {TIOCOUTQ, 4},
};

HANDLER(ioctl)
{
    unsigned request = (unsigned)call->arg[1];
    for (size_t i = 0; i < sizeof ioctls / sizeof ioctls[0]; i++) {
        if (ioctls[i].request != request)
            continue;
        if (!lfi_box_contains(call->process->box, call->arg[2], ioctls[i].size))
            return -EFAULT;
        return host(SYS_ioctl, call->arg[0], request, call->arg[2]);
    }
    int fd = call->fd;
    if (request == FIOCLEX || request == FIONCLEX) {
        int result = lfi_fdtable_close_on_exec(&call->process->files, fd, request == FIOCLEX);
        return result < 0 ? result : 0;
    }
    return -ENOTTY;
}

HANDLER(eventfd)
{
    int flags = call->number == SYS_eventfd2 ? (int)call->arg[1] : 0;
    if (!lfi_begin_opening(call))
        return -EMFILE;
    int fd = eventfd((unsigned)call->arg[0], flags | EFD_CLOEXEC);
    return fd < 0 ? -errno : lfi_add_descriptor(call, fd, NULL, flags);
}

HANDLER(timerfd)
{
    int flags = (int)call->arg[1];
    if (!lfi_begin_opening(call))
        return -EMFILE;
    int fd = timerfd_create((int)call->arg[0], flags | TFD_CLOEXEC);
    return fd < 0 ? -errno : lfi_add_descriptor(call, fd, NULL, flags);
}

HANDLER(memfd)
{
    unsigned flags = (unsigned)call->arg[1];
    if (flags & ~(unsigned)(MFD_CLOEXEC | MFD_ALLOW_SEALING))
        return -EINVAL;
    int fd = memfd_create(call->path[0], flags | MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    struct lfi_file *file = lfi_file_new(fd, true, NULL);
    if (file && !(file->memory = lfi_memfd_new(call->process))) {
        lfi_file_drop(file);
        return -ENOMEM;
    }
    return lfi_fdtable_add(&call->process->files, file, 0, flags & MFD_CLOEXEC);
}
