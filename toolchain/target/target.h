// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What lfi-as and lfi-ld share: where they are in the SDK, and which target they were called for.
 */
#ifndef TOOLCHAIN_TARGET_H
#define TOOLCHAIN_TARGET_H

#include <limits.h>
#include <stdbool.h>

/*
 * What clang's config files name the targets: ARCH-lfi[_MODE]-linux-musl, ARCH-native-linux-musl.
 */
struct target {
    char triple[64];
    char arch[16]; /* "x86_64" */
    int mode;      /* LFI_MODE_* of <lfi/abi.h>; MODE_NATIVE for the unsandboxed twin */
};

#define MODE_NATIVE    (-1)
#define MODE_OF_TARGET (-2) /* of options: no mode was given */

/*
 * Parses a target. `called` is argv[0]: a path .../TRIPLE/as, or .../TRIPLE-as. False if there
 * is no LFI triple in it.
 */
bool target_from_name(struct target *target, const char *called);

/* Parses a triple. */
bool target_from_triple(struct target *target, const char *triple);

/*
 * The target that `program` is to work for: --lfi-target (`triple`, or NULL), else what its name
 * says (`called`), in the mode of --lfi-mode (or MODE_OF_TARGET). Returns false
 * after printing why there is none.
 */
bool target_choose(struct target *target, const char *program, const char *called,
                   const char *triple, int mode);

/*
 * path = the SDK's folder and `inside` ("bin/llvm"), from where the running program really is
 * (libexec/lfi/). False, errno set, if that cannot be found out or is too long.
 */
bool sdk_path(char path[PATH_MAX], const char *inside);

#endif
