// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The command line of lfi-nasm: that of nasm and yasm, by the table options.def. */
#ifndef LFI_NASM_OPTIONS_H
#define LFI_NASM_OPTIONS_H

#include "process.h"
#include "target.h"

struct options {
    const char *input;  /* NULL: none */
    const char *output; /* NULL: made of the input's name */
    const char *target; /* --lfi-target; NULL: taken from the name of the program */
    int mode;           /* --lfi-mode; MODE_OF_TARGET if none was given */
    bool help, version, check, translate, debug;
    bool only;                     /* nothing to assemble: the user's nasm does it */
    bool plain;                    /* -a: the input is not preprocessed */
    const char *prefix, *suffix;   /* of global names, or "" */
    bool dependencies;             /* -MD */
    const char *dependency_file;   /* of -MD or -MF; NULL: none, or OUTPUT.d */
    bool legacy_format, amd64;     /* -f elf, and what yasm needs with it: -m amd64 */
    struct arguments native;       /* all that nasm knows */
    struct arguments preprocessor; /* for the user's nasm: -D, -I, … */
    struct arguments dependency;   /* and when it writes dependencies: -MT, … */
    struct arguments assembler;    /* for lfi-as */
};

/* Returns false after printing what is wrong. */
bool options_read(struct options *options, int argc, char **argv);
void options_free(struct options *options);

#endif
