// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The descriptor table of a box: numbers, files and their references. */
#include "fdtable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "process.h"

void lfi_fdtable_init(struct lfi_fdtable *table)
{
    memset(table, 0, sizeof *table);
    pthread_mutex_init(&table->lock, NULL);
    sem_init(&table->openers, 0, 0);
    lfi_fdtable_limit(table, LFI_FILES_MAX, INT_MAX, 32);
}

void lfi_fdtable_limit(struct lfi_fdtable *table, int limit, int host_bound, unsigned openers)
{
    table->limit = limit;
    table->host_bound = host_bound;
    table->spare = (int)openers;
    sem_destroy(&table->openers);
    sem_init(&table->openers, 0, openers);
}

bool lfi_fdtable_begin(struct lfi_fdtable *table, const atomic_bool *stop)
{
    struct timespec until;
    if (!sem_trywait(&table->openers))
        return true;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    while (!atomic_load(stop)) {
        if (!sem_timedwait(&table->openers, &until))
            return true;
        if (errno != EINTR)
            return false;
    }
    return false;
}

void lfi_fdtable_end(struct lfi_fdtable *table)
{
    sem_post(&table->openers);
}

void lfi_fdtable_free(struct lfi_fdtable *table)
{
    for (int fd = 0; fd < LFI_FILES_MAX; fd++) {
        lfi_file_drop(table->slots[fd]);
        table->slots[fd] = NULL;
    }
    pthread_mutex_destroy(&table->lock);
    sem_destroy(&table->openers);
}

struct lfi_file *lfi_file_new(int host, bool owned, const struct lfi_found *found)
{
    struct lfi_file *file = malloc(sizeof *file);
    if (!file) {
        if (owned)
            close(host);
        return NULL;
    }
    *file = (struct lfi_file){.host = host, .owned = owned};
    atomic_init(&file->references, 1);
    if (found) {
        file->map = found->map;
        if (found->map == LFI_PLACE_VIRTUAL && !(file->box = strdup(found->box))) {
            lfi_file_drop(file);
            return NULL;
        }
    }
    return file;
}

struct lfi_file *lfi_file_duplicate(const struct lfi_file *file, int host)
{
    struct lfi_file *copy = lfi_file_new(host, true, NULL);
    if (!copy)
        return NULL;
    copy->map = file->map;
    if (file->box && !(copy->box = strdup(file->box))) {
        lfi_file_drop(copy);
        return NULL;
    }
    copy->memory = lfi_memfd_hold(file->memory);
    copy->given = file->given;
    if (copy->given)
        atomic_fetch_add_explicit(&copy->given->references, 1, memory_order_relaxed);
    return copy;
}

bool lfi_file_give(struct lfi_file *file)
{
    struct stat status;
    int flags = fcntl(file->host, F_GETFL);
    file->given = malloc(sizeof *file->given);
    if (!file->given)
        return false;
    atomic_init(&file->given->references, 1);
    atomic_init(&file->given->nonblocking, flags >= 0 && (flags & O_NONBLOCK));
    file->given->waits = !fstat(file->host, &status) && !S_ISREG(status.st_mode);
    return true;
}

void lfi_file_hold(struct lfi_file *file)
{
    atomic_fetch_add_explicit(&file->references, 1, memory_order_relaxed);
}

void lfi_file_drop(struct lfi_file *file)
{
    if (!file || atomic_fetch_sub_explicit(&file->references, 1, memory_order_acq_rel) != 1)
        return;
    if (file->owned)
        close(file->host);
    if (file->table)
        atomic_fetch_sub(&file->table->files, 1);
    lfi_memfd_drop(file->memory);
    struct lfi_given *given = file->given;
    if (given && atomic_fetch_sub_explicit(&given->references, 1, memory_order_acq_rel) == 1)
        free(given);
    free(file->box);
    free(file);
}

static bool in_range(const struct lfi_fdtable *table, int fd)
{
    return fd >= 0 && fd < table->limit;
}

