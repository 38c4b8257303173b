// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Files by name. paths.c finds them; here stands what is then done with them. */
#include "process.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/* The old calls without a directory argument start at the working directory. */
struct start {
    struct lfi_file *file; /* to be dropped, or NULL */
    struct lfi_place place;
};

static struct start start_here(struct call *call)
{
    struct start start;
    pthread_mutex_lock(&call->process->lock);
    start.file = call->process->cwd;
    lfi_file_hold(start.file);
    pthread_mutex_unlock(&call->process->lock);
    start.place = lfi_place_of(start.file);
    return start;
}

static struct start start_at(struct call *call, int argument)
{
    return (struct start){NULL, lfi_place_of(call->file[argument])};
}

/* The permissions that a box can give: not set-user-ID and set-group-ID, which are the host user's.
 */
static mode_t permitted(uint64_t mode)
{
    return (mode_t)mode & 01777;
}

static int64_t open_file(struct call *call, struct start start, const char *path, uint64_t flags,
                         uint64_t mode)
{
    struct lfi_found found;
    found.map = 0;
    int fd = lfi_path_open(&call->process->paths, &start.place, path, (int)flags,
                           permitted(mode) & ~call->process->umask, &found);
    lfi_file_drop(start.file);
    return lfi_add_descriptor(call, fd, &found, (int)flags);
}

HANDLER(open)
{
    return open_file(call, start_here(call), call->path[0], call->arg[1], call->arg[2]);
}

HANDLER(creat)
{
    return open_file(call, start_here(call), call->path[0], O_CREAT | O_WRONLY | O_TRUNC,
                     call->arg[1]);
}

HANDLER(openat)
{
    return open_file(call, start_at(call, 0), call->path[0], call->arg[2], call->arg[3]);
}

/*
 * What the *at() calls name: a path, or with AT_EMPTY_PATH and an empty one the descriptor itself.
 * After an error the start is dropped.
 */
static int find(struct call *call, struct start start, const char *path, uint64_t flags,
                bool follow, struct lfi_name *name)
{
    int error = 0;
    if (!*path && (flags & AT_EMPTY_PATH))
        *name = (struct lfi_name){.fd = start.place.fd, .flags = AT_EMPTY_PATH, .path = ""};
    else
        error = lfi_path_object(&call->process->paths, &start.place, path, follow, name);
    if (error)
        lfi_file_drop(start.file);
    return error;
}

static int64_t finish(struct start start, struct lfi_name *name, int64_t result)
{
    lfi_name_close(name);
    lfi_file_drop(start.file);
    return result;
}

static int64_t do_stat(struct call *call, struct start start, uint64_t buffer, uint64_t flags)
{
    struct lfi_name name;
    if (flags & ~(uint64_t)(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT))
        return finish(start, &(struct lfi_name){0}, -EINVAL);
    int error = find(call, start, call->path[0], flags, !(flags & AT_SYMLINK_NOFOLLOW), &name);
    if (error)
        return error;
    return finish(start, &name, host(SYS_newfstatat, name.fd, name.path, buffer, name.flags));
}

HANDLER(stat)
{
    return do_stat(call, start_here(call), call->arg[1], 0);
}

HANDLER(lstat)
{
    return do_stat(call, start_here(call), call->arg[1], AT_SYMLINK_NOFOLLOW);
}

HANDLER(fstatat)
{
    return do_stat(call, start_at(call, 0), call->arg[2], (unsigned)call->arg[3]);
}

HANDLER(statx)
{
    struct start start = start_at(call, 0);
    struct lfi_name name;
    uint64_t flags = (unsigned)call->arg[2];
    int error = find(call, start, call->path[0], flags, !(flags & AT_SYMLINK_NOFOLLOW), &name);
    if (error)
        return error;
    int more = (int)(flags & AT_STATX_SYNC_TYPE);
    return finish(
        start, &name,
        host(SYS_statx, name.fd, name.path, name.flags | more, call->arg[3], call->arg[4]));
}

HANDLER(statfs)
{
    struct start start = start_here(call);
    int fd = lfi_path_open(&call->process->paths, &start.place, call->path[0], O_PATH, 0, NULL);
    lfi_file_drop(start.file);
    if (fd < 0)
        return fd;
    int64_t result = host(SYS_fstatfs, fd, call->arg[1]);
    close(fd);
    return result;
}

