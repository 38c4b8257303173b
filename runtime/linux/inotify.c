// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Watching files and directories. What is watched is found as any path is, and the host's call gets
 * the open file: by its name in procfs, since there is no call that takes a descriptor. A
 * restricted box has none of it: that name is no path of its own.
 */
#include "process.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/inotify.h>

HANDLER(inotify_init)
{
    int flags = call->number == SYS_inotify_init1 ? (int)call->arg[0] : 0;
    if (call->process->restricted)
        return -ENOSYS;
    if (!linux_begin_opening(call))
        return -EMFILE;
    int fd = inotify_init1(flags | IN_CLOEXEC);
    return fd < 0 ? -errno : linux_add_descriptor(call, fd, NULL, flags);
}

/* The kernel refuses a descriptor that is no watcher. */
HANDLER(inotify_add_watch)
{
    uint32_t mask = (uint32_t)call->arg[2];
    struct linux_found found;
    char name[32];
    if (call->process->restricted)
        return -ENOSYS;
    int fd = linux_open_here(call,
                             O_PATH | (mask & IN_DONT_FOLLOW ? O_NOFOLLOW : 0) |
                                 (mask & IN_ONLYDIR ? O_DIRECTORY : 0),
                             &found);
    if (fd < 0)
        return fd;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    int64_t result = found.given || found.map == LINUX_PLACE_VIRTUAL
                         ? -EACCES
                         : host(SYS_inotify_add_watch, call->arg[0], name, mask & ~IN_DONT_FOLLOW);
    close(fd);
    linux_file_drop(found.given);
    return result;
}

HANDLER(inotify_rm_watch)
{
    return call->process->restricted ? -ENOSYS
                                     : host(SYS_inotify_rm_watch, call->arg[0], call->arg[1]);
}
