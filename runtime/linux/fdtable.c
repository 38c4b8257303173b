// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The descriptor table of a box: numbers, files and their references. */
#include "fdtable.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "call.h"
#include "process.h"

/* A lock as in Drepper's "Futexes Are Tricky": libc's may use any register. */
LFI_LIGHT static bool try_lock(struct linux_fdtable *table)
{
    int free = 0;
    return atomic_compare_exchange_strong_explicit(&table->lock, &free, 1, memory_order_acquire,
                                                   memory_order_relaxed);
}

static void lock(struct linux_fdtable *table)
{
    if (try_lock(table))
        return;
    while (atomic_exchange_explicit(&table->lock, 2, memory_order_acquire))
        host(SYS_futex, &table->lock, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
}

LFI_LIGHT static void unlock(struct linux_fdtable *table)
{
    const uint64_t wake[6] = {(uint64_t)&table->lock, FUTEX_WAKE_PRIVATE, 1};
    if (atomic_exchange_explicit(&table->lock, 0, memory_order_release) == 2)
        linux_arch_call(SYS_futex, wake);
}

void linux_fdtable_init(struct linux_fdtable *table)
{
    memset(table, 0, sizeof *table);
    sem_init(&table->openers, 0, 0);
    linux_fdtable_limit(table, LINUX_FILES_MAX, INT_MAX, 32);
}

void linux_fdtable_limit(struct linux_fdtable *table, int limit, int host_bound, unsigned openers)
{
    table->limit = limit;
    table->soft = limit;
    table->host_bound = host_bound;
    table->spare = (int)openers;
    sem_destroy(&table->openers);
    sem_init(&table->openers, 0, openers);
}

void linux_fdtable_lower(struct linux_fdtable *table, int soft)
{
    table->soft = soft < table->limit ? soft : table->limit;
}

bool linux_fdtable_begin(struct linux_fdtable *table, const atomic_bool *stop)
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

void linux_fdtable_end(struct linux_fdtable *table)
{
    sem_post(&table->openers);
}

void linux_fdtable_free(struct linux_fdtable *table)
{
    for (int fd = 0; fd < LINUX_FILES_MAX; fd++) {
        linux_file_drop(table->slots[fd]);
        table->slots[fd] = NULL;
    }
    sem_destroy(&table->openers);
}

struct linux_file *linux_file_new(int host, bool owned, const struct linux_found *found)
{
    struct linux_file *file = malloc(sizeof *file);
    if (!file) {
        if (owned)
            close(host);
        return NULL;
    }
    *file = (struct linux_file){.host = host, .owned = owned};
    atomic_init(&file->references, 1);
    if (found) {
        file->map = found->map;
        if (found->map == LINUX_PLACE_VIRTUAL && !(file->box = strdup(found->box))) {
            linux_file_drop(file);
            return NULL;
        }
    }
    return file;
}

struct linux_file *linux_file_duplicate(const struct linux_file *file, int host)
{
    struct linux_file *copy = linux_file_new(host, true, NULL);
    if (!copy)
        return NULL;
    copy->map = file->map;
    if (file->box && !(copy->box = strdup(file->box))) {
        linux_file_drop(copy);
        return NULL;
    }
    copy->memory = linux_memfd_hold(file->memory);
    copy->signals = linux_signalfd_hold(file->signals);
    copy->given = file->given;
    if (copy->given)
        atomic_fetch_add_explicit(&copy->given->references, 1, memory_order_relaxed);
    return copy;
}

bool linux_file_give(struct linux_file *file)
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

LFI_LIGHT void linux_file_hold(struct linux_file *file)
{
    atomic_fetch_add_explicit(&file->references, 1, memory_order_relaxed);
}

LFI_LIGHT bool linux_file_try_drop(struct linux_file *file)
{
    unsigned count = atomic_load_explicit(&file->references, memory_order_relaxed);
    while (count > 1) {
        if (atomic_compare_exchange_weak_explicit(&file->references, &count, count - 1,
                                                  memory_order_release, memory_order_relaxed))
            return true;
    }
    return false;
}

void linux_file_drop(struct linux_file *file)
{
    if (!file || atomic_fetch_sub_explicit(&file->references, 1, memory_order_acq_rel) != 1)
        return;
    if (file->owned)
        close(file->host);
    if (file->table)
        atomic_fetch_sub(&file->table->files, 1);
    linux_memfd_drop(file->memory);
    linux_signalfd_drop(file->signals);
    struct linux_given *given = file->given;
    if (given && atomic_fetch_sub_explicit(&given->references, 1, memory_order_acq_rel) == 1)
        free(given);
    free(file->box);
    free(file);
}

LFI_LIGHT static bool in_range(const struct linux_fdtable *table, int fd)
{
    return fd >= 0 && fd < table->limit;
}

/* Whether the host can spare the descriptor of a file that the box is to get. */
static bool count_file(struct linux_fdtable *table, struct linux_file *file)
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

struct linux_file *linux_fdtable_get(struct linux_fdtable *table, int fd)
{
    if (!in_range(table, fd))
        return NULL;
    lock(table);
    struct linux_file *file = table->slots[fd];
    if (file)
        linux_file_hold(file);
    unlock(table);
    return file;
}

LFI_LIGHT bool linux_fdtable_try(struct linux_fdtable *table, int fd, struct linux_file **file)
{
    *file = NULL;
    if (!in_range(table, fd))
        return true;
    if (!try_lock(table))
        return false;
    *file = table->slots[fd];
    if (*file)
        linux_file_hold(*file);
    unlock(table);
    return true;
}

struct linux_file *linux_fdtable_find(struct linux_fdtable *table, int host)
{
    struct linux_file *file = NULL;
    lock(table);
    for (int fd = 0; fd < LINUX_FILES_MAX && !file; fd++) {
        if (table->slots[fd] && table->slots[fd]->host == host)
            file = table->slots[fd];
    }
    if (file)
        linux_file_hold(file);
    unlock(table);
    return file;
}

int linux_fdtable_add(struct linux_fdtable *table, struct linux_file *file, int from,
                      bool close_on_exec)
{
    if (!file)
        return -ENOMEM;
    int limit = atomic_load_explicit(&table->soft, memory_order_relaxed);
    if (from < 0 || (from && from >= limit)) {
        linux_file_drop(file);
        return -EINVAL;
    }
    if (!count_file(table, file)) {
        linux_file_drop(file);
        return -EMFILE;
    }
    lock(table);
    int fd = from > table->lowest ? from : table->lowest;
    while (fd < limit && table->slots[fd])
        fd++;
    if (fd < limit) {
        table->slots[fd] = file;
        table->close_on_exec[fd] = close_on_exec;
        if (from <= table->lowest)
            table->lowest = fd + 1;
    }
    unlock(table);
    if (fd < limit)
        return fd;
    linux_file_drop(file);
    return -EMFILE;
}

/* Puts `file` (or NULL) into a slot and returns what was there. */
static struct linux_file *exchange(struct linux_fdtable *table, struct linux_file *file, int fd,
                                   bool close_on_exec)
{
    lock(table);
    struct linux_file *old = table->slots[fd];
    table->slots[fd] = file;
    table->close_on_exec[fd] = close_on_exec;
    if (!file && fd < table->lowest)
        table->lowest = fd;
    unlock(table);
    return old;
}

int linux_fdtable_put(struct linux_fdtable *table, struct linux_file *file, int fd,
                      bool close_on_exec)
{
    if (fd < 0 || fd >= atomic_load_explicit(&table->soft, memory_order_relaxed)) {
        linux_file_drop(file);
        return -EBADF;
    }
    if (!count_file(table, file)) {
        linux_file_drop(file);
        return -EMFILE;
    }
    linux_file_drop(exchange(table, file, fd, close_on_exec));
    return fd;
}

int linux_fdtable_close(struct linux_fdtable *table, int fd)
{
    struct linux_file *old = in_range(table, fd) ? exchange(table, NULL, fd, false) : NULL;
    linux_file_drop(old);
    return old ? 0 : -EBADF;
}

int linux_fdtable_close_on_exec(struct linux_fdtable *table, int fd, int set)
{
    int result = -EBADF;
    if (!in_range(table, fd))
        return result;
    lock(table);
    if (table->slots[fd]) {
        if (set >= 0)
            table->close_on_exec[fd] = set != 0;
        result = table->close_on_exec[fd];
    }
    unlock(table);
    return result;
}

void linux_fdtable_keep(struct linux_fdtable *table, struct linux_kept_files *kept)
{
    lock(table);
    memcpy(kept->slots, table->slots, sizeof kept->slots);
    memcpy(kept->close_on_exec, table->close_on_exec, sizeof kept->close_on_exec);
    kept->memory = false;
    for (int fd = 0; fd < LINUX_FILES_MAX; fd++) {
        if (!kept->slots[fd])
            continue;
        linux_file_hold(kept->slots[fd]);
        kept->memory |= kept->slots[fd]->memory != NULL;
    }
    unlock(table);
}

void linux_fdtable_restore(struct linux_fdtable *table, const struct linux_kept_files *kept)
{
    for (int fd = 0; fd < LINUX_FILES_MAX; fd++) {
        lock(table);
        struct linux_file *old = table->slots[fd], *file = kept->slots[fd];
        if (old != file && file)
            linux_file_hold(file);
        table->slots[fd] = file;
        table->close_on_exec[fd] = kept->close_on_exec[fd];
        table->lowest = 0;
        unlock(table);
        if (old != file)
            linux_file_drop(old);
    }
}

void linux_fdtable_forget(struct linux_kept_files *kept)
{
    for (int fd = 0; fd < LINUX_FILES_MAX; fd++)
        linux_file_drop(kept->slots[fd]);
}
