// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Whole files in memory. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOM_AT_FIRST ((size_t)1 << 16) /* for what does not know its size: pipes, /proc */

static bool read_all(int fd, struct file *file, size_t room)
{
    char *bytes = malloc(room);
    while (bytes) {
        ssize_t n = read(fd, bytes + file->size, room - file->size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            bytes[file->size] = 0;
            file->bytes = bytes;
            return n == 0;
        }
        file->size += (size_t)n;
        if (file->size < room)
            continue;
        room *= 2;
        char *grown = realloc(bytes, room);
        if (!grown)
            free(bytes);
        bytes = grown;
    }
    return false;
}

static bool read_open(int fd, struct file *file)
{
    struct stat status;
    size_t room = ROOM_AT_FIRST;
    *file = (struct file){.mode = 0755};
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        file->mode = status.st_mode & 0777;
        if (status.st_size > 0)
            room = (size_t)status.st_size + 1; /* the end is seen without growing */
    }
    if (read_all(fd, file, room))
        return true;
    int error = errno;
    free(file->bytes);
    file->bytes = NULL;
    errno = error;
    return false;
}

bool file_read(const char *path, struct file *file)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *file = (struct file){0};
    if (fd < 0)
        return false;
    bool good = read_open(fd, file);
    int error = errno;
    close(fd);
    errno = error;
    return good;
}

bool file_read_input(const char *path, struct file *file)
{
    return strcmp(path, "-") == 0 ? read_open(STDIN_FILENO, file) : file_read(path, file);
}

bool file_write(int fd, const void *bytes, size_t size)
{
    const char *from = bytes;
    while (size > 0) {
        ssize_t n = write(fd, from, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        from += n;
        size -= (size_t)n;
    }
    return true;
}