static int64_t do_access(struct call *call, struct start start, uint64_t mode, uint64_t flags)
{
    struct lfi_name name;
    int error = find(call, start, call->path[0], flags, !(flags & AT_SYMLINK_NOFOLLOW), &name);
    if (error)
        return error;
    int more = (int)(flags & AT_EACCESS);
    int64_t result;
    if (name.flags | more)
        result = host(SYS_faccessat2, name.fd, name.path, mode, name.flags | more);
    else
        result = host(SYS_faccessat, name.fd, name.path, mode);
    return finish(start, &name, result);
}

HANDLER(access)
{
    return do_access(call, start_here(call), call->arg[1], 0);
}

HANDLER(faccessat)
{
    uint64_t flags = call->number == SYS_faccessat ? 0 : (unsigned)call->arg[3];
    return do_access(call, start_at(call, 0), call->arg[2], flags);
}

static int64_t do_readlink(struct call *call, struct start start, uint64_t buffer, uint64_t size)
{
    struct lfi_process *process = call->process;
    struct lfi_name name;
    if ((int)size <= 0)
        return finish(start, &(struct lfi_name){0}, -EINVAL);
    if (!strcmp(call->path[0], "/proc/self/exe") && process->program) {
        size_t length = strlen(process->program);
        length = length < size ? length : size;
        int error = lfi_copy_out(process->box, buffer, process->program, length);
        return finish(start, &(struct lfi_name){0}, error ? error : (int64_t)length);
    }
    int error = find(call, start, call->path[0], AT_EMPTY_PATH, false, &name);
    if (error)
        return error;
    return finish(start, &name, host(SYS_readlinkat, name.fd, name.path, buffer, size));
}

HANDLER(readlink)
{
    return do_readlink(call, start_here(call), call->arg[1], call->arg[2]);
}

HANDLER(readlinkat)
{
    return do_readlink(call, start_at(call, 0), call->arg[2], call->arg[3]);
}

HANDLER(getcwd)
{
    struct start start = start_here(call);
    char path[PATH_MAX];
    int error = lfi_place_path(&call->process->paths, &start.place, path);
    lfi_file_drop(start.file);
    if (error)
        return error;
    if (!*path)
        memcpy(path, "/", 2);
    size_t size = strlen(path) + 1;
    if (size > call->arg[1])
        return -ERANGE;
    error = lfi_copy_out(call->process->box, call->arg[0], path, size);
    return error ? error : (int64_t)size;
}

static int64_t enter(struct call *call, int fd, const struct lfi_found *found)
{
    if (fd < 0)
        return fd;
    struct lfi_file *file = lfi_file_new(fd, true, found);
    if (!file)
        return -ENOMEM;
    pthread_mutex_lock(&call->process->lock);
    struct lfi_file *old = call->process->cwd;
    call->process->cwd = file;
    pthread_mutex_unlock(&call->process->lock);
    lfi_file_drop(old);
    return 0;
}

HANDLER(chdir)
{
    struct start start = start_here(call);
    struct lfi_found found;
    found.map = 0;
    int fd = lfi_path_open(&call->process->paths, &start.place, call->path[0], O_PATH | O_DIRECTORY,
                           0, &found);
    lfi_file_drop(start.file);
    if (fd >= 0 && faccessat(fd, ".", X_OK, AT_EACCESS)) {
        int error = -errno;
        bool removed = error == -ENOENT && found.map == LFI_PLACE_VIRTUAL;
        if (!removed) {
            close(fd);
            return error;
        }
    }
    return enter(call, fd, &found);
}

HANDLER(fchdir)
{
    struct stat status;
    if (fstat((int)call->arg[0], &status))
        return -errno;
    if (!S_ISDIR(status.st_mode))
        return -ENOTDIR;
    struct lfi_found found = {.map = call->file[0]->map};
    if (call->file[0]->box)
        snprintf(found.box, sizeof found.box, "%s", call->file[0]->box);
    int fd = fcntl((int)call->arg[0], F_DUPFD_CLOEXEC, 3);
    return enter(call, fd < 0 ? -errno : fd, &found);
}

