// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The plain majority of instructions, decided by a few table lookups. */
#ifndef LFI_VERIFIER_X86_64_QUICK_H
#define LFI_VERIFIER_X86_64_QUICK_H

#include "forms.h"

/*
 * Returns the length of the instruction at `bytes` (DECODE_WINDOW of them readable) if it breaks no
 * rule that does not depend on where it stands, does not start a group, and does not write rsp. It
 * may be a direct jump or call (*kind); *displacement is then where it goes. Returns 0 if the full
 * decoder has to look at it. `confine` says which accesses (OP_R, OP_W) must be confined.
 *
 * It says nothing that the full decoder and the rules would not: tests/verifier/oracle.c checks it.
 */
unsigned lfi_x86_64_quick(const struct form_index *index, const uint8_t *bytes, unsigned confine,
                          enum kind *kind, int64_t *displacement);

#endif
