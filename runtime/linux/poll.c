// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Waiting for descriptors. The arrays are copied in, the descriptors replaced by the host's, and
 * only what the kernel would write is copied out. select is done by poll. A signal ends all of
 * these calls, with SA_RESTART too, but not if something is ready.
 */
#include "process.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "wait.h"

/* The host's ppoll; `timeout` as below. With a mask that lets a signal in, what is ready comes
 * first. */
static int64_t wait_for_files(struct call *call, struct pollfd *fds, uint64_t count,
                              struct timespec *timeout)
{
    struct timespec none = {0};
    call->final = true;
    if (call->thread->suspended && linux_signals_pending(call->thread)) {
        int64_t ready = host(SYS_ppoll, fds, count, &none, NULL, 8);
        if (ready)
            return ready;
    }
    return HOST_WAIT(SYS_ppoll, call->thread, (uintptr_t)fds, count, (uintptr_t)timeout);
}

/* pollfd[count] of the box. `timeout`, in the host's memory, holds what remains afterwards; or
 * NULL. */
static int64_t do_poll(struct call *call, uint64_t address, uint64_t count,
                       struct timespec *timeout)
{
    struct lfi_box *box = call->process->box;
    if (count > LINUX_FILES_MAX)
        return -EINVAL;
    struct pollfd *fds = calloc(count ? count : 1, 2 * sizeof *fds), *given = fds + count;
    struct linux_file **files = calloc(count ? count : 1, sizeof(struct linux_file *));
    int64_t result = fds && files ? 0 : -ENOMEM;
    if (!result && count)
        result = lfi_copy_in(box, given, address, count * sizeof *fds);
    int64_t bad = 0;
    for (uint64_t i = 0; i < count && !result; i++) {
        fds[i] = (struct pollfd){.fd = -1, .events = given[i].events};
        if (given[i].fd < 0)
            continue;
        files[i] = linux_fdtable_get(&call->process->files, given[i].fd);
        if (files[i])
            fds[i].fd = files[i]->host;
        else
            bad++;
    }
    if (!result) {
        struct timespec none = {0};
        result = wait_for_files(call, fds, count, bad ? &none : timeout);
    }
    if (result >= 0) {
        result += bad;
        for (uint64_t i = 0; i < count; i++) {
            given[i].revents = given[i].fd >= 0 && !files[i] ? POLLNVAL : fds[i].revents;
            uint64_t at = address + i * sizeof *fds + offsetof(struct pollfd, revents);
            if (lfi_copy_out(box, at, &given[i].revents, sizeof given[i].revents))
                result = -EFAULT;
        }
    }
    for (uint64_t i = 0; files && i < count; i++)
        linux_file_drop(files[i]);
    free(files);
    free(fds);
    return result;
}

HANDLER(poll)
{
    int milliseconds = (int)call->arg[2];
    struct timespec timeout = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    return do_poll(call, call->arg[0], (unsigned)call->arg[1], milliseconds < 0 ? NULL : &timeout);
}

HANDLER(ppoll)
{
    struct timespec timeout;
    if (call->arg[2] && lfi_copy_in(call->process->box, &timeout, call->arg[2], sizeof timeout))
        return -EFAULT;
    int64_t error = linux_signals_suspend(call, call->arg[3], call->arg[4]);
    if (error)
        return error;
    int64_t result =
        do_poll(call, call->arg[0], (unsigned)call->arg[1], call->arg[2] ? &timeout : NULL);
    return linux_signals_resume(call, result);
}

/* select: three bit sets, of which each selects events of poll as fs/select.c defines them. */
#define SETS 3
static const struct {
    short wanted, ready;
} sets[SETS] = {
    {POLLIN, POLLIN | POLLHUP | POLLERR},
    {POLLOUT, POLLOUT | POLLERR},
    {POLLPRI, POLLPRI},
};

