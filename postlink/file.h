// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Whole files in memory, and their safe replacement. `-` names the standard streams. */
#ifndef POSTLINK_FILE_H
#define POSTLINK_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct file {
    uint8_t *bytes; /* from malloc; the owner frees it */
    size_t size;
    mode_t mode; /* permission bits; 0755 for standard input */
};

/* Reads `path` whole. On failure returns false with a message in why[0 .. room). */
bool file_read(const char *path, struct file *file, char *why, size_t room);

/*
 * Makes `path` (through symbolic links) a file with these contents and permissions: writes a
 * temporary beside it and renames, so that `path` has its old or its new contents at any time.
 * What is no regular file (a pipe, /dev/null) is written to directly. Errors as above.
 */
bool file_replace(const char *path, const struct file *file, char *why, size_t room);

#endif