/* Whether the host can spare the descriptor of a file that the box is to get. */
static bool count_file(struct lfi_fdtable *table, struct lfi_file *file)
{
    if (!file || !file->owned)
        return true;
    if (file->host >= table->host_bound ||
        atomic_fetch_add(&table->files, 1) >= table->limit + table->spare) {
        if (file->host < table->host_bound)
            atomic_fetch_sub(&table->files, 1);
        return false;
    }
    file->table = table;
    return true;
}

struct lfi_file *lfi_fdtable_get(struct lfi_fdtable *table, int fd)
{
    if (!in_range(table, fd))
        return NULL;
    pthread_mutex_lock(&table->lock);
    struct lfi_file *file = table->slots[fd];
    if (file)
        lfi_file_hold(file);
    pthread_mutex_unlock(&table->lock);
    return file;
}

struct lfi_file *lfi_fdtable_find(struct lfi_fdtable *table, int host)
{
    struct lfi_file *file = NULL;
    pthread_mutex_lock(&table->lock);
    for (int fd = 0; fd < LFI_FILES_MAX && !file; fd++) {
        if (table->slots[fd] && table->slots[fd]->host == host)
            file = table->slots[fd];
    }
    if (file)
        lfi_file_hold(file);
    pthread_mutex_unlock(&table->lock);
    return file;
}

int lfi_fdtable_add(struct lfi_fdtable *table, struct lfi_file *file, int from, bool close_on_exec)
{
    if (!file)
        return -ENOMEM;
    if (!in_range(table, from)) {
        lfi_file_drop(file);
        return -EINVAL;
    }
    if (!count_file(table, file)) {
        lfi_file_drop(file);
        return -EMFILE;
    }
    pthread_mutex_lock(&table->lock);
    int fd = from > table->lowest ? from : table->lowest;
    while (fd < table->limit && table->slots[fd])
        fd++;
    if (fd < table->limit) {
        table->slots[fd] = file;
        table->close_on_exec[fd] = close_on_exec;
        if (from <= table->lowest)
            table->lowest = fd + 1;
    }
    pthread_mutex_unlock(&table->lock);
    if (fd < table->limit)
        return fd;
    lfi_file_drop(file);
    return -EMFILE;
}

/* Puts `file` (or NULL) into a slot and returns what was there. */
static struct lfi_file *exchange(struct lfi_fdtable *table, struct lfi_file *file, int fd,
                                 bool close_on_exec)
{
    pthread_mutex_lock(&table->lock);
    struct lfi_file *old = table->slots[fd];
    table->slots[fd] = file;
    table->close_on_exec[fd] = close_on_exec;
    if (!file && fd < table->lowest)
        table->lowest = fd;
    pthread_mutex_unlock(&table->lock);
    return old;
}

int lfi_fdtable_put(struct lfi_fdtable *table, struct lfi_file *file, int fd, bool close_on_exec)
{
    if (!in_range(table, fd)) {
        lfi_file_drop(file);
        return -EBADF;
    }
    if (!count_file(table, file)) {
        lfi_file_drop(file);
        return -EMFILE;
    }
    lfi_file_drop(exchange(table, file, fd, close_on_exec));
    return fd;
}

int lfi_fdtable_close(struct lfi_fdtable *table, int fd)
{
    struct lfi_file *old = in_range(table, fd) ? exchange(table, NULL, fd, false) : NULL;
    lfi_file_drop(old);
    return old ? 0 : -EBADF;
}

int lfi_fdtable_close_on_exec(struct lfi_fdtable *table, int fd, int set)
{
    int result = -EBADF;
    if (!in_range(table, fd))
        return result;
    pthread_mutex_lock(&table->lock);
    if (table->slots[fd]) {
        if (set >= 0)
            table->close_on_exec[fd] = set != 0;
        result = table->close_on_exec[fd];
    }
    pthread_mutex_unlock(&table->lock);
    return result;
}
