// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Where the boxes of a test lie: anywhere, or, where LFI_TEST_AT_0 is set in the environment, the
 * first one at address 0. Needs <lfi/lfi.h>.
 */
#ifndef TEST_PLACE_H
#define TEST_PLACE_H

#include <stdio.h>
#include <stdlib.h>

static inline bool test_at_0(void)
{
    return getenv("LFI_TEST_AT_0") != NULL;
}

/* As lfi_space_new(). The first space of a process must get what was asked for; there is one 0. */
static inline int test_space_new(struct lfi_space **space, size_t boxes, struct lfi_error *error)
{
    static bool later;
    const struct lfi_space_options options = {.first_at_0 = test_at_0()};
    struct lfi_error why;
    int code = lfi_space_new_with(space, boxes, &options, &why);

    if (code == 0 && why.message[0] && !later) {
        fprintf(stderr, "LFI_TEST_AT_0: %s\n", why.message);
        abort();
    }
    later = true;
    if (error)
        *error = why;
    return code;
}

#endif
