// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Extended attributes of regular files and directories, of the name space `user` only: the others
 * are the host's (capabilities, labels, access lists). For the box they do not exist. A file is
 * opened first, as for reading, so that the host's calls get no path.
 */
#include "process.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define NAME_MOST  255    /* the kernel's XATTR_NAME_MAX */
#define LIST_MOST  65536  /* bytes: XATTR_LIST_MAX */
#define VALUE_MOST 65536u /* XATTR_SIZE_MAX */

static const char prefix[] = "user.";
#define PREFIX (sizeof prefix - 1)

struct target {
    int fd;
    bool opened;
    struct linux_file *given; /* by the host, through a name in procfs */
};

static void drop(struct target *target)
{
    if (target->opened)
        close(target->fd);
    linux_file_drop(target->given);
}

/* Whether the file has such attributes; -ENODATA: its kind has none. */
static int64_t check(const struct target *target)
{
    struct stat status;
    if (fstat(target->fd, &status))
        return -errno;
    return S_ISREG(status.st_mode) || S_ISDIR(status.st_mode) ? 0 : -ENODATA;
}

/* The file of a call by name; a link itself for those whose name begins with l. */
static int64_t open_target(struct call *call, struct target *target)
{
    struct linux_found found;
    bool follow = call->number == SYS_setxattr || call->number == SYS_getxattr ||
                  call->number == SYS_listxattr || call->number == SYS_removexattr;
    int fd = linux_open_here(call, O_RDONLY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW), &found);
    if (fd < 0)
        return fd == -ELOOP && !follow ? -ENODATA : fd;
    *target = (struct target){.fd = fd, .opened = true, .given = found.given};
    int64_t error = found.map == LINUX_PLACE_VIRTUAL ? -ENODATA : check(target);
    if (error)
        drop(target);
    return error;
}

static int64_t descriptor_target(const struct call *call, struct target *target)
{
    *target = (struct target){.fd = (int)call->arg[0]};
    return call->file[0]->map == LINUX_PLACE_VIRTUAL || call->file[0]->memory ? -ENODATA
                                                                              : check(target);
}

/* The attribute's name: NULL, *error is set. */
static const char *name_of(const char *name, int64_t foreign, int64_t *error)
{
    *error = strlen(name) > NAME_MOST || !*name   ? -ERANGE
             : strncmp(name, prefix, PREFIX) != 0 ? foreign
             : !name[PREFIX]                      ? -EINVAL
                                                  : 0;
    return *error ? NULL : name;
}

static int64_t get(struct call *call, struct target *target, const char *text)
{
    int64_t error;
    const char *name = name_of(text, -ENODATA, &error);
    return name ? host(SYS_fgetxattr, target->fd, name, call->arg[2], call->arg[3]) : error;
}

HANDLER(getxattr)
{
    struct target target;
    int64_t result = open_target(call, &target);
    if (result)
        return result;
    result = get(call, &target, call->path[1]);
    drop(&target);
    return result;
}

HANDLER(fgetxattr)
{
    struct target target;
    int64_t error = descriptor_target(call, &target);
    return error ? error : get(call, &target, call->path[0]);
}

/* The names of the host's list that begin as ours do. */
static int64_t list(struct call *call, const struct target *target)
{
    char *all = malloc(LIST_MOST);
    if (!all)
        return -ENOMEM;
    int64_t size = host(SYS_flistxattr, target->fd, all, LIST_MOST), kept = 0;
    for (int64_t at = 0; at < size;) {
        size_t length = strnlen(all + at, (size_t)(size - at)) + 1;
        if (at + (int64_t)length > size)
            break;
        if (!strncmp(all + at, prefix, PREFIX)) {
            memmove(all + kept, all + at, length);
            kept += (int64_t)length;
        }
        at += (int64_t)length;
    }
    int64_t result = size < 0 ? size : kept;
    if (result > 0 && call->arg[2]) {
        int error = (uint64_t)kept > call->arg[2]
                        ? -ERANGE
                        : lfi_copy_out(call->process->box, call->arg[1], all, (size_t)kept);
        result = error ? error : kept;
    }
    free(all);
    return result == -EOPNOTSUPP ? 0 : result;
}

HANDLER(listxattr)
{
    struct target target;
    int64_t result = open_target(call, &target);
    if (result)
        return result == -ENODATA ? 0 : result;
    result = list(call, &target);
    drop(&target);
    return result;
}

HANDLER(flistxattr)
{
    struct target target;
    int64_t error = descriptor_target(call, &target);
    return error == -ENODATA ? 0 : error ? error : list(call, &target);
}

/* Sets an attribute, or removes it. */
static int64_t change(struct call *call, const struct target *target, const char *text)
{
    int64_t error;
    const char *name = name_of(text, -EOPNOTSUPP, &error);
    bool remove = call->number == SYS_removexattr || call->number == SYS_lremovexattr ||
                  call->number == SYS_fremovexattr;
    if (error)
        return error;
    if (target->given)
        return -EPERM;
    if (remove)
        return host(SYS_fremovexattr, target->fd, name);
    if (call->arg[3] > VALUE_MOST)
        return -E2BIG;
    return host(SYS_fsetxattr, target->fd, name, call->arg[2], call->arg[3], call->arg[4]);
}

HANDLER(setxattr)
{
    struct target target;
    int64_t result = open_target(call, &target);
    if (result)
        return result == -ENODATA ? -EPERM : result;
    result = change(call, &target, call->path[1]);
    drop(&target);
    return result;
}

HANDLER(fsetxattr)
{
    struct target target;
    int64_t error = descriptor_target(call, &target);
    return error == -ENODATA ? -EPERM : error ? error : change(call, &target, call->path[0]);
}

HANDLER(removexattr)
{
    return linux_sys_setxattr(call);
}

HANDLER(fremovexattr)
{
    return linux_sys_fsetxattr(call);
}
