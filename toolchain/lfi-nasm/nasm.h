// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The user's own nasm or yasm. Functions print what is wrong before they return false. */
#ifndef LFI_NASM_NASM_H
#define LFI_NASM_NASM_H

#include <limits.h>
#include <stdbool.h>

#include "file.h"
#include "options.h"
#include "process.h"

struct nasm {
    const char *program;
    bool yasm;
    struct arguments macros; /* for the preprocessor: -DNAME=VALUE, of symbols that it asks for */
};

bool nasm_find(struct nasm *nasm);
void nasm_free(struct nasm *nasm);

/*
 * nasm's object of the source, or of another file, which is preprocessed already. `macro`: -D…, or
 * NULL; with it, and of another file, global names are without --prefix and --postfix. nasm's
 * messages go to the file `messages`, if not -1.
 */
bool nasm_assemble(const struct options *options, const struct nasm *nasm, const char *input,
                   const char *macro, const char *output, int messages);

/* What comes out of nasm -E, the values of symbols included that it asks for. */
bool nasm_preprocess(const struct options *options, struct nasm *nasm, struct file *text);

/* The file that -MD or -MF names. */
bool nasm_dependencies(const struct options *options, const struct nasm *nasm, const char *output);

/* The same without symbols. */
bool nasm_preprocess_once(const struct options *options, const struct nasm *nasm, struct file *text,
                          int messages);

/* constants.c: what is made of a source that -E alone refuses. Fills in nasm->macros. */
bool constants_preprocess(const struct options *options, struct nasm *nasm, struct file *text);

bool temporary(char path[PATH_MAX], const char *suffix);
void show(int messages);        /* on standard error */
bool failed(const char *which); /* prints errno; false */

#endif
