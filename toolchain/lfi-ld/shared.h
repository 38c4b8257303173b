// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * There are no shared libraries in a box. What -shared makes is an object of all that the library
 * would hold, under its name; programs that link with it get a copy.
 */
#ifndef LFI_LD_SHARED_H
#define LFI_LD_SHARED_H

#include <stdbool.h>

#include "process.h"

/* Whether a file's name is that of a shared library: libx.so, libx.so.1. */
bool shared_name(const char *path);

/* Whether the compiler adds a file to each library and program by itself. */
bool shared_comes_anyway(const char *path);

/*
 * Adds `rest`, the command line of a program, to the command: with -lNAME as the path of a
 * libNAME.so that -shared made, where a folder of -L has that and no libNAME.a, and each such
 * library once. The paths are added to `owned`, too, for the caller to free.
 */
void shared_link(struct arguments *command, const struct arguments *rest, struct arguments *owned);

#endif
