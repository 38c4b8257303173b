// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The few of the linker's options that lfi-ld must understand; the others are ld.lld's. */
#ifndef LFI_LD_OPTIONS_H
#define LFI_LD_OPTIONS_H

#include "process.h"
#include "target.h"

struct options {
    const char *output;       /* -o; NULL if none was given */
    const char *target;       /* --lfi-target; NULL: taken from the name of the program */
    const char *dependencies; /* --dependency-file */
    int mode;                 /* --lfi-mode; MODE_OF_TARGET if none was given */
    bool unverified;          /* --lfi-unverified */
    bool links;               /* there is something to link */
    bool no_program;          /* --version or --help, or LTO is to stop before the linking */
    bool relocatable;         /* -r */
    bool shared;              /* -shared */
    bool split_dwarf;         /* -gsplit-dwarf, with LTO */
    struct arguments files;   /* what a library that -shared makes is made of */
    struct arguments rest;    /* the command line unchanged, without our own options */
    struct arguments owned;   /* texts that were read from response files */
};

/* Returns false after printing what is wrong. */
bool options_read(struct options *options, int argc, char **argv);
void options_free(struct options *options);

#endif
