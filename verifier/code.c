// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* lfi_verify_code(): dispatch to the architecture, and the text of the rules. */
#include "rules.h"

#include <stdio.h>
#include <string.h>

#include <lfi/abi.h>

static const struct {
    const char *name, *message;
} rules[RULE_COUNT] = {
    [RULE_NONE] = {"", ""},
#define RULE(id, name, message) [RULE_##id] = {name, message},
#include "rules.def"
#undef RULE
};

void lfi_violation_set(struct lfi_violation *violation, enum rule rule, const char *detail)
{
    memset(violation, 0, sizeof *violation);
    violation->rule = rules[rule].name;
    snprintf(violation->message, sizeof violation->message, "%s%s%s", rules[rule].message,
             detail != NULL ? ": " : "", detail != NULL ? detail : "");
}

enum lfi_verdict lfi_verify_code(enum lfi_arch arch, unsigned mode, const struct lfi_code *code,
                                 lfi_violation_fn *report, void *data)
{
    const unsigned alignment = arch == LFI_ARCH_AARCH64 ? LFI_INSN_SIZE : LFI_BUNDLE_SIZE;
    if (code->address % alignment != 0 || code->size > UINT64_MAX - code->address ||
        code->size > LFI_BOX_SIZE || code->image_start > code->image_end ||
        lfi_mode_name(mode) == NULL)
        return LFI_UNABLE;
    switch (arch) {
    case LFI_ARCH_X86_64:
        return lfi_x86_64_verify(mode, code, report, data);
    case LFI_ARCH_AARCH64:
        return lfi_aarch64_verify(mode, code, report, data);
    default:
        return LFI_UNABLE;
    }
}
