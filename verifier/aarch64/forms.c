// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Finds the line of a word where the slot of the word does not decide. */
#include "forms.h"

unsigned lfi_aarch64_search(const struct form_table *table, uint32_t word)
{
#if LFI_VERIFIER_FAST
    const uint16_t *id = &table->index.ids[table->index.keys[word >> 21].list];
    while (!form_matches(table, *id, word))
        id++;
    return *id;
#else
    unsigned id = 0;
    while (!form_matches(table, id, word))
        id++;
    return id;
#endif
}
