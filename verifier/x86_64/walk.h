// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* One instruction, by the automaton of table.h. */
#ifndef LFI_VERIFIER_X86_64_WALK_H
#define LFI_VERIFIER_X86_64_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "table.h"

/* An instruction. */
struct found {
    uint64_t class;
    unsigned length;
    unsigned last; /* where the last byte is that matters for its class; it may be the opcode, ModRM
                      or SIB. Displacement and immediate follow. */
};

/* A state is the entry that leads to it. */
enum { FIRST_STATE = 1 };

static inline size_t next_entry(size_t state, uint8_t byte)
{
    return lfi_x86_64_table[16 * (state - 1) + byte];
}

static inline size_t entry_advance(size_t entry)
{
    return entry & ((1 << ADVANCE_BITS) - 1);
}

static inline bool entry_is_class(size_t entry)
{
    return entry >= FIRST_CLASS << ADVANCE_BITS;
}

static inline size_t entry_class(size_t entry)
{
    return (entry >> ADVANCE_BITS) - FIRST_CLASS;
}

/* No more than 15 bytes are looked at. */
static inline struct found find(const uint8_t *bytes)
{
    size_t at = 0, entry = FIRST_STATE;
    do {
        entry = next_entry(entry, bytes[at]);
        at += entry_advance(entry);
    } while (!entry_is_class(entry));
    return (struct found){lfi_x86_64_classes[entry_class(entry)], (unsigned)at,
                          (unsigned)(at - entry_advance(entry))};
}

#endif
