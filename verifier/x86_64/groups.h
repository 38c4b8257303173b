// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Groups: sequences of instructions that run whole (docs/abi.md).
 *
 * Every group ends in something that is refused outside a group (an indirect branch, a string
 * instruction, a write to rsp), so code that is not recognized as a group is refused.
 */
#ifndef LFI_VERIFIER_X86_64_GROUPS_H
#define LFI_VERIFIER_X86_64_GROUPS_H

#include <stdbool.h>

#include "walk.h"

enum { GROUP_WINDOW = 64 };

enum group_kind { MASKED_JUMP, MASKED_CALL, RUNTIME_CALL, GUARDED_STRING, GUARDED_WRITE };

struct group {
    enum group_kind kind;
    unsigned length;   /* in bytes */
    struct found insn; /* GUARDED_STRING: the string instruction; GUARDED_WRITE: the operation */
    unsigned insn_at;  /* where that is, from the start of the group */
    bool guards_rdi, guards_rsi;
};

/* Does a group start at `bytes`, GROUP_WINDOW of which are readable? Describes it. */
bool lfi_x86_64_group(const uint8_t *bytes, struct group *group);

#endif
