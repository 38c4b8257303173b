// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What the postlinker does to x86-64 code. Forms: docs/abi.md. */
#ifndef POSTLINK_X86_64_H
#define POSTLINK_X86_64_H

#include "postlink.h"

/* A run of code in memory; every multiple of LFI_BUNDLE_SIZE in it starts an instruction. */
struct x86_64_code {
    uint8_t *bytes;
    uint64_t size;
    uint64_t address; /* of bytes[0] in the image */
    /*
     * Where control falls from one input section into the next (.init, .fini), bytes that the
     * linker filled with int3 become nops.
     */
    bool falls_through;
};

/* Puts every call at the end of its bundle. Returns false after a report through `elf`. */
bool x86_64_postlink(const struct elf_file *elf, const struct x86_64_code *code,
                     struct postlink_stats *stats);

#define X86_64_TRAP 0xcc /* int3 */

/* Fills bytes that control never reaches. */
void x86_64_fill_trap(uint8_t *bytes, uint64_t size);

#endif
