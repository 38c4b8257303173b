// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * In the box, beside sqlite: its VFS, whose files are the host's. sqlite is compiled with
 * SQLITE_OS_OTHER, so that it has no other, and the box has no files of its own.
 */
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "beside.h"
#include "files.h"

static struct files files;

void files_set(const struct files *set)
{
    files = *set;
}

struct file {
    sqlite3_file base;
    int number;
};

static int number_of(sqlite3_file *file)
{
    return ((struct file *)file)->number;
}

static int file_close(sqlite3_file *file)
{
    files.close(files.data, number_of(file));
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *to, int size, sqlite3_int64 at)
{
    int64_t got = files.read(files.data, number_of(file), to, (uint32_t)size, at);
    if (got < 0)
        return SQLITE_IOERR_READ;
    if (got >= size)
        return SQLITE_OK;
    memset((char *)to + got, 0, (size_t)(size - got));
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *file, const void *from, int size, sqlite3_int64 at)
{
    return files.write(files.data, number_of(file), from, (uint32_t)size, at) ? SQLITE_IOERR_WRITE
                                                                              : SQLITE_OK;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return files.truncate(files.data, number_of(file), size) ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

static int file_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    return files.sync(files.data, number_of(file)) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    *size = files.size(files.data, number_of(file));
    return *size < 0 ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

/* No one else has these files open. */
static int file_lock(sqlite3_file *file, int lock)
{
    (void)file, (void)lock;
    return SQLITE_OK;
}

static int file_locked(sqlite3_file *file, int *locked)
{
    (void)file;
    *locked = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int what, void *argument)
{
    (void)file, (void)what, (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file)
{
    (void)file;
    return 4096;
}

static int file_device(sqlite3_file *file)
{
    (void)file;
    return 0;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_locked,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_device,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *got)
{
    (void)vfs;
    file->pMethods = NULL;
    if (!name ||
        !files.open) /* no name: a temporary file. They are in memory (SQLITE_TEMP_STORE) */
        return SQLITE_CANTOPEN;
    int write = flags & SQLITE_OPEN_READWRITE ? FILE_WRITE : 0;
    int create = flags & SQLITE_OPEN_CREATE ? FILE_CREATE : 0;
    int number = files.open(files.data, name, write | create);
    if (number < 0)
        return SQLITE_CANTOPEN;
    ((struct file *)file)->number = number;
    file->pMethods = &methods;
    if (got)
        *got = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs, (void)sync;
    return files.remove(files.data, name) ? SQLITE_IOERR_DELETE : SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
    (void)vfs, (void)flags;
    *result = files.exists(files.data, name) != 0;
    return SQLITE_OK;
}

static int vfs_path(sqlite3_vfs *vfs, const char *name, int size, char *path)
{
    (void)vfs;
    if (strlen(name) >= (size_t)size)
        return SQLITE_CANTOPEN;
    strcpy(path, name);
    return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int size, char *bytes)
{
    (void)vfs;
    ssize_t got = getrandom(bytes, (size_t)size, 0);
    return got > 0 ? (int)got : 0;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    struct timespec time = {microseconds / 1000000, microseconds % 1000000 * 1000};
    nanosleep(&time, NULL);
    return microseconds;
}

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *milliseconds)
{
    (void)vfs;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const sqlite3_int64 epoch = 24405875 * (sqlite3_int64)8640000; /* in days of Julius */
    *milliseconds = epoch + now.tv_sec * (sqlite3_int64)1000 + now.tv_nsec / 1000000;
    return SQLITE_OK;
}

static sqlite3_vfs vfs = {
    .iVersion = 2,
    .szOsFile = sizeof(struct file),
    .mxPathname = 200,
    .zName = "host",
    .xOpen = vfs_open,
    .xDelete = vfs_delete,
    .xAccess = vfs_access,
    .xFullPathname = vfs_path,
    .xRandomness = vfs_random,
    .xSleep = vfs_sleep,
    .xCurrentTimeInt64 = vfs_time,
};

int sqlite3_os_init(void)
{
    return sqlite3_vfs_register(&vfs, 1);
}

int sqlite3_os_end(void)
{
    return SQLITE_OK;
}

int bind_text(sqlite3_stmt *statement, int at, const char *text, size_t size)
{
    return sqlite3_bind_text64(statement, at, text, size, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static size_t copy(char *to, size_t room, const void *from, size_t size)
{
    if (from)
        memcpy(to, from, size < room ? size : room);
    return size;
}

size_t column_text(sqlite3_stmt *statement, int at, char *text, size_t size)
{
    const void *from = sqlite3_column_text(statement, at);
    return copy(text, size, from, (size_t)sqlite3_column_bytes(statement, at));
}

size_t error_text(sqlite3 *database, char *text, size_t size)
{
    const char *message = sqlite3_errmsg(database);
    return copy(text, size, message, strlen(message));
}
