// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Files for sqlite: what the box asks of the host. In the box vfs.c makes a VFS of them, and the
 * host decides what they are: folder.c has a folder, and it could be memory or a network.
 */
#ifndef EXAMPLES_FILES_H
#define EXAMPLES_FILES_H

#include <stddef.h>
#include <stdint.h>

enum { FILE_WRITE = 1, FILE_CREATE = 2 };

/* A number for the file, or -1. */
typedef int file_open_fn(void *data, const char *name, int flags);
typedef void file_close_fn(void *data, int file);
/* How many bytes, fewer only at the end of the file; or -1. */
typedef int64_t file_read_fn(void *data, int file, unsigned char *to, uint32_t size, int64_t at);
/* These: 0, or -1. */
typedef int file_write_fn(void *data, int file, const unsigned char *from, uint32_t size,
                          int64_t at);
typedef int file_truncate_fn(void *data, int file, int64_t size);
typedef int file_sync_fn(void *data, int file);
typedef int file_delete_fn(void *data, const char *name);
typedef int64_t file_size_fn(void *data, int file); /* or -1 */
typedef int file_exists_fn(void *data, const char *name);

struct files {
    file_open_fn *open;
    file_close_fn *close;
    file_read_fn *read;
    file_write_fn *write;
    file_truncate_fn *truncate;
    file_sync_fn *sync;
    file_delete_fn *remove;
    file_size_fn *size;
    file_exists_fn *exists;
    void *data; /* for each of them */
};

/* Before sqlite is used. */
void files_set(const struct files *files);

#endif
