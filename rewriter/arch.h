// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What an architecture is to the rewriter. Each fills one of these in its folder's rewrite.c, and
 * has a line in arch.def.
 */
#ifndef REWRITER_ARCH_H
#define REWRITER_ARCH_H

#include "statement.h"

struct lfi_rewrite_change;
struct rewriter;

struct arch {
    const char *name;
    unsigned bundle_shift;   /* 0: no bundles */
    uint8_t return_byte;     /* the last of a return; 0: data is never code */
    bool hash_comments;      /* does `#` begin a comment anywhere in a line? */
    bool alignment_in_bytes; /* what `.align` counts; else it is `.p2align` */
    /* What clang -cc1as needs beside the triple, up to a NULL; the whole may be NULL. */
    const char *const *assembler;
    /* Makes rewriter.arch_state, in the arena. */
    void (*start)(struct rewriter *r);
    /*
     * Parses the instruction text of one statement and marks the symbols that it takes the
     * address of. Returns NULL after reporting, or where *prefix_only was set: the statement is
     * nothing but prefixes, which belong to the next one.
     */
    void *(*parse)(struct rewriter *r, struct statement *s, struct span text, bool *prefix_only);
    /* Looks at the whole text, before anything is written; may be NULL. */
    void (*prepare)(struct rewriter *r);
    /* Does execution never run on after this instruction? */
    bool (*is_end)(const void *insn);
    /* Writes what becomes of statement `index`, an instruction. */
    void (*rewrite)(struct rewriter *r, uint32_t index);
    /* For syntax.c; NULL where there is one dialect. */
    bool (*is_register)(struct span name);
    /* For bytes.c, all of them, or NULL where data is never code: may an instruction begin with it?
     */
    bool (*is_prefix_byte)(uint8_t byte);
    bool (*names_symbol)(const void *insn);
    /* Do these prefixes change nothing of the instruction? */
    bool (*prefixes_are_idle)(const void *insn, const uint8_t *prefixes, unsigned count);
    /* The text of the instruction that a number in code encodes; NULL if it knows none. May be
     * NULL. */
    const char *(*encoded)(struct rewriter *r, const struct statement *s);
    /* Writes data that stands between instructions; false if it does not know it. */
    bool (*rewrite_data)(struct rewriter *r, uint32_t index);
    /* What the change of an instruction is called, if its text has changed. */
    const struct lfi_rewrite_change *(*change)(const struct rewriter *r, uint32_t index);
    /* Called for each `.cfi_` directive; may be NULL. */
    void (*note_cfi)(struct rewriter *r, const struct statement *s);
};

#define ARCH(name) extern const struct arch lfi_rewrite_##name;
#include "arch.def"
#undef ARCH

#endif