static int64_t do_select(struct call *call, const struct timespec *timeout)
{
    struct lfi_box *box = call->process->box;
    unsigned long bits[SETS][LINUX_FILES_MAX / 64] = {{0}};
    struct pollfd fds[LINUX_FILES_MAX];
    struct linux_file *files[LINUX_FILES_MAX];
    int numbers[LINUX_FILES_MAX];
    if ((int)call->arg[0] < 0)
        return -EINVAL;
    unsigned limit = call->arg[0] < LINUX_FILES_MAX ? (unsigned)call->arg[0] : LINUX_FILES_MAX;
    size_t bytes = ((size_t)limit + 63) / 64 * 8;
    for (int set = 0; set < SETS; set++) {
        uint64_t address = call->arg[1 + set];
        if (address && bytes && lfi_copy_in(box, bits[set], address, bytes))
            return -EFAULT;
    }

    int64_t result = 0;
    nfds_t count = 0;
    for (unsigned fd = 0; fd < limit && !result; fd++) {
        short events = 0;
        for (int set = 0; set < SETS; set++) {
            if (bits[set][fd / 64] >> fd % 64 & 1)
                events |= sets[set].wanted;
        }
        if (!events)
            continue;
        files[count] = linux_fdtable_get(&call->process->files, (int)fd);
        if (!files[count]) {
            result = -EBADF;
            break;
        }
        numbers[count] = (int)fd;
        fds[count] = (struct pollfd){.fd = files[count]->host, .events = events};
        count++;
    }
    struct timespec rest = timeout ? *timeout : (struct timespec){0};
    if (!result)
        result = wait_for_files(call, fds, count, timeout ? &rest : NULL);
    if (result >= 0) {
        unsigned long ready[SETS][LINUX_FILES_MAX / 64] = {{0}};
        result = 0;
        for (nfds_t i = 0; i < count; i++) {
            for (int set = 0; set < SETS; set++) {
                int fd = numbers[i];
                if ((fds[i].events & sets[set].wanted) && (fds[i].revents & sets[set].ready) &&
                    (bits[set][fd / 64] >> fd % 64 & 1)) {
                    ready[set][fd / 64] |= 1UL << fd % 64;
                    result++;
                }
            }
        }
        for (int set = 0; set < SETS; set++) {
            uint64_t address = call->arg[1 + set];
            if (address && bytes && lfi_copy_out(box, address, ready[set], bytes))
                result = -EFAULT;
        }
    }
    for (nfds_t i = 0; i < count; i++)
        linux_file_drop(files[i]);
    return result;
}

HANDLER(select)
{
    struct timeval time;
    if (!call->arg[4])
        return do_select(call, NULL);
    if (lfi_copy_in(call->process->box, &time, call->arg[4], sizeof time))
        return -EFAULT;
    if (time.tv_sec < 0 || time.tv_usec < 0)
        return -EINVAL;
    struct timespec timeout = {time.tv_sec + time.tv_usec / 1000000, time.tv_usec % 1000000 * 1000};
    return do_select(call, &timeout);
}

HANDLER(pselect)
{
    struct timespec timeout;
    uint64_t mask[2];
    if (call->arg[5] && lfi_copy_in(call->process->box, mask, call->arg[5], sizeof mask))
        return -EFAULT;
    if (call->arg[4] && lfi_copy_in(call->process->box, &timeout, call->arg[4], sizeof timeout))
        return -EFAULT;
    int64_t error = call->arg[5] ? linux_signals_suspend(call, mask[0], mask[1]) : 0;
    if (error)
        return error;
    return linux_signals_resume(call, do_select(call, call->arg[4] ? &timeout : NULL));
}

static int64_t new_epoll(struct call *call, int flags)
{
    if (!linux_begin_opening(call))
        return -EMFILE;
    int fd = epoll_create1(flags | EPOLL_CLOEXEC);
    return fd < 0 ? -errno : linux_add_descriptor(call, fd, NULL, flags);
}

HANDLER(epoll_create)
{
    return (int)call->arg[0] <= 0 ? -EINVAL : new_epoll(call, 0);
}

HANDLER(epoll_create1)
{
    return new_epoll(call, (int)call->arg[0]);
}

static uint64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

HANDLER(epoll_wait)
{
    uint64_t count = (unsigned)call->arg[2];
    if ((int)count <= 0)
        return -EINVAL;
    if (!lfi_box_contains(call->process->box, call->arg[1], count * sizeof(struct epoll_event)))
        return -EFAULT;
    bool masked = call->number == SYS_epoll_pwait;
    int64_t result = masked ? linux_signals_suspend(call, call->arg[4], call->arg[5]) : 0;
    if (result)
        return result;
    call->final = true;
    bool ready_first = call->thread->suspended && linux_signals_pending(call->thread);
    if (ready_first)
        result = host(SYS_epoll_pwait, call->arg[0], call->arg[1], count, 0, NULL, 8);
    int timeout = (int)call->arg[3];
    uint64_t end = milliseconds() + (unsigned)timeout;
    while (!result || result == LINUX_NOT_BEGUN) {
        const uint64_t arg[6] = {call->arg[0], call->arg[1], count, (uint64_t)timeout};
        result = linux_wait_try(call->thread, SYS_epoll_pwait, arg);
        if (result != LINUX_NOT_BEGUN)
            break;
        uint64_t now = milliseconds();
        if (timeout > 0)
            timeout = now < end ? (int)(end - now) : 0;
    }
    return linux_signals_resume(call, result);
}
