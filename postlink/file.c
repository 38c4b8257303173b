// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(char *why, size_t room, const char *what, int error)
{
    snprintf(why, room, "%s: %s", what, strerror(error));
    return false;
}

static bool read_all(int fd, struct file *file)
{
    size_t room = file->size + 1; /* one more than expected, to see the end without growing */
    file->size = 0;
    file->bytes = malloc(room);
    while (file->bytes) {
        ssize_t n = read(fd, file->bytes + file->size, room - file->size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0;
        file->size += (size_t)n;
        if (file->size < room)
            continue;
        room *= 2;
        uint8_t *bytes = realloc(file->bytes, room);
        if (!bytes)
            return false;
        file->bytes = bytes;
    }
    return false;
}

bool file_read(const char *path, struct file *file, char *why, size_t room)
{
    bool standard = strcmp(path, "-") == 0;
    struct stat st;
    *file = (struct file){.mode = 0755};
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(why, room, "cannot open", errno);
    bool ok = fstat(fd, &st) == 0;
    if (ok && S_ISREG(st.st_mode)) {
        file->mode = st.st_mode & 0777;
        file->size = (size_t)st.st_size;
    }
    ok = ok && read_all(fd, file);
    int error = errno;
    if (!standard)
        close(fd);
    if (ok)
        return true;
    free(file->bytes);
    file->bytes = NULL;
    return fail(why, room, "cannot read", error);
}

static bool write_all(int fd, const struct file *file)
{
    for (size_t at = 0; at < file->size;) {
        ssize_t n = write(fd, file->bytes + at, file->size - at);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            at += (size_t)n;
    }
    return true;
}

static bool write_directly(const char *path, const struct file *file, char *why, size_t room)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDOUT_FILENO : open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return fail(why, room, "cannot open for writing", errno);
    bool ok = write_all(fd, file);
    int error = errno;
    if (!standard && close(fd) != 0 && ok) {
        ok = false;
        error = errno;
    }
    return ok || fail(why, room, "cannot write", error);
}

/* A temporary in the folder of `path`; its name goes to temporary[0 .. PATH_MAX). */
static int open_temporary(const char *path, char *temporary)
{
    const char *slash = strrchr(path, '/');
    int n = snprintf(temporary, PATH_MAX, "%.*s.lfi-postlink-XXXXXX",
                     slash ? (int)(slash - path + 1) : 0, path);
    if (n >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return mkostemp(temporary, O_CLOEXEC);
}

bool file_replace(const char *path, const struct file *file, char *why, size_t room)
{
    struct stat st;
    char target[PATH_MAX], temporary[PATH_MAX];
    bool exists = stat(path, &st) == 0;
    if (strcmp(path, "-") == 0 || (exists && !S_ISREG(st.st_mode)))
        return write_directly(path, file, why, room);
    if (exists && realpath(path, target))
        path = target;

    int fd = open_temporary(path, temporary);
    if (fd < 0)
        return fail(why, room, "cannot make a temporary file beside it", errno);
    bool ok = write_all(fd, file) && fchmod(fd, file->mode) == 0;
    int error = errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        error = errno;
    }
    if (ok && rename(temporary, path) != 0) {
        ok = false;
        error = errno;
    }
    if (ok)
        return true;
    unlink(temporary);
    return fail(why, room, "cannot write", error);
}
