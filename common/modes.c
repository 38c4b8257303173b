// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The names of the sandboxing modes. */
#include "modes.h"

#include <stddef.h>
#include <string.h>

#include <lfi/abi.h>

static const char *const names[] = {
    [LFI_MODE_FULL] = "full",
    [LFI_MODE_STORES] = "stores",
    [LFI_MODE_JUMPS] = "jumps",
};

#define MODE_COUNT (sizeof names / sizeof *names)

int mode_from_name(const char *name)
{
    for (size_t i = 0; i < MODE_COUNT; i++)
        if (strcmp(name, names[i]) == 0)
            return (int)i;
    return -1;
}

const char *mode_name(unsigned mode)
{
    return mode < MODE_COUNT ? names[mode] : "unknown";
}
