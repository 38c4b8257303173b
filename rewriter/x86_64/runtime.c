// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* docs/abi.md, "Runtime calls". */
#include "x86_64.h"

#include <stdio.h>

void runtime_call(struct rewriter *r, int64_t slot)
{
    char jump[32];
    snprintf(jump, sizeof jump, "jmpq\t*%%gs:%#x", LFI_SLOT_INSIDE((unsigned)slot));
    group_begin(r);
    put_line(r, "leaq\t8(%rip), %r11");
    put_line(r, jump);
    group_end(r);
    end_bundle(r);
}
