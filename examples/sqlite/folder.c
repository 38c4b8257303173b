// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * All that comes in here is the choice of the box: names, numbers of files, offsets, sizes. What
 * lfi-bind has done: strings and buffers are copies of the host's own, `data` is what the host
 * gave, or NULL. What is not done here: a limit for the number of files, and so for the disk.
 */
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LONGEST = 100 };
static const int64_t LARGEST = 1 << 30; /* of a file */

/* A name in the folder: no path, no hidden file. */
static bool is_name(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    return name && *name && *name != '.' && strlen(name) <= LONGEST &&
           name[strspn(name, allowed)] == 0;
}

/* The descriptor of an open file, or -1. */
static int fd_of(const struct folder *folder, int file, int flags)
{
    if (!folder || file < 0 || file >= FOLDER_FILES)
        return -1;
    return (folder->files[file].flags & flags) == flags ? folder->files[file].fd : -1;
}

static bool in_range(uint64_t size, int64_t at)
{
    return at >= 0 && at <= LARGEST && size <= (uint64_t)(LARGEST - at);
}

static int on_open(void *data, const char *name, int flags)
{
    struct folder *folder = data;
    int file = 0;
    while (folder && file < FOLDER_FILES && folder->files[file].fd >= 0)
        file++;
    if (!folder || file == FOLDER_FILES || !is_name(name))
        return -1;
    int mode = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (flags & FILE_WRITE ? O_RDWR : O_RDONLY) |
               (flags & FILE_CREATE ? O_CREAT : 0);
    int fd = openat(folder->fd, name, mode, 0600);
    struct stat is;
    if (fd < 0)
        return -1;
    if (fstat(fd, &is) || !S_ISREG(is.st_mode)) {
        close(fd);
        return -1;
    }
    folder->files[file].fd = fd;
    folder->files[file].flags = flags;
    return file;
}

static void on_close(void *data, int file)
{
    struct folder *folder = data;
    int fd = fd_of(folder, file, 0);
    if (fd >= 0) {
        close(fd);
        folder->files[file].fd = -1;
    }
}

static int64_t on_read(void *data, int file, unsigned char *to, uint32_t size, int64_t at)
{
    int fd = fd_of(data, file, 0);
    if (fd < 0 || !to || !in_range(size, at))
        return -1;
    for (uint32_t got = 0;;) {
        ssize_t n = pread(fd, to + got, size - got, at + got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || (uint32_t)n == size - got)
            return n < 0 ? -1 : (int64_t)got + n;
        got += (uint32_t)n;
    }
}

static int on_write(void *data, int file, const unsigned char *from, uint32_t size, int64_t at)
{
    int fd = fd_of(data, file, FILE_WRITE);
    if (fd < 0 || !from || !in_range(size, at))
        return -1;
    for (uint32_t put = 0; put < size;) {
        ssize_t n = pwrite(fd, from + put, size - put, at + put);
        if (n < 0 && errno != EINTR)
            return -1;
        put += n > 0 ? (uint32_t)n : 0;
    }
    return 0;
}

static int on_truncate(void *data, int file, int64_t size)
{
    int fd = fd_of(data, file, FILE_WRITE);
    return fd >= 0 && in_range(0, size) ? ftruncate(fd, size) : -1;
}

static int on_sync(void *data, int file)
{
    int fd = fd_of(data, file, 0);
    return fd >= 0 ? fsync(fd) : -1;
}

static int64_t on_size(void *data, int file)
{
    struct stat is;
    int fd = fd_of(data, file, 0);
    return fd >= 0 && !fstat(fd, &is) ? is.st_size : -1;
}

/* Links, folders and the like are not there for the box. */
static int on_exists(void *data, const char *name)
{
    struct folder *folder = data;
    struct stat is;
    return folder && is_name(name) && !fstatat(folder->fd, name, &is, AT_SYMLINK_NOFOLLOW) &&
           S_ISREG(is.st_mode);
}

static int on_remove(void *data, const char *name)
{
    struct folder *folder = data;
    return on_exists(folder, name) ? unlinkat(folder->fd, name, 0) : -1;
}

struct files folder_files(struct folder *folder)
{
    return (struct files){.open = on_open,
                          .close = on_close,
                          .read = on_read,
                          .write = on_write,
                          .truncate = on_truncate,
                          .sync = on_sync,
                          .remove = on_remove,
                          .size = on_size,
                          .exists = on_exists,
                          .data = folder};
}

bool folder_open(struct folder *folder, const char *path)
{
    for (int i = 0; i < FOLDER_FILES; i++)
        folder->files[i].fd = -1;
    folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return folder->fd >= 0;
}

void folder_close(struct folder *folder)
{
    for (int i = 0; i < FOLDER_FILES; i++)
        on_close(folder, i);
    close(folder->fd);
}
