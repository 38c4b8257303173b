// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The file descriptors of a box. Thread safe.
 *
 * The box counts its own descriptors; each names a file, which holds a descriptor of the host.
 * Whoever uses a file holds a reference, so that a close in another thread cannot hand the host's
 * number to a file that the box was never given.
 */
#ifndef LFI_LINUX_FDTABLE_H
#define LFI_LINUX_FDTABLE_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <lfi/lfi.h>

#include "paths.h"

#define LINUX_FILES_MAX 1024 /* descriptors of one box, at most */

struct linux_fdtable;
struct linux_memfd;    /* memfd.c */
struct linux_signalfd; /* signalfd.c */

/*
 * An open file of the host that a restricted box was given, and that it must not change. Duplicates
 * share it, as they share the open file. Whether reads and writes wait is the box's own affair:
 * O_NONBLOCK of the open file, which others use, stays as it is.
 */
struct linux_given {
    atomic_uint references;
    atomic_bool nonblocking;
    bool waits; /* reads and writes may have to wait: no regular file */
};

struct linux_file {
    atomic_uint references;
    int host;   /* descriptor of the host */
    bool owned; /* host is closed with the last reference */
    int map;    /* LINUX_PLACE_NONE unless it is a place where paths start: struct linux_place */
    char *box;
    struct linux_memfd *memory;     /* for a memfd, else NULL; owned */
    struct linux_signalfd *signals; /* for a signalfd, likewise */
    struct linux_fdtable *table;    /* that counts it, or NULL */
    struct linux_given *given;      /* NULL: the box may change it */
};

struct linux_fdtable {
    atomic_int lock;  /* 0: free, 1: taken, 2: and others may wait; the light way tries it */
    int limit;        /* numbers are below it, */
    atomic_int soft;  /* and new ones below this */
    int host_bound;   /* so are the host's numbers of owned files */
    int spare;        /* files that may still be in use after a close, beyond `limit` */
    atomic_int files; /* owned ones that the box ever got and that are still open */
    sem_t openers;    /* linux_fdtable_begin() */
    int lowest;       /* no free slot is below */
    struct linux_file *slots[LINUX_FILES_MAX];
    bool close_on_exec[LINUX_FILES_MAX];
};

void linux_fdtable_init(struct linux_fdtable *table);

/*
 * Before use: numbers below `limit`; no host descriptor that is owned and not below `host_bound`;
 * at most `openers` calls between linux_fdtable_begin() and _end(). At first: LINUX_FILES_MAX,
 * any, 32.
 */
void linux_fdtable_limit(struct linux_fdtable *table, int limit, int host_bound, unsigned openers);

/* From now on new numbers are below `soft`, which is `limit` at first. */
void linux_fdtable_lower(struct linux_fdtable *table, int soft);

/*
 * Around what opens descriptors of the host: while it is under way nobody else counts them. Waits
 * for its turn. False: not within a second (the others wait for the other end of a FIFO), or *stop.
 */
bool linux_fdtable_begin(struct linux_fdtable *table, const atomic_bool *stop);
void linux_fdtable_end(struct linux_fdtable *table);
void linux_fdtable_free(struct linux_fdtable *table);

/* A file with one reference. Takes over `host` if `owned`, also where it fails (NULL: out of
 * memory). */
struct linux_file *linux_file_new(int host, bool owned, const struct linux_found *found);
/* A second file for the same open file: `host` is a duplicate of its descriptor, and is taken over.
 */
struct linux_file *linux_file_duplicate(const struct linux_file *file, int host);
/* From now on the box must not change the file: false if out of memory. */
bool linux_file_give(struct linux_file *file);
void linux_file_hold(struct linux_file *file);
void linux_file_drop(struct linux_file *file); /* may be NULL */

/* The file that `fd` names, with a reference for the caller, or NULL. */
struct linux_file *linux_fdtable_get(struct linux_fdtable *table, int fd);

/* The same with general registers only: false if the table is in use. Without a reference, while
 * no other thread uses the table. And linux_file_drop(): false if it is the last reference, which
 * is kept. */
bool linux_fdtable_try(struct linux_fdtable *table, int fd, struct linux_file **file);
LFI_LIGHT static inline struct linux_file *linux_fdtable_peek(const struct linux_fdtable *table,
                                                              int fd)
{
    return fd >= 0 && fd < table->limit ? table->slots[fd] : NULL;
}
bool linux_file_try_drop(struct linux_file *file);

/* The file that has the host's descriptor `host`, likewise. */
struct linux_file *linux_fdtable_find(struct linux_fdtable *table, int host);

/*
 * Gives `file` (the caller's reference goes over, also on failure; NULL is -ENOMEM) the lowest free
 * number from `from` on. Returns it or -EMFILE or -EINVAL.
 */
int linux_fdtable_add(struct linux_fdtable *table, struct linux_file *file, int from,
                      bool close_on_exec);

/* The same with the number `fd`, whose file is replaced. Returns fd or -EBADF or -EMFILE. */
int linux_fdtable_put(struct linux_fdtable *table, struct linux_file *file, int fd,
                      bool close_on_exec);

/* Closes `fd`: 0 or -EBADF. */
int linux_fdtable_close(struct linux_fdtable *table, int fd);

/* The files by their numbers, as they were: linux_fdtable_keep() holds them, _restore() makes the
 * table like that again, _forget() lets go of them. */
struct linux_kept_files {
    struct linux_file *slots[LINUX_FILES_MAX];
    bool close_on_exec[LINUX_FILES_MAX];
    bool memory; /* one of them is a memfd */
};
void linux_fdtable_keep(struct linux_fdtable *table, struct linux_kept_files *kept);
void linux_fdtable_restore(struct linux_fdtable *table, const struct linux_kept_files *kept);
void linux_fdtable_forget(struct linux_kept_files *kept);

/* FD_CLOEXEC: it has no effect, since nothing executes; -EBADF or the flag. `set` < 0 only asks. */
int linux_fdtable_close_on_exec(struct linux_fdtable *table, int fd, int set);

#endif
