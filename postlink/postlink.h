// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The pass over a linked ELF file that makes it an LFI file. docs/postlink.md has the data flow.
 *
 * Works on a copy of the file in memory. Nothing here prints, exits, or keeps state between calls.
 */
#ifndef POSTLINK_H
#define POSTLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf_file.h"

/* What was done; all zero except the first two for a file that was postlinked before. */
struct postlink_stats {
    uint64_t code_bytes;    /* in executable segments */
    uint64_t bundles_left;  /* bundles that do not decode: left as they are, for the verifier */
    uint64_t direct_calls;  /* moved to the end of their bundle */
    uint64_t masked_calls;  /* groups moved likewise */
    uint64_t runtime_calls; /* groups moved likewise */
    uint64_t relaxed_calls; /* `addr32 call` of the linker made a plain call */
    uint64_t nowhere;       /* branches to undefined weak symbols, made traps */
    uint64_t nops;          /* written anew: they crossed a bundle boundary or had odd prefixes */
    uint64_t gap_bytes;     /* filled between and after sections */
};

/*
 * Processes elf->bytes[0 .. elf->size) in place for sandboxing mode `mode` (LFI_MODE_*). Returns
 * false after at least one call of elf->report; the bytes are then worthless.
 */
bool postlink(struct elf_file *elf, unsigned mode, struct postlink_stats *stats);

#endif
