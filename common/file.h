// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Whole files in memory. Functions return false with errno set. */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct file {
    void *bytes; /* from malloc, followed by a zero byte; the caller frees it */
    size_t size;
    mode_t mode; /* permission bits; 0755 for what is not a regular file */
};

/* After a failure file->bytes is NULL. */
bool file_read(const char *path, struct file *file);

/* The same, where `-` is standard input. */
bool file_read_input(const char *path, struct file *file);

/* Writes all of it, in as many calls as it takes. */
bool file_write(int fd, const void *bytes, size_t size);

#endif
