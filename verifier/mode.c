// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The names of the sandboxing modes. */
#include <stddef.h>
#include <string.h>

#include <lfi/abi.h>
#include <lfi/verifier.h>

static const char *const names[] = {
    [LFI_MODE_FULL] = "full",
    [LFI_MODE_STORES] = "stores",
    [LFI_MODE_JUMPS] = "jumps",
};

enum { MODES = sizeof names / sizeof *names };

const char *lfi_mode_name(unsigned mode)
{
    return mode < MODES ? names[mode] : NULL;
}

int lfi_mode_from_name(const char *name)
{
    for (unsigned mode = 0; mode < MODES; mode++)
        if (strcmp(name, names[mode]) == 0)
            return (int)mode;
    return -1;
}