/* A call that makes, removes or renames the last component of a path. */
static int entry_of(struct call *call, struct start start, const char *path, struct lfi_name *name)
{
    int error = lfi_path_entry(&call->process->paths, &start.place, path, name);
    if (error)
        lfi_file_drop(start.file);
    return error;
}

static int64_t do_mkdir(struct call *call, struct start start, uint64_t mode)
{
    struct lfi_name name;
    int error = entry_of(call, start, call->path[0], &name);
    if (error)
        return error;
    mode = permitted(mode) & ~call->process->umask;
    return finish(start, &name, host(SYS_mkdirat, name.fd, name.path, mode));
}

HANDLER(mkdir)
{
    return do_mkdir(call, start_here(call), call->arg[1]);
}

HANDLER(mkdirat)
{
    return do_mkdir(call, start_at(call, 0), call->arg[2]);
}

static int64_t do_unlink(struct call *call, struct start start, uint64_t flags)
{
    struct lfi_name name;
    int error = entry_of(call, start, call->path[0], &name);
    if (error)
        return error;
    return finish(start, &name, host(SYS_unlinkat, name.fd, name.path, (int)flags));
}

HANDLER(rmdir)
{
    return do_unlink(call, start_here(call), AT_REMOVEDIR);
}

HANDLER(unlink)
{
    return do_unlink(call, start_here(call), 0);
}

HANDLER(unlinkat)
{
    return do_unlink(call, start_at(call, 0), call->arg[2]);
}

static int64_t do_rename(struct call *call, struct start from, struct start to, uint64_t flags)
{
    struct lfi_name old, new;
    int64_t error = entry_of(call, from, call->path[0], &old);
    if (error) {
        lfi_file_drop(to.file);
        return error;
    }
    error = entry_of(call, to, call->path[1], &new);
    if (error)
        return finish(from, &old, error);
    int64_t result = host(SYS_renameat2, old.fd, old.path, new.fd, new.path, (unsigned)flags);
    finish(to, &new, 0);
    return finish(from, &old, result);
}

HANDLER(rename)
{
    return do_rename(call, start_here(call), start_here(call), 0);
}

HANDLER(renameat)
{
    uint64_t flags = call->number == SYS_renameat2 ? call->arg[4] : 0;
    return do_rename(call, start_at(call, 0), start_at(call, 2), flags);
}

