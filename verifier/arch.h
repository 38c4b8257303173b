// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What the parts of the verifier share: the rules, and what an architecture is to the rest of it.
 *
 *   code.c     lfi_verify_code(), the table of architectures, the texts of the rules
 *   elf.c      the headers of ELF files; lfi_image_read() and lfi_verify_elf()
 *   mode.c     the names of the sandboxing modes
 *   main.c     the program lfi-verify
 *   ARCH/      verify.c applies the rules and fills in struct verify_arch; insns.def is the list of
 *              instructions that are allowed; rules.def has the rules of this architecture;
 *              sources.cmake says what is compiled
 */
#ifndef LFI_VERIFIER_ARCH_H
#define LFI_VERIFIER_ARCH_H

#include <lfi/verifier.h>

enum rule {
    RULE_NONE,
#define RULE(id, name, message, explanation) RULE_##id,
#include "rules.def"
#undef RULE
    RULE_COUNT
};

enum { MAX_PAGE_SIZES = 3 };

struct verify_arch {
    const char *name;      /* as in options and in the names of folders */
    enum lfi_arch machine; /* the ELF e_machine value */

    /* In bytes: code starts at a multiple of it, and so does an entry point. */
    unsigned alignment;
    const char *unit; /* what begins at such an address, with its article: "a bundle" */

    /*
     * The sizes that a page may have, up to the first 0. If there is one, it is the page size of
     * every file; if there are several, p_align of the segments says which one it is.
     */
    uint32_t page_sizes[MAX_PAGE_SIZES];

    /* lfi_verify_code(); the arguments have been checked. */
    enum lfi_verdict (*verify)(unsigned mode, const struct lfi_code *code, lfi_violation_fn *report,
                               void *data);

    /* Messages that say more than those of rules.def, because they may name registers and
     * instructions; by enum rule, NULL where rules.def suffices. */
    const char *messages[RULE_COUNT];
};

#define ARCH(name) extern const struct verify_arch lfi_##name##_arch;
#include "arch.def"
#undef ARCH

/* The architectures that are built in; the last item is NULL. */
extern const struct verify_arch *const lfi_verify_archs[];

/* NULL if it is not built in. */
const struct verify_arch *lfi_verify_arch_find(enum lfi_arch machine);

/*
 * Fills in rule and message, "SENTENCE" or "SENTENCE: DETAIL", and clears the rest. `arch` may be
 * NULL (nothing is known of the architecture), and so may `detail`.
 */
void lfi_violation_set(struct lfi_violation *violation, const struct verify_arch *arch,
                       enum rule rule, const char *detail);

#endif
