// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Running other programs. */
#ifndef COMMON_PROCESS_H
#define COMMON_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * A growing argument vector, always ended by NULL once something was added. It holds the strings
 * and does not copy them. Without memory it stays as it is, and `failed` is set.
 */
struct arguments {
    const char **list;
    size_t count, room;
    bool failed;
};

void arguments_add(struct arguments *arguments, const char *argument);
void arguments_add_all(struct arguments *arguments, const struct arguments *others);
void arguments_free(struct arguments *arguments);

/*
 * Starts command[0], which is looked up in PATH where it holds no slash. `input`, `output` and
 * `error` become its standard streams if they are not -1. The process's id, or -1 with errno set.
 */
pid_t process_start(const char *const command[], int input, int output, int error);

/* The same; fails with ENOMEM if there was no memory for one of the arguments. */
pid_t process_start_arguments(const struct arguments *arguments, int input, int output, int error);

/* Waits. The exit status, or 128 + the signal that ended it; -1 with errno set. */
int process_finish(pid_t pid);

#endif
