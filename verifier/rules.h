// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What the parts of the verifier share: the rules, and the entry of each architecture.
 */
#ifndef LFI_VERIFIER_RULES_H
#define LFI_VERIFIER_RULES_H

#include <lfi/verifier.h>

enum rule {
    RULE_NONE,
#define RULE(id, name, message) RULE_##id,
#include "rules.def"
#undef RULE
    RULE_COUNT
};

/* Fills in rule and message, "SENTENCE" or "SENTENCE: DETAIL"; clears the rest. */
void lfi_violation_set(struct lfi_violation *violation, enum rule rule, const char *detail);

/* lfi_verify_code() of one architecture; `code` has been checked for sanity. */
enum lfi_verdict lfi_x86_64_verify(unsigned mode, const struct lfi_code *code,
                                   lfi_violation_fn *report, void *data);
enum lfi_verdict lfi_aarch64_verify(unsigned mode, const struct lfi_code *code,
                                    lfi_violation_fn *report, void *data);

#endif
