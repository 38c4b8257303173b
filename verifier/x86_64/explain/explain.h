// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Which rules does refused code break? A reader of its own, instruction by instruction, that
 * remembers all operands. It only writes messages: the verdict has been given before it is called.
 * The tests have it decide as well, and compare (tests/verifier/x86_64/both.c).
 */
#ifndef LFI_VERIFIER_X86_64_EXPLAIN_H
#define LFI_VERIFIER_X86_64_EXPLAIN_H

#include "../../arch.h"

/* As lfi_verify_code(). */
enum lfi_verdict lfi_x86_64_explain(unsigned mode, const struct lfi_code *code,
                                    lfi_violation_fn *report, void *data);

#endif
