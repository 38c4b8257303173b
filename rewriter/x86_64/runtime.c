// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* docs/abi.md, "Runtime calls". */
#include "x86_64.h"

void runtime_call(struct rewriter *r, int64_t slot)
{
    group_begin(r);
    put_line(r, "leaq\t8(%rip), %r11");
    put(&r->out, "\tjmpq\t*%gs:");
    put_number(&r->out, LFI_SLOT_OFFSET(slot));
    put(&r->out, "\n");
    group_end(r);
    end_bundle(r);
}
