// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * From the paths of the box to the files of the host.
 *
 * A mapping makes a directory of the host visible at an absolute path of the box. Nothing else of
 * the host is visible, and nothing that the program or anybody else does to the files below it
 * (symbolic links, `..`, renames while we look) leads out of it: the host's kernel resolves paths
 * only where it confines them itself (openat2 with RESOLVE_BENEATH), and otherwise one component at
 * a time without following links, whose text is then resolved as a path of the box.
 *
 * Functions return a host file descriptor or 0, or a negative errno value. Thread safe once the
 * mappings are added.
 */
#ifndef LFI_LINUX_PATHS_H
#define LFI_LINUX_PATHS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct linux_file;
struct linux_own;

struct linux_mapping {
    char *box;     /* absolute, normal form; "" is the root */
    size_t length; /* of box */
    int fd;        /* O_PATH descriptor of the host's directory */
    bool nested;   /* another mapping lies below this one */
    bool whole;    /* it is the host's root directory */
};

struct linux_paths {
    struct linux_mapping *maps; /* longer paths first */
    int count;
    bool direct;     /* the whole file system of the host, as the host's kernel resolves it */
    bool openat2;    /* the host has it */
    bool restricted; /* no path of the host is shown */
    const struct linux_own *own; /* for names of the own process; NULL: the host's */
};

/*
 * What kind of place an open file is. A number above 0 is that of its mapping, from 1 on. Zero,
 * which a file is unless somebody says otherwise, is no directory: no path starts there.
 * LINUX_PLACE_VIRTUAL is a directory that is in no mapping, but on the way to one: the host does
 * not have it, and its descriptor is one of a sealed, empty file of memory, where the host's kernel
 * finds nothing.
 */
#define LINUX_PLACE_NONE    0
#define LINUX_PLACE_VIRTUAL (-1)

/* Where a relative path starts. */
struct linux_place {
    int fd;
    int map;
    const char *box;       /* with LINUX_PLACE_VIRTUAL: its path, in normal form */
    bool given;            /* the host's file, which the box must not change */
    struct thread *thread; /* that a signal wakes where it waits for the other end of a FIFO */
};

void linux_paths_init(struct linux_paths *paths);
void linux_paths_free(struct linux_paths *paths);

/*
 * Makes the host's directory `host` visible at `box`, an absolute path. Replaces an earlier mapping
 * of the same path. A mapping of "/" to "/" alone is resolved by the host's kernel as it would
 * natively.
 */
int linux_paths_map(struct linux_paths *paths, const char *box, const char *host);

/* The place that the host's open file `fd` is for a box that got it from the host:
 * LINUX_PLACE_NONE, but where all files of the host are visible. */
int linux_path_inherited(const struct linux_paths *paths, int fd);

/* What was found. */
struct linux_found {
    int map;
    struct linux_file *given; /* a file that the box was given, or a memfd or signalfd of its own,
                               by its name in procfs, with a reference for the caller; or NULL */
    char box[PATH_MAX];       /* with LINUX_PLACE_VIRTUAL: the path in the box */
};

/*
 * Opens a file: `flags` and `mode` as in openat. The caller owns the descriptor. Files that would
 * give access to the host's memory are refused with -EACCES (see linux_path_harmless). `found` may
 * be NULL.
 */
int linux_path_open(const struct linux_paths *paths, const struct linux_place *start,
                    const char *path, int flags, mode_t mode, struct linux_found *found);

/* An object that a host call of the *at() family is to name. */
struct linux_name {
    int fd;
    bool owned;       /* fd is closed by linux_name_close() */
    bool given;       /* the host's file, which the box must not change */
    bool top;         /* an entry: a directory of the box that cannot be removed */
    uint64_t inode;   /* of a directory that the host does not have, else 0 */
    int flags;        /* to be passed to the call: AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW */
    const char *path; /* into text, or the path that was given */
    char text[NAME_MAX + 2];
};

/* An existing object; `follow` says whether a link at the end is followed. */
int linux_path_object(const struct linux_paths *paths, const struct linux_place *start,
                      const char *path, bool follow, struct linux_name *name);

/*
 * The last component of a path, to be made (`make`), removed or renamed by a call that does not
 * follow links. A slash at its end stays, so that the host's kernel judges it; "." and ".." stay,
 * too, which such calls only refuse.
 */
int linux_path_entry(const struct linux_paths *paths, const struct linux_place *start,
                     const char *path, bool make, struct linux_name *name);

/* The text of a symbolic link, as the box is to see it; with an empty path of the open link
 * `start`. Returns its length. */
ssize_t linux_path_readlink(const struct linux_paths *paths, const struct linux_place *start,
                            const char *path, char text[PATH_MAX]);

/* Where the box sees the host's file `host`, a path, or false. */
bool linux_path_of_host(const struct linux_paths *paths, const char *host, char path[PATH_MAX]);

/* For directories that the host does not have: their number, and the name of entry `index` (from
 * 0), or false. */
uint64_t linux_virtual_inode(const char *box);
bool linux_virtual_entry(const struct linux_paths *paths, const char *box, size_t index,
                         char name[NAME_MAX + 1]);

void linux_name_close(struct linux_name *name);

/* The path in the box of the directory `place`, for getcwd: 0 or a negative errno value. */
int linux_place_path(const struct linux_paths *paths, const struct linux_place *place,
                     char path[PATH_MAX]);

/*
 * Whether an open file is fit for a box. These are not: in procfs, sysfs, debugfs and tracefs,
 * wherever they are mounted, files open for writing; in procfs files named `mem` or `kcore`; the
 * devices mem, kmem and port. They reach the memory of the host process, past all page protections.
 */
bool linux_path_harmless(int fd, int flags);

#endif
