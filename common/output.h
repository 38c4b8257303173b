// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * An output that takes its place only when it is complete: it is written to a temporary beside it,
 * which then replaces the file that the path names (through symbolic links). What exists and is not
 * a regular file (/dev/null, a pipe) cannot be replaced and is written to.
 */
#ifndef COMMON_OUTPUT_H
#define COMMON_OUTPUT_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

enum output_use {
    OUTPUT_WRITE, /* this program writes to `fd`; `-` is standard output */
    OUTPUT_NAME,  /* other programs write to the file `temporary`; `fd` is -1 */
};

#define OUTPUT_MODE ((mode_t)-1) /* the permissions of a new file: 0666 without the umask */

struct output {
    const char *path;
    char
        target[PATH_MAX]; /* what is replaced; empty if the temporary is copied, or there is none */
    char temporary[PATH_MAX]; /* empty if `fd` is the output itself */
    int fd;
};

/* Makes the temporary, empty, with these permissions. False, errno set. */
bool output_open(struct output *output, const char *path, enum output_use use, mode_t mode);

/* False, errno set; a regular file is as it was then. */
bool output_commit(struct output *output);
void output_discard(struct output *output);

/* Whether all that was printed on standard output was written; errno set if not. */
bool output_printed(void);

/* Removes the temporary if a signal ends the program. One output at a time. */
void output_clean_on_signal(struct output *output);

#endif
