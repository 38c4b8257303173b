// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "paths.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#define LINKS_MAX 40 /* the kernel's own limit, path_resolution(7) */

static int error_or(int result)
{
    return result < 0 ? -errno : result;
}

/* The callers have checked that it fits. */
static void put_text(char *to, const char *from)
{
    memcpy(to, from, strlen(from) + 1);
}

void lfi_paths_init(struct lfi_paths *paths)
{
    *paths = (struct lfi_paths){.nowhere = -1, .openat2 = true};
    char name[] = "/tmp/lfi-nowhere-XXXXXX";
    if (mkdtemp(name)) {
        paths->nowhere = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
        rmdir(name);
    }
}

void lfi_paths_free(struct lfi_paths *paths)
{
    for (int i = 0; i < paths->count; i++) {
        close(paths->maps[i].fd);
        free(paths->maps[i].box);
    }
    free(paths->maps);
    if (paths->nowhere >= 0)
        close(paths->nowhere);
    *paths = (struct lfi_paths){.nowhere = -1};
}

/* The next component of *path; its length is 0 at the end. Skips slashes and ".". */
static const char *component(const char **path, size_t *length)
{
    const char *at = *path;
    do {
        at += strspn(at, "/");
        *length = strcspn(at, "/");
        *path = at + *length;
        if (*length != 1 || *at != '.')
            return at;
        at = *path;
    } while (true);
}

/* Whether `path` is `prefix` or lies below it. */
static bool below(const char *path, const char *prefix, size_t length)
{
    return !strncmp(path, prefix, length) && (path[length] == '/' || path[length] == 0);
}

static bool is_virtual(const struct lfi_paths *paths, const char *path)
{
    size_t length = strlen(path);
    for (int i = 0; i < paths->count; i++) {
        if (paths->maps[i].length > length && below(paths->maps[i].box, path, length))
            return true;
    }
    return length == 0;
}

/* The innermost mapping that `path` lies in, or LFI_PLACE_VIRTUAL. */
static int mapping_of(const struct lfi_paths *paths, const char *path)
{
    for (int i = 0; i < paths->count; i++) {
        if (below(path, paths->maps[i].box, paths->maps[i].length))
            return i;
    }
    return LFI_PLACE_VIRTUAL;
}

int lfi_paths_map(struct lfi_paths *paths, const char *box, const char *host)
{
    char normal[PATH_MAX] = "";
    size_t used = 0, length;
    if (box[0] != '/' || strlen(box) >= sizeof normal)
        return -EINVAL;
    for (const char *at = component(&box, &length); length; at = component(&box, &length)) {
        if (length == 2 && !strncmp(at, "..", 2))
            return -EINVAL;
        normal[used++] = '/';
        memcpy(normal + used, at, length);
        normal[used += length] = 0;
    }

    struct lfi_mapping map = {.length = used};
    map.fd = open(host, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (map.fd < 0)
        return -errno;
    map.box = strdup(normal);
    struct lfi_mapping *maps = realloc(paths->maps, (size_t)(paths->count + 1) * sizeof *maps);
    if (maps)
        paths->maps = maps;
    if (!maps || !map.box) {
        close(map.fd);
        free(map.box);
        return -ENOMEM;
    }

    int at = 0;
    while (at < paths->count && maps[at].length > used)
        at++;
    int same = at;
    while (same < paths->count && maps[same].length == used && strcmp(maps[same].box, normal) != 0)
        same++;
    if (same < paths->count && maps[same].length == used) {
        close(maps[same].fd);
        free(maps[same].box);
        maps[same] = map;
    } else {
        memmove(maps + at + 1, maps + at, (size_t)(paths->count - at) * sizeof *maps);
        maps[at] = map;
        paths->count++;
    }
    for (int i = 0; i < paths->count; i++) {
        maps[i].nested = false;
        for (int k = 0; k < i; k++)
            maps[i].nested |= below(maps[k].box, maps[i].box, maps[i].length);
    }

    struct stat root, mapped;
    paths->direct = paths->count == 1 && used == 0 && !stat("/", &root) &&
                    !fstat(map.fd, &mapped) && root.st_dev == mapped.st_dev &&
                    root.st_ino == mapped.st_ino;
    return 0;
}

/* The name that the kernel has for an open file. */
static int host_name(int fd, char name[PATH_MAX])
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, PATH_MAX - 1);
    if (length < 0)
        return -errno;
    name[length] = 0;
    return 0;
}

