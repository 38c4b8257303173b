// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Compares the translation with what nasm itself makes of the same source. */
#ifndef LFI_NASM_CHECK_H
#define LFI_NASM_CHECK_H

#include <stdbool.h>

#include "translate.h"

/*
 * Whether two objects are the same: section by section; code instruction by instruction, without
 * nops, with branches and addresses by where they lead; data byte by byte with relocations; global
 * names. Instructions may have other lengths. `ours` is `t`, assembled. Prints what
 * differs, with `name` before it. `llvm` is the program that disassembles.
 */
bool check_objects(const char *name, const char *llvm, const struct translation *t,
                   const char *ours, const char *theirs);

#endif
