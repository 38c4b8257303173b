// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Groups: sequences of instructions that run whole (docs/abi.md). Each function says whether a
 * group starts at `bytes` and describes it. GROUP_WINDOW bytes must be readable there.
 *
 * Every group ends in something that is refused outside a group (an indirect branch, a string
 * instruction, a write to rsp), so code that is not recognized as a group is refused.
 */
#ifndef LFI_VERIFIER_X86_64_EXPLAIN_GROUPS_H
#define LFI_VERIFIER_X86_64_EXPLAIN_GROUPS_H

#include "decode.h"

enum { GROUP_WINDOW = 64 };

enum group_kind { MASKED_JUMP, MASKED_CALL, RUNTIME_CALL, GUARDED_STRING, GUARDED_WRITE };

struct group {
    enum group_kind kind;
    unsigned length;  /* in bytes */
    uint64_t inside;  /* bit i: an instruction other than the first starts at byte i */
    struct insn insn; /* GUARDED_STRING: the string instruction; GUARDED_WRITE: the operation */
    unsigned insn_at; /* where that is, from the start of the group */
    bool guards_rdi, guards_rsi;
};

/* `first` is the instruction at bytes; its encoding breaks no rule. */
bool lfi_x86_64_explain_group(const struct form_index *index, const uint8_t *bytes,
                              const struct insn *first, struct group *group);

/* Is this `addq BASE,%rX`? It is allowed only inside groups. */
bool lfi_x86_64_is_add_base(const uint8_t *bytes);

#endif