int lfi_place_path(const struct lfi_paths *paths, const struct lfi_place *place,
                   char path[PATH_MAX])
{
    if (place->map == LFI_PLACE_VIRTUAL) {
        snprintf(path, PATH_MAX, "%s", place->box);
        return 0;
    }
    char file[PATH_MAX], top[PATH_MAX];
    const struct lfi_mapping *map = &paths->maps[place->map];
    if (host_name(place->fd, file) || host_name(map->fd, top))
        return -ENOENT;
    size_t length = strcmp(top, "/") == 0 ? 0 : strlen(top);
    if (!below(file, top, length))
        return -ENOENT;
    const char *rest = strcmp(file + length, "/") == 0 ? "" : file + length;
    if (map->length + strlen(rest) >= PATH_MAX)
        return -ENAMETOOLONG;
    memcpy(path, map->box, map->length);
    put_text(path + map->length, rest);
    return 0;
}

bool lfi_path_harmless(int fd, int flags)
{
    struct stat file;
    struct statfs system;
    if (flags & O_PATH)
        return true;
    if (fstat(fd, &file))
        return false;
    if (S_ISCHR(file.st_mode) && major(file.st_rdev) == 1) { /* devices.txt: mem, kmem, port */
        unsigned device = minor(file.st_rdev);
        return device != 1 && device != 2 && device != 4;
    }
    if (!S_ISREG(file.st_mode) || major(file.st_dev) != 0) /* such file systems have no device */
        return true;
    if (fstatfs(fd, &system))
        return false;
    bool writes = (flags & O_ACCMODE) != O_RDONLY;
    if (system.f_type == SYSFS_MAGIC || system.f_type == DEBUGFS_MAGIC ||
        system.f_type == TRACEFS_MAGIC)
        return !writes;
    if (system.f_type != PROC_SUPER_MAGIC)
        return true;
    char name[PATH_MAX];
    if (writes || host_name(fd, name))
        return false;
    static const char deleted[] = " (deleted)"; /* of a thread that has ended since */
    size_t length = strlen(name);
    if (length > sizeof deleted && !strcmp(name + length - (sizeof deleted - 1), deleted))
        name[length - (sizeof deleted - 1)] = 0;
    const char *last = strrchr(name, '/');
    return last && strcmp(last, "/mem") != 0 && strcmp(last, "/kcore") != 0;
}

/* A walk through the box, one component at a time. */
struct walk {
    const struct lfi_paths *paths;
    int fd; /* the directory reached; a mapping's own descriptor, the start's, or `owned` */
    int owned;
    int map;
    char at[PATH_MAX]; /* its path in the box, in normal form */
};

static void arrive(struct walk *walk, int fd, int owned, int map)
{
    if (walk->owned >= 0)
        close(walk->owned);
    walk->fd = fd;
    walk->owned = owned;
    walk->map = map;
}

