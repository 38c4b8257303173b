// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The command line of lfi-as: that of GNU as, as far as clang and build systems use it. */
#ifndef LFI_AS_OPTIONS_H
#define LFI_AS_OPTIONS_H

#include "process.h"
#include "target.h"

#define PREFIX_MAP_OPTION "-fdebug-prefix-map="

struct options {
    const char *input;  /* "-": standard input */
    const char *output; /* "a.out" if none was given */
    const char *target; /* --lfi-target; NULL: taken from the name of the program */
    int mode;           /* --lfi-mode; MODE_OF_TARGET if none was given */
    bool help, version;
    bool verbose;          /* -v: say the version, and go on */
    bool intel_syntax;     /* -msyntax=intel: the text begins like that */
    bool trap_unsupported; /* --trap-unsupported */
    bool keep_r11;         /* --keep-r11: as in struct lfi_rewrite_options */
    unsigned dwarf;        /* -g: the version for line numbers of hand-written text; 0 without */
    struct arguments prefixes; /* --debug-prefix-map, as the LLVM assembler wants it */
    struct arguments passed;   /* for the LLVM assembler */
    struct arguments macros;   /* the part of them that macro expansion needs, too: -I, -defsym */
};

/* Returns false after printing what is wrong. */
bool options_read(struct options *options, int argc, char **argv);
void options_free(struct options *options);

#endif
