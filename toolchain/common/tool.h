// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What lfi-as and lfi-ld share: where they are in the SDK, which target they were called for, how
 * they run the programs beside them, and outputs that appear whole or not at all.
 */
#ifndef LFI_TOOL_H
#define LFI_TOOL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What clang's config files name the targets: ARCH-lfi[_MODE]-linux-musl, ARCH-native-linux-musl.
 */
struct target {
    char triple[64];
    char arch[16]; /* "x86_64" */
    int mode;      /* LFI_MODE_* of <lfi/abi.h>; MODE_NATIVE for the unsandboxed twin */
};

#define MODE_NATIVE (-1)

/*
 * Takes a target apart. `called` is argv[0]: a path .../TRIPLE/as, or .../TRIPLE-as. False if there
 * is no triple of ours in it.
 */
bool target_from_name(struct target *target, const char *called);

/* Takes a triple apart. */
bool target_from_triple(struct target *target, const char *triple);

/*
 * The target that `program` is to work for: --lfi-target (`triple`, or NULL), else what its name
 * says (`called`), in the mode of --lfi-mode (INT_MIN: the target's own). False: it said why there
 * is none.
 */
bool target_choose(struct target *target, const char *program, const char *called,
                   const char *triple, int mode);

/* "full", "stores", "jumps" to LFI_MODE_*; INT_MIN for any other name. */
int mode_from_name(const char *name);
const char *mode_name(int mode);

/*
 * path = the SDK's folder and `inside` ("bin/llvm"), from where the running program really is
 * (libexec/lfi/). False, errno set, if that cannot be found out or is too long.
 */
bool sdk_path(char path[PATH_MAX], const char *inside);

/* A growing argument vector, always ended by NULL. It holds the strings, it does not copy them. */
struct arguments {
    const char **list;
    size_t count, room;
};

void arguments_add(struct arguments *arguments,
                   const char *argument); /* ends the program if out of memory */

/*
 * Starts arguments[0] (a path). `input` and `error` become its standard input and error if they are
 * not -1. The process's id, or -1 with errno set.
 */
pid_t start(const struct arguments *arguments, int input, int error);

/* Waits. The exit status, or 128 + the signal that ended it; -1 with errno set. */
int finish(pid_t pid);

/*
 * An output that takes its place only when it is complete. Where the output exists and is no
 * regular file (/dev/null, a pipe), `temporary` is somewhere else, and what it holds is copied.
 */
struct output {
    const char *path;
    char temporary[PATH_MAX];
    bool special;
};

/* Makes the temporary, empty. False, errno set. */
bool output_open(struct output *output, const char *path);

/* False, errno set; the output is as it was then. */
bool output_commit(struct output *output);
void output_discard(struct output *output);

/* Removes the temporary if a signal ends the program. One output at a time. */
void output_clean_on_signal(struct output *output);

#endif