/* Goes from the directory reached to a directory in it; `walk->at` is already the new path. */
static int enter(struct walk *walk, const char *name)
{
    int map = mapping_of(walk->paths, walk->at);
    if (map >= 0 && walk->paths->maps[map].length == strlen(walk->at)) {
        arrive(walk, walk->paths->maps[map].fd, -1, map);
        return 0;
    }
    int fd = -ENOENT;
    if (walk->map != LFI_PLACE_VIRTUAL)
        fd = error_or(openat(walk->fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (fd >= 0)
        arrive(walk, fd, fd, map);
    else if (fd == -ENOENT && is_virtual(walk->paths, walk->at))
        arrive(walk, walk->paths->nowhere, -1, LFI_PLACE_VIRTUAL);
    else
        return fd;
    return 0;
}

/* Goes to a path in normal form from the top. It has no links unless someone just made one. */
static int enter_from_top(struct walk *walk, const char *path)
{
    char copy[PATH_MAX], name[NAME_MAX + 1];
    put_text(copy, path);
    walk->at[0] = 0;
    int map = mapping_of(walk->paths, "");
    arrive(walk, map >= 0 ? walk->paths->maps[map].fd : walk->paths->nowhere, -1, map);

    size_t length, used = 0;
    const char *rest = copy;
    for (const char *at = component(&rest, &length); length; at = component(&rest, &length)) {
        if (length > NAME_MAX)
            return -ENAMETOOLONG;
        memcpy(name, at, length);
        name[length] = 0;
        walk->at[used++] = '/';
        put_text(walk->at + used, name);
        used += length;
        int error = enter(walk, name);
        if (error)
            return error;
    }
    return 0;
}

/* The text of the link `name`, or a negative errno value: -EINVAL if it is none. */
static ssize_t read_link(const struct walk *walk, const char *name, char text[PATH_MAX])
{
    if (walk->map == LFI_PLACE_VIRTUAL)
        return -ENOENT;
    ssize_t length = readlinkat(walk->fd, name, text, PATH_MAX - 1);
    if (length < 0)
        return -errno;
    text[length] = 0;
    return length;
}

/*
 * Walks to the directory that holds the last component of `path`, which is left in `name`; it is
 * "." where the path ends at a directory that was already entered. *directory: the path ends in
 * a slash. A link there is followed if `follow`.
 */
static int walk_to_last(struct walk *walk, const char *path, bool follow, bool *directory,
                        char name[NAME_MAX + 1])
{
    char rest[PATH_MAX], link[PATH_MAX], joined[PATH_MAX];
    const char *next = rest;
    int links = 0;
    *directory = false;
    if (strlen(path) >= sizeof rest)
        return -ENAMETOOLONG;
    if (!*path)
        return -ENOENT;
    put_text(rest, path);
    put_text(name, ".");
    if (*path == '/') {
        int error = enter_from_top(walk, "");
        if (error)
            return error;
    }
    while (true) {
        size_t length;
        const char *at = component(&next, &length);
        if (length == 0)
            return 0;
        if (length > NAME_MAX)
            return -ENAMETOOLONG;
        memcpy(name, at, length);
        name[length] = 0;

        const char *peek = next;
        size_t peek_length;
        (void)component(&peek, &peek_length);
        bool last = peek_length == 0;
        bool slash = last && *next == '/';

        if (!strcmp(name, "..")) {
            char *end = strrchr(walk->at, '/');
            if (end)
                *end = 0;
            put_text(joined, walk->at);
            int error = enter_from_top(walk, joined);
            if (error)
                return error;
            put_text(name, ".");
            continue;
        }

        size_t used = strlen(walk->at);
        if (used + 1 + length >= sizeof walk->at)
            return -ENAMETOOLONG;
        snprintf(joined, sizeof joined, "%.*s/%.*s", (int)used, walk->at, (int)length, name);
        int map = mapping_of(walk->paths, joined);
        bool top = map >= 0 && walk->paths->maps[map].length == used + 1 + length;

        /* Mapping points and directories between them are no links and cannot be made or removed.
         */
        if (!top && (!last || follow || slash)) {
            ssize_t text = read_link(walk, name, link);
            if (text >= 0) {
                if (++links > LINKS_MAX)
                    return -ELOOP;
                if (text == 0)
                    return -ENOENT;
                if ((size_t)text + 1 + strlen(next) >= sizeof rest)
                    return -ENAMETOOLONG;
                memmove(rest + text, next, strlen(next) + 1); /* next lies in rest, or behind */
                memcpy(rest, link, (size_t)text);
                next = rest;
                put_text(name, ".");
                if (rest[0] == '/') {
                    int error = enter_from_top(walk, "");
                    if (error)
                        return error;
                }
                continue;
            }
        }
        if (last && !top && !(walk->map == LFI_PLACE_VIRTUAL && is_virtual(walk->paths, joined))) {
            *directory = slash;
            return 0;
        }
        put_text(walk->at, joined);
        int error = enter(walk, name);
        if (error)
            return error;
        put_text(name, ".");
    }
}

static int walk_start(struct walk *walk, const struct lfi_paths *paths,
                      const struct lfi_place *start, const char *path)
{
    *walk = (struct walk){.paths = paths, .fd = start->fd, .owned = -1, .map = start->map};
    return *path == '/' ? 0 : lfi_place_path(paths, start, walk->at);
}

/* Lets the host's kernel resolve `path` where that cannot lead out of one mapping; -EXDEV if not.
 */
static int open_beneath(const struct lfi_paths *paths, const struct lfi_place *start,
                        const char *path, int flags, mode_t mode, int *map)
{
    int fd = start->fd;
    *map = start->map;
    if (*path == '/') {
        *map = mapping_of(paths, path);
        if (*map >= 0) {
            fd = paths->maps[*map].fd;
            path += paths->maps[*map].length;
            path += strspn(path, "/");
            if (!*path)
                path = ".";
        }
    }
    if (!paths->openat2 || *map < 0 || paths->maps[*map].nested)
        return -EXDEV;
    for (const char *at = path; (at = strstr(at, "..")); at += 2) {
        if ((at == path || at[-1] == '/') && (at[2] == '/' || !at[2]))
            return -EXDEV;
    }
    struct open_how how = {
        .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
        .mode = flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)) ? mode & 07777 : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    int result = error_or((int)syscall(SYS_openat2, fd, path, &how, sizeof how));
    bool again = result == -ELOOP || result == -EAGAIN || result == -ENOSYS || result == -EPERM;
    return again ? -EXDEV : result;
}

static int open_walking(const struct lfi_paths *paths, const struct lfi_place *start,
                        const char *path, int flags, mode_t mode, struct lfi_found *found)
{
    struct walk walk;
    char name[NAME_MAX + 1];
    bool directory;
    bool follow = !(flags & O_NOFOLLOW) && (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
    int result = walk_start(&walk, paths, start, path);
    if (!result)
        result = walk_to_last(&walk, path, follow, &directory, name);
    if (!result && directory && (flags & O_CREAT))
        result = -EISDIR;
    if (!result && walk.fd < 0)
        result = -ENOENT;
    if (!result) {
        flags |= O_NOFOLLOW | O_CLOEXEC | (directory ? O_DIRECTORY : 0);
        result = error_or(openat(walk.fd, name, flags, mode));
        found->map = walk.map;
        put_text(found->box, walk.at);
    }
    arrive(&walk, -1, -1, LFI_PLACE_VIRTUAL);
    return result;
}

int lfi_path_open(const struct lfi_paths *paths, const struct lfi_place *start, const char *path,
                  int flags, mode_t mode, struct lfi_found *found)
{
    struct lfi_found unused;
    if (!found)
        found = &unused;
    int fd;
    if (paths->direct) {
        found->map = 0;
        fd = error_or(openat(start->fd, path, flags | O_CLOEXEC, mode));
    } else {
        fd = open_beneath(paths, start, path, flags, mode, &found->map);
        if (fd == -EXDEV)
            fd = open_walking(paths, start, path, flags, mode, found);
    }
    if (fd >= 0 && !lfi_path_harmless(fd, flags)) {
        close(fd);
        return -EACCES;
    }
    return fd;
}

int lfi_path_object(const struct lfi_paths *paths, const struct lfi_place *start, const char *path,
                    bool follow, struct lfi_name *name)
{
    if (paths->direct) {
        *name = (struct lfi_name){.fd = start->fd, .path = path};
        name->flags = follow ? 0 : AT_SYMLINK_NOFOLLOW;
        return 0;
    }
    int fd = lfi_path_open(paths, start, path, O_PATH | (follow ? 0 : O_NOFOLLOW), 0, NULL);
    *name = (struct lfi_name){.fd = fd, .owned = true, .flags = AT_EMPTY_PATH, .path = name->text};
    return fd < 0 ? fd : 0;
}

int lfi_path_entry(const struct lfi_paths *paths, const struct lfi_place *start, const char *path,
                   struct lfi_name *name)
{
    if (paths->direct) {
        *name = (struct lfi_name){.fd = start->fd, .path = path};
        return 0;
    }
    *name = (struct lfi_name){.path = name->text};
    struct walk walk;
    bool directory;
    int error = walk_start(&walk, paths, start, path);
    if (!error)
        error = walk_to_last(&walk, path, false, &directory, name->text);
    if (!error && walk.map == LFI_PLACE_VIRTUAL)
        error = strcmp(name->text, ".") ? -EACCES : -EBUSY;
    if (error) {
        arrive(&walk, -1, -1, LFI_PLACE_VIRTUAL);
        return error;
    }
    name->fd = walk.fd;
    name->owned = walk.owned >= 0;
    return 0;
}

void lfi_name_close(struct lfi_name *name)
{
    if (name->owned)
        close(name->fd);
    name->owned = false;
}
