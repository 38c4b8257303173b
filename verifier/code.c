// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* lfi_verify_code(): dispatch to the architecture, and the texts of the rules. */
#include "arch.h"

#include <stdio.h>
#include <string.h>

#include <lfi/abi.h>

const struct verify_arch *const lfi_verify_archs[] = {
#define ARCH(name) &lfi_##name##_arch,
#include "arch.def"
#undef ARCH
    NULL,
};

const struct verify_arch *lfi_verify_arch_find(enum lfi_arch machine)
{
    for (const struct verify_arch *const *arch = lfi_verify_archs; *arch; arch++)
        if ((*arch)->machine == machine)
            return *arch;
    return NULL;
}

const char *lfi_arch_name(enum lfi_arch machine)
{
    const struct verify_arch *arch = lfi_verify_arch_find(machine);
    return arch ? arch->name : NULL;
}

static const struct {
    const char *name, *message;
} rules[RULE_COUNT] = {
    [RULE_NONE] = {"", ""},
#define RULE(id, name, message, explanation) [RULE_##id] = {name, message},
#include "rules.def"
#undef RULE
};

void lfi_violation_set(struct lfi_violation *violation, const struct verify_arch *arch,
                       enum rule rule, const char *detail)
{
    const char *message = arch && arch->messages[rule] ? arch->messages[rule] : rules[rule].message;
    memset(violation, 0, sizeof *violation);
    violation->rule = rules[rule].name;
    snprintf(violation->message, sizeof violation->message, "%s%s%s", message, detail ? ": " : "",
             detail ? detail : "");
}

enum lfi_verdict lfi_verify_code(enum lfi_arch machine, unsigned mode, const struct lfi_code *code,
                                 lfi_violation_fn *report, void *data)
{
    const struct verify_arch *arch = lfi_verify_arch_find(machine);
    if (!arch || code->address % arch->alignment != 0 || code->size > UINT64_MAX - code->address ||
        code->size > LFI_BOX_SIZE || code->image_start > code->image_end || !lfi_mode_name(mode))
        return LFI_UNABLE;
    return arch->verify(mode, code, report, data);
}
