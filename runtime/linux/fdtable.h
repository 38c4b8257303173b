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

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "paths.h"

#define LFI_FILES_MAX 1024 /* descriptors of one box, at most */

struct lfi_fdtable;
struct lfi_memfd; /* memfd.c */

/*
 * An open file of the host that a restricted box was given, and that it must not change. Duplicates
 * share it, as they share the open file. Whether reads and writes wait is the box's own affair:
 * O_NONBLOCK of the open file, which others use, stays as it is.
 */
struct lfi_given {
    atomic_uint references;
    atomic_bool nonblocking;
    bool waits; /* reads and writes may have to wait: no regular file */
};

struct lfi_file {
    atomic_uint references;
    int host;   /* descriptor of the host */
    bool owned; /* host is closed with the last reference */
    int map;    /* LFI_PLACE_NONE unless it is a place where paths start: struct lfi_place */
    char *box;
    struct lfi_memfd *memory;  /* for a memfd, else NULL; owned */
    struct lfi_fdtable *table; /* that counts it, or NULL */
    struct lfi_given *given;   /* NULL: the box may change it */
};

struct lfi_fdtable {
    pthread_mutex_t lock;
    int limit;        /* numbers are below it */
    int host_bound;   /* so are the host's numbers of owned files */
    int spare;        /* files that may still be in use after a close, beyond `limit` */
    atomic_int files; /* owned ones that the box ever got and that are still open */
    sem_t openers;    /* lfi_fdtable_begin() */
    int lowest;       /* no free slot is below */
    struct lfi_file *slots[LFI_FILES_MAX];
    bool close_on_exec[LFI_FILES_MAX];
};

void lfi_fdtable_init(struct lfi_fdtable *table);

/*
 * Before use: numbers below `limit`; no host descriptor that is owned and not below `host_bound`;
 * at most `openers` calls between lfi_fdtable_begin() and _end(). At first: LFI_FILES_MAX, any, 32.
 */
void lfi_fdtable_limit(struct lfi_fdtable *table, int limit, int host_bound, unsigned openers);

/*
 * Around what opens descriptors of the host: while it is under way nobody else counts them. Waits
 * for its turn. False: not within a second (the others wait for the other end of a FIFO), or *stop.
 */
bool lfi_fdtable_begin(struct lfi_fdtable *table, const atomic_bool *stop);
void lfi_fdtable_end(struct lfi_fdtable *table);
void lfi_fdtable_free(struct lfi_fdtable *table);

/* A file with one reference. Takes over `host` if `owned`, also where it fails (NULL: out of
 * memory). */
struct lfi_file *lfi_file_new(int host, bool owned, const struct lfi_found *found);
/* A second file for the same open file: `host` is a duplicate of its descriptor, and is taken over.
 */
struct lfi_file *lfi_file_duplicate(const struct lfi_file *file, int host);
/* From now on the box must not change the file: false if out of memory. */
bool lfi_file_give(struct lfi_file *file);
void lfi_file_hold(struct lfi_file *file);
void lfi_file_drop(struct lfi_file *file); /* may be NULL */

/* The file that `fd` names, with a reference for the caller, or NULL. */
struct lfi_file *lfi_fdtable_get(struct lfi_fdtable *table, int fd);

/* The file that has the host's descriptor `host`, likewise. */
struct lfi_file *lfi_fdtable_find(struct lfi_fdtable *table, int host);

/*
 * Gives `file` (the caller's reference goes over, also on failure; NULL is -ENOMEM) the lowest free
 * number from `from` on. Returns it or -EMFILE or -EINVAL.
 */
int lfi_fdtable_add(struct lfi_fdtable *table, struct lfi_file *file, int from, bool close_on_exec);

/* The same with the number `fd`, whose file is replaced. Returns fd or -EBADF or -EMFILE. */
int lfi_fdtable_put(struct lfi_fdtable *table, struct lfi_file *file, int fd, bool close_on_exec);

/* Closes `fd`: 0 or -EBADF. */
int lfi_fdtable_close(struct lfi_fdtable *table, int fd);

/* FD_CLOEXEC: it has no effect, since nothing executes; -EBADF or the flag. `set` < 0 only asks. */
int lfi_fdtable_close_on_exec(struct lfi_fdtable *table, int fd, int set);

#endif
