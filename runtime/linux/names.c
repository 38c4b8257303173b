// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Files by name. paths.c finds them; this is what is then done with them. */
#include "process.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/* The old calls without a directory argument start at the working directory. */
struct start {
    struct linux_file *file; /* to be dropped, or NULL */
    struct linux_place place;
};

static struct start start_here(struct call *call)
{
    struct start start;
    pthread_mutex_lock(&call->process->lock);
    start.file = call->process->cwd;
    linux_file_hold(start.file);
    pthread_mutex_unlock(&call->process->lock);
    start.place = linux_place_of(start.file);
    return start;
}

int linux_open_here(struct call *call, int flags, struct linux_found *found)
{
    struct start start = start_here(call);
    int fd = linux_path_open(&call->process->paths, &start.place, call->path[0], flags, 0, found);
    linux_file_drop(start.file);
    return fd;
}

static struct start start_at(struct call *call, int argument)
{
    return (struct start){NULL, linux_place_of(call->file[argument])};
}

/* The permissions that a box can set: not set-user-ID and set-group-ID, which would be the host
 * user's. */
static mode_t permitted(uint64_t mode)
{
    return (mode_t)mode & 01777;
}

static int64_t open_file(struct call *call, struct start start, const char *path, uint64_t flags,
                         uint64_t mode)
{
    struct linux_found found;
    start.place.thread = call->thread;
    int fd = linux_path_open(&call->process->paths, &start.place, path, (int)flags,
                             permitted(mode) & ~call->process->umask, &found);
    linux_file_drop(start.file);
    if (found.given) {
        struct linux_file *file = linux_file_duplicate(found.given, fd);
        linux_file_drop(found.given);
        return linux_fdtable_add(&call->process->files, file, 0, flags & O_CLOEXEC);
    }
    return linux_add_descriptor(call, fd, &found, (int)flags);
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
                bool follow, struct linux_name *name)
{
    int error = 0;
    if (!*path && (flags & AT_EMPTY_PATH))
        *name = (struct linux_name){
            .fd = start.place.fd,
            .flags = AT_EMPTY_PATH,
            .path = "",
            .given = start.place.given,
            .inode =
                start.place.map == LINUX_PLACE_VIRTUAL ? linux_virtual_inode(start.place.box) : 0,
        };
    else
        error = linux_path_object(&call->process->paths, &start.place, path, follow, name);
    if (error)
        linux_file_drop(start.file);
    return error;
}

static int64_t finish(struct start start, struct linux_name *name, int64_t result);

/* The same for a call that changes the file: -EPERM where the box must not. */
static int find_to_change(struct call *call, struct start start, const char *path, uint64_t flags,
                          bool follow, struct linux_name *name)
{
    int error = find(call, start, path, flags, follow, name);
    if (!error && (name->given || name->inode))
        error = (int)finish(start, name, -EPERM);
    return error;
}

static int64_t finish(struct start start, struct linux_name *name, int64_t result)
{
    linux_name_close(name);
    linux_file_drop(start.file);
    return result;
}

static int64_t do_stat(struct call *call, struct start start, uint64_t buffer, uint64_t flags)
{
    struct linux_name name;
    if (flags & ~(uint64_t)(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT))
        return finish(start, &(struct linux_name){0}, -EINVAL);
    int error = find(call, start, call->path[0], flags, !(flags & AT_SYMLINK_NOFOLLOW), &name);
    if (error)
        return error;
    int64_t result = 0;
    if (name.inode) {
        struct stat status = {0};
        result = host_result(fstat(name.fd, &status));
        linux_virtual_stat(&status, name.inode);
        if (!result)
            result = lfi_copy_out(call->process->box, buffer, &status, sizeof status);
    } else {
        result = host(SYS_newfstatat, name.fd, name.path, buffer, name.flags);
    }
    return finish(start, &name, result);
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
    struct linux_name name;
    uint64_t flags = (unsigned)call->arg[2];
    int error = find(call, start, call->path[0], flags, !(flags & AT_SYMLINK_NOFOLLOW), &name);
    if (error)
        return error;
    int more = (int)(flags & AT_STATX_SYNC_TYPE);
    struct statx status;
    bool virtual = name.inode != 0;
    uint64_t buffer = virtual ? (uint64_t)(uintptr_t)&status : call->arg[4];
    int64_t result = host(SYS_statx, name.fd, name.path, name.flags | more, call->arg[3], buffer);
    if (virtual && result == 0) {
        struct stat plain = {0};
        linux_virtual_stat(&plain, name.inode);
        status.stx_mode = (uint16_t)plain.st_mode;
        status.stx_nlink = (uint32_t)plain.st_nlink;
        status.stx_ino = plain.st_ino;
        status.stx_uid = status.stx_gid = 0;
        status.stx_atime = status.stx_mtime = status.stx_ctime = status.stx_btime =
            (struct statx_timestamp){0};
        result = lfi_copy_out(call->process->box, call->arg[4], &status, sizeof status);
    }
    return finish(start, &name, result);
}

