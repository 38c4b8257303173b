// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The names of the sandboxing modes. */
#ifndef COMMON_MODES_H
#define COMMON_MODES_H

#define MODE_NAMES "full, stores, jumps" /* for messages */

/* LFI_MODE_* of <lfi/abi.h>; -1 if no mode has this name. */
int mode_from_name(const char *name);

/* "unknown" if it is not a mode. */
const char *mode_name(unsigned mode);

#endif
