// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* One instruction, by the automaton of table.h. */
#ifndef LFI_VERIFIER_X86_64_WALK_H
#define LFI_VERIFIER_X86_64_WALK_H

#include <stddef.h>

#include "table.h"

/* An instruction. */
struct found {
    uint32_t class;
    unsigned length;
    unsigned last; /* where the last byte is that matters for its class; it may be the opcode, ModRM
                      or SIB. Displacement and immediate follow. */
};

static inline unsigned entry_next(unsigned entry)
{
    return entry >> ADVANCE_BITS;
}

static inline unsigned entry_advance(unsigned entry)
{
    return entry & ((1 << ADVANCE_BITS) - 1);
}

/* The row of the state after an entry. */
static inline unsigned entry_row(unsigned entry)
{
    return entry_next(entry) < CLASS_LIMIT ? 0 : entry_next(entry) - (CLASS_LIMIT - 1);
}

/* At most MAX_LENGTH bytes are looked at. */
static inline struct found find(const uint8_t *bytes)
{
    unsigned at = 0, row = 0, entry;
    do {
        entry = lfi_x86_64_rows[row][bytes[at]];
        at += entry_advance(entry);
        row = entry_row(entry);
    } while (row != 0);
    return (struct found){lfi_x86_64_classes[entry_next(entry)], at, at - entry_advance(entry)};
}

#endif