HANDLER(statfs)
{
    int fd = linux_open_here(call, O_PATH, NULL);
    if (fd < 0)
        return fd;
    int64_t result = host(SYS_fstatfs, fd, call->arg[1]);
    close(fd);
    return result;
}

static int64_t do_access(struct call *call, struct start start, uint64_t mode, uint64_t flags)
{
    struct linux_name name;
    int error = find(call, start, call->path[0], flags, !(flags & AT_SYMLINK_NOFOLLOW), &name);
    if (error)
        return error;
    int more = (int)(flags & AT_EACCESS);
    int64_t result;
    if (name.inode)
        result = mode & ~(uint64_t)(R_OK | W_OK | X_OK) ? -EINVAL : mode & W_OK ? -EACCES : 0;
    else if (name.flags | more)
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
    char text[PATH_MAX];
    if ((int)size <= 0)
        return finish(start, &(struct linux_name){0}, -EINVAL);
    ssize_t length = linux_path_readlink(&call->process->paths, &start.place, call->path[0], text);
    if (length > 0) {
        length = (size_t)length < size ? length : (ssize_t)size;
        int error = lfi_copy_out(call->process->box, buffer, text, (size_t)length);
        length = error ? error : length;
    }
    return finish(start, &(struct linux_name){0}, length);
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
    int error = linux_place_path(&call->process->paths, &start.place, path);
    linux_file_drop(start.file);
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

static int64_t enter(struct call *call, int fd, const struct linux_found *found)
{
    if (fd < 0)
        return fd;
    struct linux_file *file = linux_file_new(fd, true, found);
    if (!file)
        return -ENOMEM;
    pthread_mutex_lock(&call->process->lock);
    struct linux_file *old = call->process->cwd;
    call->process->cwd = file;
    pthread_mutex_unlock(&call->process->lock);
    linux_file_drop(old);
    return 0;
}

HANDLER(chdir)
{
    struct linux_found found;
    int fd = linux_open_here(call, O_PATH | O_DIRECTORY, &found);
    linux_file_drop(found.given);
    int error = 0;
    if (fd >= 0 && found.map == LINUX_PLACE_NONE)
        error = -ENOTDIR;
    else if (fd >= 0 && found.map > 0 && faccessat(fd, ".", X_OK, AT_EACCESS))
        error = -errno;
    if (error) {
        close(fd);
        return error;
    }
    return enter(call, fd, &found);
}

HANDLER(fchdir)
{
    const struct linux_file *file = call->file[0];
    struct stat status;
    struct linux_found found = {.map = file->map};
    if (file->map == LINUX_PLACE_NONE)
        return -ENOTDIR;
    if (file->map > 0 && fstat(file->host, &status))
        return -errno;
    if (file->map > 0 && !S_ISDIR(status.st_mode))
        return -ENOTDIR;
    if (file->map > 0 && faccessat(file->host, ".", X_OK, AT_EACCESS))
        return -errno;
    if (file->box)
        snprintf(found.box, sizeof found.box, "%s", file->box);
    if (!linux_begin_opening(call))
        return -EMFILE;
    int fd = fcntl(file->host, F_DUPFD_CLOEXEC, 3);
    return enter(call, fd < 0 ? -errno : fd, &found);
}

/* A call that makes, removes or renames the last component of a path. */
static int entry_of(struct call *call, struct start start, const char *path, bool make,
                    struct linux_name *name)
{
    int error = linux_path_entry(&call->process->paths, &start.place, path, make, name);
    if (error)
        linux_file_drop(start.file);
    return error;
}

static int64_t do_mkdir(struct call *call, struct start start, uint64_t mode)
{
    struct linux_name name;
    int error = entry_of(call, start, call->path[0], true, &name);
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
    struct linux_name name;
    int error = entry_of(call, start, call->path[0], false, &name);
    if (error)
        return error;
    if (name.top && (flags & AT_REMOVEDIR))
        return finish(start, &name, -EBUSY);
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
    struct linux_name old, new;
    int64_t error = entry_of(call, from, call->path[0], false, &old);
    if (error) {
        linux_file_drop(to.file);
        return error;
    }
    error = entry_of(call, to, call->path[1], true, &new);
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
    struct linux_name old, new;
    if ((flags & ~(uint64_t)(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) || !*call->path[0]) {
        /* Linking a descriptor (AT_EMPTY_PATH) needs a capability. */
        linux_file_drop(from.file);
        linux_file_drop(to.file);
        return *call->path[0] ? -EINVAL : -ENOENT;
    }
    /* The old name is looked up as in stat, so that nothing is followed by the host's kernel: by
     * its descriptor, which is linked by its name in procfs, or as an entry if it is a link. */
    int64_t error = find(call, from, call->path[0], 0, flags & AT_SYMLINK_FOLLOW, &old);
    struct stat status;
    if (!error && (old.given || old.inode)) {
        error = finish(from, &old, -EPERM);
    } else if (!error && !fstat(old.fd, &status) && S_ISLNK(status.st_mode)) {
        linux_name_close(&old);
        error = entry_of(call, from, call->path[0], false, &old);
    } else if (!error) {
        snprintf(old.text, sizeof old.text, "/proc/self/fd/%d", old.fd);
        old.path = old.text;
        old.flags = AT_SYMLINK_FOLLOW;
    }
    if (error) {
        linux_file_drop(to.file);
        return error;
    }
    error = entry_of(call, to, call->path[1], true, &new);
    if (error)
        return finish(from, &old, error);
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
    struct linux_name name;
    int error = entry_of(call, start, call->path[1], true, &name);
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
    struct linux_name name;
    if ((mode & S_IFMT) != 0 && !S_ISREG(mode) && !S_ISFIFO(mode))
        return finish(start, &(struct linux_name){0}, -EPERM);
    int error = entry_of(call, start, call->path[0], true, &name);
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
    struct linux_name name;
    bool follow = !(flags & AT_SYMLINK_NOFOLLOW);
    mode = permitted(mode);
    int error = find_to_change(call, start, call->path[0], flags, follow, &name);
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
    struct linux_name name;
    int error =
        find_to_change(call, start, call->path[0], flags, !(flags & AT_SYMLINK_NOFOLLOW), &name);
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
    const struct linux_file *file = call->file[0];
    if (!call->path[0] && (file->given || file->map == LINUX_PLACE_VIRTUAL))
        return -EPERM;
    if (!call->path[0])
        return host(SYS_utimensat, call->arg[0], NULL, times, 0);
    struct start start = start_at(call, 0);
    struct linux_name name;
    int error =
        find_to_change(call, start, call->path[0], flags, !(flags & AT_SYMLINK_NOFOLLOW), &name);
    if (error)
        return error;
    return finish(start, &name, host(SYS_utimensat, name.fd, name.path, times, name.flags));
}

HANDLER(truncate)
{
    struct linux_found found;
    int fd = linux_open_here(call, O_WRONLY | O_NONBLOCK, &found);
    if (fd < 0)
        return fd;
    int64_t result;
    if (found.given && found.given->memory) { /* its size is charged for */
        call->file[0] = found.given;          /* the dispatcher drops it */
        call->arg[0] = (uint64_t)fd;
        call->number = SYS_ftruncate;
        result = linux_memfd_call(call, NULL, 0);
    } else {
        result = found.given ? -EPERM : host(SYS_ftruncate, fd, call->arg[1]);
        linux_file_drop(found.given);
    }
    close(fd);
    return result;
}

/* The host's mask stays as it is; ours can only take away more. */
HANDLER(umask)
{
    return atomic_exchange(&call->process->umask, (mode_t)call->arg[0] & 0777);
}
