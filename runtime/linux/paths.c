// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Path resolution: by the kernel where it can confine it, otherwise one component at a time. */
#include "paths.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "fdtable.h"
#include "proc.h"
#include "process.h"

#define LINKS_MAX 40   /* the kernel's own limit, path_resolution(7) */
#define STEPS_MAX 8192 /* directories that one walk enters: each ".." starts from the top again */

static int error_or(int result)
{
    return result < 0 ? -errno : result;
}

/* The callers have checked that it fits. */
static void put_text(char *to, const char *from)
{
    memcpy(to, from, strlen(from) + 1);
}

void linux_paths_init(struct linux_paths *paths)
{
    *paths = (struct linux_paths){.openat2 = true};
}

void linux_paths_free(struct linux_paths *paths)
{
    for (int i = 0; i < paths->count; i++) {
        close(paths->maps[i].fd);
        free(paths->maps[i].box);
    }
    free(paths->maps);
    *paths = (struct linux_paths){0};
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

static const struct linux_mapping *mapping(const struct linux_paths *paths, int map)
{
    return &paths->maps[map - 1];
}

/* Whether `path` is `prefix` or lies below it. */
static bool below(const char *path, const char *prefix, size_t length)
{
    return !strncmp(path, prefix, length) && (path[length] == '/' || path[length] == 0);
}

static bool is_virtual(const struct linux_paths *paths, const char *path)
{
    size_t length = strlen(path);
    for (int i = 0; i < paths->count; i++) {
        if (paths->maps[i].length > length && below(paths->maps[i].box, path, length))
            return true;
    }
    return length == 0;
}

/* The innermost mapping that `path` lies in, or LINUX_PLACE_VIRTUAL. */
static int mapping_of(const struct linux_paths *paths, const char *path)
{
    for (int i = 0; i < paths->count; i++) {
        if (below(path, paths->maps[i].box, paths->maps[i].length))
            return i + 1;
    }
    return LINUX_PLACE_VIRTUAL;
}

int linux_paths_map(struct linux_paths *paths, const char *box, const char *host)
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

    struct stat root, mapped;
    struct linux_mapping map = {.length = used};
    map.fd = open(host, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (map.fd < 0)
        return -errno;
    map.whole = !stat("/", &root) && !fstat(map.fd, &mapped) && root.st_dev == mapped.st_dev &&
                root.st_ino == mapped.st_ino;
    map.box = strdup(normal);
    struct linux_mapping *maps = realloc(paths->maps, (size_t)(paths->count + 1) * sizeof *maps);
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

    paths->direct = paths->count == 1 && used == 0 && map.whole;
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

int linux_place_path(const struct linux_paths *paths, const struct linux_place *place,
                     char path[PATH_MAX])
{
    if (place->map == LINUX_PLACE_VIRTUAL) {
        snprintf(path, PATH_MAX, "%s", place->box);
        return 0;
    }
    if (place->map == LINUX_PLACE_NONE)
        return -ENOTDIR;
    char file[PATH_MAX], top[PATH_MAX];
    const struct linux_mapping *map = mapping(paths, place->map);
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

bool linux_path_of_host(const struct linux_paths *paths, const char *host, char path[PATH_MAX])
{
    size_t best = 0;
    bool found = false;
    for (int i = 0; i < paths->count; i++) {
        char top[PATH_MAX];
        const struct linux_mapping *map = &paths->maps[i];
        if (host_name(map->fd, top))
            continue;
        size_t length = strcmp(top, "/") == 0 ? 0 : strlen(top);
        if (!below(host, top, length) || (found && length < best))
            continue;
        if (map->length + strlen(host + length) >= PATH_MAX)
            continue;
        snprintf(path, PATH_MAX, "%.*s%s", (int)map->length, map->box, host + length);
        if (mapping_of(paths, path) != i + 1) /* another mapping covers it */
            continue;
        best = length;
        found = true;
    }
    return found;
}

int linux_path_inherited(const struct linux_paths *paths, int fd)
{
    struct stat status;
    int root = mapping_of(paths, "");
    bool visible = !paths->restricted && root > 0 && mapping(paths, root)->whole;
    return visible && !fstat(fd, &status) && S_ISDIR(status.st_mode) ? root : LINUX_PLACE_NONE;
}

uint64_t linux_virtual_inode(const char *box)
{
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
    for (; *box; box++)
        hash = (hash ^ (unsigned char)*box) * 0x100000001b3;
    return hash >> 1 | 1; /* positive, and never 0 */
}

bool linux_virtual_entry(const struct linux_paths *paths, const char *box, size_t index,
                         char name[NAME_MAX + 1])
{
    size_t length = strlen(box);
    for (int i = 0; i < paths->count; i++) {
        const struct linux_mapping *map = &paths->maps[i];
        if (map->length <= length || !below(map->box, box, length))
            continue;
        const char *child = map->box + length + 1;
        size_t size = strcspn(child, "/");
        bool seen = size > NAME_MAX;
        for (int k = 0; k < i && !seen; k++)
            seen = below(paths->maps[k].box, map->box, length + 1 + size);
        if (seen || index-- > 0)
            continue;
        memcpy(name, child, size);
        name[size] = 0;
        return true;
    }
    return false;
}

/* linux_path_harmless(), which also says what the kernel calls a file of procfs; "" for others. */
static bool harmless(int fd, int flags, char name[PATH_MAX])
{
    struct stat file;
    struct statfs system;
    name[0] = 0;
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
    if (writes || host_name(fd, name))
        return false;
    static const char deleted[] = " (deleted)"; /* of a thread that has ended since */
    size_t length = strlen(name);
    if (length > sizeof deleted && !strcmp(name + length - (sizeof deleted - 1), deleted))
        name[length - (sizeof deleted - 1)] = 0;
    const char *last = strrchr(name, '/');
    return last && strcmp(last, "/mem") != 0 && strcmp(last, "/kcore") != 0;
}

bool linux_path_harmless(int fd, int flags)
{
    char name[PATH_MAX];
    return harmless(fd, flags, name);
}

/* What an opened file becomes before the box gets it: the same, nothing, or one that speaks of the
 * box where it would speak of the host's process. */
static int admit(const struct linux_paths *paths, int fd, int flags)
{
    char name[PATH_MAX];
    if (fd < 0)
        return fd;
    if (!harmless(fd, flags, name)) {
        close(fd);
        return -EACCES;
    }
    if (!paths->own || !name[0])
        return fd;
    struct linux_proc_name proc = linux_proc_parse(name);
    if (!proc.own || (proc.kind != LINUX_PROC_CMDLINE && proc.kind != LINUX_PROC_ENVIRON))
        return fd;
    close(fd);
    return linux_proc_list(proc.kind == LINUX_PROC_CMDLINE ? paths->own->argv : paths->own->envp);
}

/* How a path ended: in a name, or where no name can be made or removed. */
enum ending { ENDS_IN_NAME, ENDS_IN_DOT, ENDS_IN_DOTS, ENDS_AT_TOP };

/* A walk through the box, one component at a time. */
struct walk {
    const struct linux_paths *paths;
    int fd; /* the directory reached; a mapping's own descriptor, the start's, or `owned` */
    int owned;
    int map;
    unsigned steps; /* directories entered */
    enum ending ending;
    bool slash;              /* a slash follows the name */
    bool magic;              /* the name is a link of procfs that the host's kernel shall follow */
    struct linux_file *file; /* the path ended at this descriptor of the box; a reference */
    char at[PATH_MAX];       /* the directory's path in the box, in normal form */
};

static void arrive(struct walk *walk, int fd, int owned, int map)
{
    if (walk->owned >= 0)
        close(walk->owned);
    walk->fd = fd;
    walk->owned = owned;
    walk->map = map;
}

static void walk_end(struct walk *walk)
{
    arrive(walk, -1, -1, LINUX_PLACE_NONE);
    linux_file_drop(walk->file);
    walk->file = NULL;
}

/* Goes from the directory reached to a directory in it; `walk->at` is already the new path. */
static int enter(struct walk *walk, const char *name)
{
    int map = mapping_of(walk->paths, walk->at);
    if (walk->steps++ >= STEPS_MAX)
        return -ELOOP;
    if (map > 0 && mapping(walk->paths, map)->length == strlen(walk->at)) {
        arrive(walk, mapping(walk->paths, map)->fd, -1, map);
        return 0;
    }
    int fd = -ENOENT;
    if (walk->map > 0)
        fd = error_or(openat(walk->fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (fd >= 0)
        arrive(walk, fd, fd, map);
    else if (fd == -ENOENT && is_virtual(walk->paths, walk->at))
        arrive(walk, -1, -1, LINUX_PLACE_VIRTUAL);
    else
        return fd;
    return 0;
}

/* The next component of *path, "." too; its length is 0 at the end. */
static const char *any_component(const char **path, size_t *length)
{
    const char *at = *path + strspn(*path, "/");
    *length = strcspn(at, "/");
    *path = at + *length;
    return at;
}

/* Goes to a path in normal form from the top. It has no links unless someone just made one. */
static int enter_from_top(struct walk *walk, const char *path)
{
    char copy[PATH_MAX], name[NAME_MAX + 1];
    put_text(copy, path);
    walk->at[0] = 0;
    int map = mapping_of(walk->paths, "");
    arrive(walk, map > 0 ? mapping(walk->paths, map)->fd : -1, -1, map);

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
    if (walk->map <= 0)
        return -ENOENT;
    ssize_t length = readlinkat(walk->fd, name, text, PATH_MAX - 1);
    if (length < 0)
        return -errno;
    text[length] = 0;
    return length;
}

static bool is_number(const char *name)
{
    return *name && !name[strspn(name, "0123456789")];
}

/* What procfs means by `name` in the directory reached. */
static struct linux_proc_name proc_name(const struct walk *walk, const char *name)
{
    struct linux_proc_name proc = {LINUX_PROC_OTHER, false, -1};
    char path[PATH_MAX];
    if (walk->map <= 0 || !linux_proc_holds(walk->fd) || host_name(walk->fd, path))
        return proc;
    size_t used = strlen(path);
    if (used + 1 + strlen(name) >= sizeof path)
        return proc;
    path[used] = '/';
    put_text(path + used + 1, name);
    proc = linux_proc_parse(path);
    proc.own = proc.own && walk->paths->own;
    return proc;
}

/* The text of a link that speaks of the box's own process, but for LINUX_PROC_FD. */
static ssize_t own_text(const struct linux_own *own, enum linux_proc_kind kind, char text[PATH_MAX])
{
    const char *program = *own->program;
    switch (kind) {
    case LINUX_PROC_EXE:
        if (!program)
            return -ENOENT;
        snprintf(text, PATH_MAX, "%s", program);
        break;
    case LINUX_PROC_CWD: {
        int error = own->directory(own->data, text);
        if (error)
            return error;
        break;
    }
    default:
        text[0] = 0;
    }
    if (!*text)
        put_text(text, "/");
    return (ssize_t)strlen(text);
}

/* What has become of a component that may be a link. */
enum followed { IS_NAME, IS_TEXT, IS_ENTERED, IS_THE_END };

/* Enters a directory that the box has open. */
static int enter_file(struct walk *walk, const struct linux_file *file)
{
    struct linux_place place = {.fd = file->host, .map = file->map, .box = file->box};
    struct stat status;
    if (file->map == LINUX_PLACE_VIRTUAL) {
        put_text(walk->at, file->box);
        arrive(walk, -1, -1, LINUX_PLACE_VIRTUAL);
        return IS_ENTERED;
    }
    if (file->map == LINUX_PLACE_NONE || fstat(file->host, &status) || !S_ISDIR(status.st_mode))
        return -ENOTDIR;
    int error = linux_place_path(walk->paths, &place, walk->at);
    int fd = error ? error : error_or(fcntl(file->host, F_DUPFD_CLOEXEC, 3));
    if (fd < 0)
        return fd;
    arrive(walk, fd, fd, file->map);
    return IS_ENTERED;
}

/*
 * Follows a link that procfs makes up. Those of the own process lead to what the box has; those of
 * others are followed by the host's kernel where all of the host's files are visible.
 */
static int follow_proc(struct walk *walk, const struct linux_proc_name *proc, const char *name,
                       bool last, char link[PATH_MAX])
{
    const struct linux_paths *paths = walk->paths;
    if (proc->own && proc->kind == LINUX_PROC_FD) {
        struct linux_file *file = linux_fdtable_get(paths->own->files, proc->fd);
        if (!file)
            return -ENOENT;
        if (last) {
            walk->file = file;
            return IS_THE_END;
        }
        int result = enter_file(walk, file);
        linux_file_drop(file);
        return result;
    }
    if (proc->own && proc->kind != LINUX_PROC_MAGIC) {
        ssize_t length = own_text(paths->own, proc->kind, link);
        return length < 0 ? (int)length : IS_TEXT;
    }
    if (paths->restricted)
        return -EACCES;
    if (!mapping(paths, walk->map)->whole)
        return IS_TEXT;
    if (last) {
        walk->magic = true;
        return IS_THE_END;
    }
    int fd = error_or(openat(walk->fd, name, O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (fd < 0)
        return fd;
    int map = walk->map;
    arrive(walk, fd, fd, map);
    int error = host_name(fd, walk->at);
    if (error)
        return error;
    if (!strcmp(walk->at, "/"))
        walk->at[0] = 0;
    return IS_ENTERED;
}

/* Looks whether `name` in the directory reached is a link, whose text is then in `link`. */
static int follow(struct walk *walk, const char *name, bool last, char link[PATH_MAX])
{
    ssize_t length = read_link(walk, name, link);
    if (length >= 0 || is_number(name)) {
        struct linux_proc_name proc = proc_name(walk, name);
        if (proc.kind != LINUX_PROC_OTHER && (length >= 0 || proc.own))
            return follow_proc(walk, &proc, name, last, link);
    }
    return length < 0 ? IS_NAME : length == 0 ? -ENOENT : IS_TEXT;
}

/* A link to a descriptor of the box that is not followed has the host's number in the host's
 * procfs. */
static int translate_number(const struct walk *walk, char name[NAME_MAX + 1])
{
    if (!is_number(name))
        return 0;
    struct linux_proc_name proc = proc_name(walk, name);
    if (proc.kind != LINUX_PROC_FD || !proc.own)
        return 0;
    struct linux_file *file = linux_fdtable_get(walk->paths->own->files, proc.fd);
    if (!file)
        return -ENOENT;
    snprintf(name, NAME_MAX + 1, "%d", file->host);
    linux_file_drop(file);
    return 0;
}

/* When the last component is followed. */
enum last_link { LINK_STAYS, LINK_WITH_SLASH, LINK_FOLLOWED };

/*
 * Walks to the directory that holds the last component of `path`, which is left in `name`; it is
 * "." where the path ends at a directory that was already entered.
 */
static int walk_to_last(struct walk *walk, const char *path, enum last_link last_link,
                        char name[NAME_MAX + 1])
{
    char rest[PATH_MAX], link[PATH_MAX], joined[PATH_MAX];
    const char *next = rest;
    int links = 0;
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
    walk->ending = ENDS_AT_TOP;
    while (true) {
        size_t length;
        const char *at = any_component(&next, &length);
        if (length == 0)
            return 0;
        if (length > NAME_MAX)
            return -ENAMETOOLONG;
        memcpy(name, at, length);
        name[length] = 0;

        const char *peek = next;
        size_t peek_length;
        (void)any_component(&peek, &peek_length);
        bool last = peek_length == 0;
        bool slash = last && *next == '/';

        bool dots = !strcmp(name, "..");
        if (dots) {
            char *end = strrchr(walk->at, '/');
            if (end)
                *end = 0;
            put_text(joined, walk->at);
            int error = enter_from_top(walk, joined);
            if (error)
                return error;
        }
        if (dots || !strcmp(name, ".")) {
            put_text(name, ".");
            walk->ending = dots ? ENDS_IN_DOTS : ENDS_IN_DOT;
            if (last)
                return 0;
            continue;
        }

        size_t used = strlen(walk->at);
        if (used + 1 + length >= sizeof walk->at)
            return -ENAMETOOLONG;
        snprintf(joined, sizeof joined, "%.*s/%.*s", (int)used, walk->at, (int)length, name);
        int map = mapping_of(walk->paths, joined);
        bool top = map > 0 && mapping(walk->paths, map)->length == used + 1 + length;

        /* Mapping points and directories between them are no links and cannot be made or removed.
         */
        walk->slash = slash;
        walk->ending = ENDS_IN_NAME;
        if (!top &&
            (!last || last_link == LINK_FOLLOWED || (slash && last_link == LINK_WITH_SLASH))) {
            int found = follow(walk, name, last && !slash, link);
            if (found < 0 || found == IS_THE_END)
                return found < 0 ? found : 0;
            if (found != IS_NAME && ++links > LINKS_MAX)
                return -ELOOP;
            if (found == IS_TEXT) {
                size_t text = strlen(link);
                if (text + 1 + strlen(next) >= sizeof rest)
                    return -ENAMETOOLONG;
                memmove(rest + text, next, strlen(next) + 1); /* next is in rest, or after it */
                memcpy(rest, link, text);
                next = rest;
                if (rest[0] == '/') {
                    int error = enter_from_top(walk, "");
                    if (error)
                        return error;
                }
            }
            if (found != IS_NAME) {
                put_text(name, ".");
                walk->ending = ENDS_AT_TOP;
                continue;
            }
        }
        if (last && !top && !(walk->map == LINUX_PLACE_VIRTUAL && is_virtual(walk->paths, joined)))
            return translate_number(walk, name);
        put_text(walk->at, joined);
        int error = enter(walk, name);
        if (error)
            return error;
        put_text(name, ".");
        walk->ending = ENDS_AT_TOP;
    }
}

static int walk_start(struct walk *walk, const struct linux_paths *paths,
                      const struct linux_place *start, const char *path)
{
    struct stat status;
    *walk = (struct walk){.paths = paths, .fd = start->fd, .owned = -1, .map = start->map};
    if (*path == '/' || !*path)
        return 0;
    if (start->map > 0 && (fstat(start->fd, &status) || !S_ISDIR(status.st_mode)))
        return -ENOTDIR;
    return linux_place_path(paths, start, walk->at);
}

/* Opens, which may wait for the other end of a FIFO. */
static int open_waiting(const struct linux_place *start, long number, const uint64_t arg[6])
{
    if (start->thread)
        return (int)linux_wait(start->thread, number, arg);
    return error_or((int)syscall(number, arg[0], arg[1], arg[2], arg[3]));
}

static int open_at(const struct linux_place *start, int fd, const char *path, int flags,
                   mode_t mode)
{
    const uint64_t arg[6] = {(uint64_t)fd, (uint64_t)path, (uint64_t)(unsigned)flags, mode};
    return open_waiting(start, SYS_openat, arg);
}

/* openat2 refuses what openat ignores. */
static struct open_how how_of(int flags, mode_t mode, uint64_t resolve)
{
    const int known = O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK |
                      O_SYNC | O_DIRECT | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_PATH | O_TMPFILE;
    flags &= flags & O_PATH ? O_PATH | O_DIRECTORY | O_NOFOLLOW : known;
    return (struct open_how){
        .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
        .mode = flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)) ? mode & 07777 : 0,
        .resolve = resolve,
    };
}

/* Whether a path that the host's kernel did not find has to be looked up again: by its number of a
 * descriptor, or reached by a link that leads there. */
static bool may_be_own(const struct linux_paths *paths, int fd, const char *path)
{
    struct stat status;
    if (!paths->own)
        return false;
    const char *at = path;
    size_t length;
    for (const char *name = any_component(&at, &length); length; name = any_component(&at, &length))
        if (strspn(name, "0123456789") == length)
            return true;
    return paths->direct && !fstatat(fd, path, &status, AT_SYMLINK_NOFOLLOW) &&
           S_ISLNK(status.st_mode);
}

/* Whether `fd` is a link of procfs whose name has the host's number for a descriptor of the box. */
static bool is_host_number(const struct linux_paths *paths, int fd, int flags)
{
    struct stat status;
    char name[PATH_MAX];
    if (!paths->own || !(flags & O_PATH) || !(flags & O_NOFOLLOW) || fstat(fd, &status) ||
        !S_ISLNK(status.st_mode) || !linux_proc_holds(fd) || host_name(fd, name))
        return false;
    struct linux_proc_name proc = linux_proc_parse(name);
    return proc.own && proc.kind == LINUX_PROC_FD;
}

/* Lets the host's kernel resolve `path` where that cannot lead out of one mapping, nor through
 * links that procfs makes up; -EXDEV if not. */
static int open_beneath(const struct linux_paths *paths, const struct linux_place *start,
                        const char *path, int flags, mode_t mode, int *map)
{
    int fd = start->fd;
    uint64_t resolve = RESOLVE_NO_MAGICLINKS;
    *map = start->map;
    if (*path == '/') {
        *map = mapping_of(paths, path);
        if (*map > 0 && !paths->direct) {
            fd = mapping(paths, *map)->fd;
            path += mapping(paths, *map)->length;
            path += strspn(path, "/");
            if (!*path)
                path = ".";
        }
    }
    if (paths->direct && *path == '/')
        *map = 1;
    if (!paths->openat2 || *map <= 0 || mapping(paths, *map)->nested)
        return -EXDEV;
    for (const char *at = path; !paths->direct && (at = strstr(at, "..")); at += 2) {
        if ((at == path || at[-1] == '/') && (at[2] == '/' || !at[2]))
            return -EXDEV;
    }
    if (!paths->direct)
        resolve |= RESOLVE_BENEATH;
    struct open_how how = how_of(flags, mode, resolve);
    const uint64_t arg[6] = {(uint64_t)fd, (uint64_t)path, (uint64_t)&how, sizeof how};
    int result = open_waiting(start, SYS_openat2, arg);
    bool again = result == -ELOOP || result == -EAGAIN || result == -ENOSYS || result == -EPERM ||
                 (result == -ENOENT && may_be_own(paths, fd, path));
    if (result >= 0 && is_host_number(paths, result, flags)) {
        close(result);
        again = true;
    }
    return again ? -EXDEV : result;
}

/* A descriptor of the host for a directory that it does not have. */
static int open_virtual(int flags)
{
    if (!(flags & O_PATH) && ((flags & O_CREAT) || (flags & O_ACCMODE) != O_RDONLY))
        return -EISDIR;
    int fd = memfd_create("directory", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    fchmod(fd, 0);
    fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    return fd;
}

/*
 * Opens a descriptor of the box by its name in procfs. As in Linux that makes a new open file; but
 * what the box was given stays what it is, with the rights that it has.
 */
static int open_file(const struct linux_place *start, struct linux_file *file, int flags,
                     mode_t mode, struct linux_found *found)
{
    struct stat status;
    char link[32];
    found->map = file->map;
    if (file->map == LINUX_PLACE_VIRTUAL) {
        put_text(found->box, file->box);
        return open_virtual(flags);
    }
    if (fstat(file->host, &status))
        return -errno;
    if ((flags & O_DIRECTORY) && !S_ISDIR(status.st_mode))
        return -ENOTDIR;
    if (file->given && !(flags & O_PATH)) {
        int has = fcntl(file->host, F_GETFL), wants = flags & O_ACCMODE;
        if ((has & O_PATH) || ((has & O_ACCMODE) != O_RDWR && (has & O_ACCMODE) != wants))
            return -EACCES;
        if ((flags & O_TRUNC) && S_ISREG(status.st_mode))
            return -EPERM;
    }
    if (file->given || file->memory || file->signals) {
        found->given = file;
        linux_file_hold(file);
    }
    if (file->given || (flags & O_PATH))
        return error_or(fcntl(file->host, F_DUPFD_CLOEXEC, 3));
    snprintf(link, sizeof link, "/proc/self/fd/%d", file->host);
    flags &= ~(O_NOFOLLOW | O_CREAT | O_EXCL);
    return open_at(start, AT_FDCWD, link, flags | O_CLOEXEC, mode); /* O_TMPFILE makes a file */
}

static int open_walking(const struct linux_paths *paths, const struct linux_place *start,
                        const char *path, int flags, mode_t mode, struct linux_found *found)
{
    struct walk walk;
    char name[NAME_MAX + 1];
    bool create = (flags & O_CREAT) && !(flags & O_PATH);
    enum last_link link = LINK_FOLLOWED;
    if (flags & O_NOFOLLOW)
        link = LINK_WITH_SLASH;
    if (create && (flags & O_EXCL))
        link = LINK_STAYS;
    size_t length = strlen(path);
    if (create && length && path[length - 1] == '/')
        link = LINK_STAYS;
    int result = walk_start(&walk, paths, start, path);
    if (!result)
        result = walk_to_last(&walk, path, link, name);
    bool directory = walk.ending == ENDS_IN_NAME && walk.slash;
    if (!result && walk.file) {
        result = open_file(start, walk.file, flags | (directory ? O_DIRECTORY : 0), mode, found);
        walk_end(&walk);
        return result;
    }
    if (!result && directory && create)
        result = -EISDIR;
    bool virtual = walk.map == LINUX_PLACE_VIRTUAL;
    if (!result && virtual && walk.ending == ENDS_IN_NAME)
        result = -ENOENT;
    if (!result) {
        flags |= (walk.magic ? 0 : O_NOFOLLOW) | O_CLOEXEC | (directory ? O_DIRECTORY : 0);
        result = virtual ? open_virtual(flags) : open_at(start, walk.fd, name, flags, mode);
        found->map = walk.map;
        put_text(found->box, walk.at);
    }
    walk_end(&walk);
    return result;
}

int linux_path_open(const struct linux_paths *paths, const struct linux_place *start,
                    const char *path, int flags, mode_t mode, struct linux_found *found)
{
    struct linux_found unused;
    bool keep = found;
    if (!found)
        found = &unused;
    found->map = LINUX_PLACE_NONE;
    found->given = NULL;
    found->box[0] = 0;
    if (!*path)
        return -ENOENT;
    if (*path != '/' && start->map == LINUX_PLACE_NONE)
        return -ENOTDIR;
    flags |= O_NOCTTY; /* a terminal of the host's process would end it when it hangs up */
    int fd = open_beneath(paths, start, path, flags, mode, &found->map);
    if (fd == -EXDEV)
        fd = open_walking(paths, start, path, flags, mode, found);
    if (!found->given)
        fd = admit(paths, fd, flags);
    if (found->given && (fd < 0 || !keep)) {
        linux_file_drop(found->given);
        found->given = NULL;
    }
    return fd;
}

int linux_path_object(const struct linux_paths *paths, const struct linux_place *start,
                      const char *path, bool follow, struct linux_name *name)
{
    struct linux_found found;
    int fd = linux_path_open(paths, start, path, O_PATH | (follow ? 0 : O_NOFOLLOW), 0, &found);
    *name =
        (struct linux_name){.fd = fd, .owned = true, .flags = AT_EMPTY_PATH, .path = name->text};
    name->given = found.given && found.given->given;
    linux_file_drop(found.given);
    if (found.map == LINUX_PLACE_VIRTUAL)
        name->inode = linux_virtual_inode(found.box);
    return fd < 0 ? fd : 0;
}

/* The same where the host's kernel can find the directory: true if it did. */
static bool open_parent(const struct linux_paths *paths, const struct linux_place *start,
                        const char *path, struct linux_name *name)
{
    char parent[PATH_MAX];
    size_t length = strlen(path), end = length;
    int map;
    while (end && path[end - 1] == '/')
        end--;
    while (end && path[end - 1] != '/')
        end--;
    if (!length || length >= sizeof parent || path[end] == '/' || !path[end])
        return false;
    memcpy(parent, path, end);
    put_text(parent + end, end ? "" : ".");
    int fd = open_beneath(paths, start, parent, O_PATH | O_DIRECTORY, 0, &map);
    if (fd < 0)
        return false;
    *name = (struct linux_name){.fd = fd, .owned = true, .path = path + end};
    return true;
}

int linux_path_entry(const struct linux_paths *paths, const struct linux_place *start,
                     const char *path, bool make, struct linux_name *name)
{
    *name = (struct linux_name){.path = name->text};
    if (*path && *path != '/' && start->map == LINUX_PLACE_NONE)
        return -ENOTDIR;
    if (open_parent(paths, start, path, name))
        return 0;
    struct walk walk;
    int error = walk_start(&walk, paths, start, path);
    if (!error)
        error = walk_to_last(&walk, path, LINK_STAYS, name->text);
    if (!error && walk.map == LINUX_PLACE_VIRTUAL && walk.ending == ENDS_IN_NAME)
        error = make ? -EACCES : -ENOENT;
    if (error) {
        walk_end(&walk);
        return error;
    }
    /* Which of the host's directories "." and ".." are looked up in makes no difference: all calls
     * refuse them unseen. */
    name->fd = walk.map == LINUX_PLACE_VIRTUAL ? AT_FDCWD : walk.fd;
    name->owned = walk.owned >= 0;
    name->top = walk.ending == ENDS_AT_TOP;
    if (walk.ending == ENDS_IN_DOTS)
        put_text(name->text, "..");
    if (walk.ending == ENDS_IN_NAME && walk.slash)
        put_text(name->text + strlen(name->text), "/");
    return 0;
}

/* The text of the link that is open as `fd`. */
static ssize_t open_link_text(const struct linux_paths *paths, int fd, char text[PATH_MAX])
{
    char name[PATH_MAX];
    ssize_t length = readlinkat(fd, "", text, PATH_MAX - 1);
    if (length < 0)
        return -errno;
    text[length] = 0;
    if (!linux_proc_holds(fd) || host_name(fd, name))
        return length;
    struct linux_proc_name proc = linux_proc_parse(name);
    if (proc.kind == LINUX_PROC_OTHER || !paths->own)
        return length;
    if (!proc.own || proc.kind == LINUX_PROC_MAGIC)
        return paths->restricted ? -EACCES : length;
    if (proc.kind != LINUX_PROC_FD)
        return own_text(paths->own, proc.kind, text);
    struct linux_file *file = linux_fdtable_find(paths->own->files, proc.fd);
    if (!file)
        return -ENOENT;
    struct linux_place place = {.fd = file->host, .map = file->map, .box = file->box};
    if (file->map != LINUX_PLACE_NONE) {
        int error = linux_place_path(paths, &place, text);
        length = error ? error : (ssize_t)strlen(text);
        if (length == 0)
            length = snprintf(text, PATH_MAX, "/");
    } else if (paths->restricted && text[0] == '/' && file->given) {
        length = snprintf(text, PATH_MAX, "host:[%d]", proc.fd);
    }
    linux_file_drop(file);
    return length;
}

ssize_t linux_path_readlink(const struct linux_paths *paths, const struct linux_place *start,
                            const char *path, char text[PATH_MAX])
{
    if (!*path)
        return start->map == LINUX_PLACE_VIRTUAL ? -ENOENT : open_link_text(paths, start->fd, text);
    struct linux_found found;
    int fd = linux_path_open(paths, start, path, O_PATH | O_NOFOLLOW, 0, &found);
    linux_file_drop(found.given);
    if (fd < 0)
        return fd;
    ssize_t length = open_link_text(paths, fd, text);
    close(fd);
    return length == -ENOENT ? -EINVAL : length; /* what readlinkat says of an O_PATH descriptor */
}

void linux_name_close(struct linux_name *name)
{
    if (name->owned)
        close(name->fd);
    name->owned = false;
}