static int64_t do_link(struct call *call, struct start from, struct start to, uint64_t flags)
{
    struct lfi_name old, new;
    if ((flags & ~(uint64_t)(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) || !*call->path[0]) {
        /* Linking a descriptor (AT_EMPTY_PATH) needs a capability. */
        lfi_file_drop(from.file);
        lfi_file_drop(to.file);
        return *call->path[0] ? -EINVAL : -ENOENT;
    }
    int64_t error = entry_of(call, to, call->path[1], &new);
    if (error) {
        lfi_file_drop(from.file);
        return error;
    }
    if (!(flags & AT_SYMLINK_FOLLOW)) {
        error = entry_of(call, from, call->path[0], &old);
    } else {
        error = find(call, from, call->path[0], 0, true, &old);
        old.flags = AT_SYMLINK_FOLLOW;
        if (!error && old.owned) { /* names an open file: linkat(2) */
            snprintf(old.text, sizeof old.text, "/proc/self/fd/%d", old.fd);
            old.path = old.text;
        }
    }
    if (error)
        return finish(to, &new, error);
    int64_t result = host(SYS_linkat, old.fd, old.path, new.fd, new.path, old.flags);
    finish(to, &new, 0);
    return finish(from, &old, result);
}

HANDLER(link)
{
    return do_link(call, start_here(call), start_here(call), 0);
}

HANDLER(linkat)
{
    return do_link(call, start_at(call, 0), start_at(call, 2), (unsigned)call->arg[4]);
}

static int64_t do_symlink(struct call *call, struct start start)
{
    struct lfi_name name;
    int error = entry_of(call, start, call->path[1], &name);
    if (error)
        return error;
    return finish(start, &name, host(SYS_symlinkat, call->path[0], name.fd, name.path));
}

HANDLER(symlink)
{
    return do_symlink(call, start_here(call));
}

HANDLER(symlinkat)
{
    return do_symlink(call, start_at(call, 1));
}

static int64_t do_mknod(struct call *call, struct start start, uint64_t mode)
{
    struct lfi_name name;
    if ((mode & S_IFMT) != 0 && !S_ISREG(mode) && !S_ISFIFO(mode))
        return finish(start, &(struct lfi_name){0}, -EPERM);
    int error = entry_of(call, start, call->path[0], &name);
    if (error)
        return error;
    mode = (mode & S_IFMT) | (permitted(mode) & ~call->process->umask);
    return finish(start, &name, host(SYS_mknodat, name.fd, name.path, mode, 0));
}

HANDLER(mknod)
{
    return do_mknod(call, start_here(call), call->arg[1]);
}

HANDLER(mknodat)
{
    return do_mknod(call, start_at(call, 0), call->arg[2]);
}

/* fchmodat of an O_PATH descriptor: by its name in /proc, as fchmodat2 is too new to rely on. */
static int64_t do_chmod(struct call *call, struct start start, uint64_t mode, uint64_t flags)
{
    struct lfi_name name;
    bool follow = !(flags & AT_SYMLINK_NOFOLLOW);
    mode = permitted(mode);
    int error = find(call, start, call->path[0], flags, follow, &name);
    if (error)
        return error;
    if (!(name.flags & AT_EMPTY_PATH) && follow)
        return finish(start, &name, host(SYS_fchmodat, name.fd, name.path, mode));
    if (!(name.flags & AT_EMPTY_PATH))
        return finish(start, &name, -EOPNOTSUPP);
    struct stat status;
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", name.fd);
    int64_t result = fstat(name.fd, &status) ? -errno : 0;
    if (!result)
        result = S_ISLNK(status.st_mode) ? -EOPNOTSUPP : host(SYS_fchmodat, AT_FDCWD, path, mode);
    return finish(start, &name, result);
}

HANDLER(fchmod)
{
    return host(SYS_fchmod, call->arg[0], permitted(call->arg[1]));
}

HANDLER(chmod)
{
    return do_chmod(call, start_here(call), call->arg[1], 0);
}

HANDLER(fchmodat)
{
    uint64_t flags = call->number == SYS_fchmodat ? 0 : (unsigned)call->arg[3];
    return do_chmod(call, start_at(call, 0), call->arg[2], flags);
}

static int64_t do_chown(struct call *call, struct start start, uint64_t owner, uint64_t group,
                        uint64_t flags)
{
    struct lfi_name name;
    int error = find(call, start, call->path[0], flags, !(flags & AT_SYMLINK_NOFOLLOW), &name);
    if (error)
        return error;
    return finish(start, &name, host(SYS_fchownat, name.fd, name.path, owner, group, name.flags));
}

HANDLER(chown)
{
    return do_chown(call, start_here(call), call->arg[1], call->arg[2], 0);
}

HANDLER(lchown)
{
    return do_chown(call, start_here(call), call->arg[1], call->arg[2], AT_SYMLINK_NOFOLLOW);
}

HANDLER(fchownat)
{
    return do_chown(call, start_at(call, 0), call->arg[2], call->arg[3], (unsigned)call->arg[4]);
}

HANDLER(utimensat)
{
    uint64_t times = call->arg[2], flags = (unsigned)call->arg[3];
    if (!call->path[0])
        return host(SYS_utimensat, call->arg[0], NULL, times, 0);
    struct start start = start_at(call, 0);
    struct lfi_name name;
    int error = find(call, start, call->path[0], flags, !(flags & AT_SYMLINK_NOFOLLOW), &name);
    if (error)
        return error;
    return finish(start, &name, host(SYS_utimensat, name.fd, name.path, times, name.flags));
}

HANDLER(truncate)
{
    struct start start = start_here(call);
    int fd = lfi_path_open(&call->process->paths, &start.place, call->path[0],
                           O_WRONLY | O_NONBLOCK, 0, NULL);
    lfi_file_drop(start.file);
    if (fd < 0)
        return fd;
    int64_t result = host(SYS_ftruncate, fd, call->arg[1]);
    close(fd);
    return result;
}

/* The host's own mask stays as it is; ours can only take away more. */
HANDLER(umask)
{
    return atomic_exchange(&call->process->umask, (mode_t)call->arg[0] & 0777);
}
