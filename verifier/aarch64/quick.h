// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The fast path for the plain majority of words (docs/verifier.md). Speed only: check() of verify.c
 * decides the same (tests/verifier/aarch64/both.c). In a header, so that it is inlined into the
 * loop over all words.
 */
#ifndef LFI_VERIFIER_AARCH64_QUICK_H
#define LFI_VERIFIER_AARCH64_QUICK_H

#include <lfi/abi.h>

#include "forms.h"

enum { CHUNK = 4096 }; /* bytes that share struct reaches */

/*
 * What direct branches and adrp may name from anywhere in a chunk of code: by reach, the words for
 * which word * times + back <= size, so that the target lies at most `back` before the branch and
 * at most `size` - `back` after it.
 */
struct reaches {
    uint32_t back[REACHES], size[REACHES];
};

static inline uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static inline struct reaches make_reaches(const struct lfi_code *code, size_t pos, size_t end)
{
    const uint64_t image = code->image_end - code->image_start;
    const uint64_t before = code->address - code->image_start + pos, size = end - pos;
    const uint64_t after = image - before - size;
    const bool inside = image <= LFI_BOX_SIZE && before <= image && size <= image - before;
    struct reaches reaches = {{0}, {0}};
    for (unsigned i = REACH_NONE + 1; i < REACHES; i++) {
        /* adrp: its own address is anywhere in its page; a displacement may be 3 pages off. */
        const bool pages = i == REACH_PAGE;
        const unsigned right = reach_bits[i].right;
        const uint64_t most = (uint64_t)1 << (31 - right);
        uint64_t back = pages ? before / ADRP_PAGE - 1 : before;
        uint64_t forth = pages ? after / ADRP_PAGE - 3 : after;
        if (!inside || (pages && (before / ADRP_PAGE < 1 || after / ADRP_PAGE < 3))) {
            reaches.back[i] = 1; /* the lowest bits of the product are 0 */
            continue;
        }
        /* Bits below the displacement may be set: rounded, so that they make no difference. */
        back = smaller(back & ~(uint64_t)3, most);
        forth = smaller(forth, most - 1);
        reaches.back[i] = (uint32_t)(back << right);
        reaches.size[i] = (uint32_t)((back + forth) << right);
    }
    return reaches;
}

static inline bool passes_late(const struct form_tests *tests, uint32_t word, unsigned id)
{
    uint32_t fails = tests->field_fails[AT_10][form_register(word, AT_10)] |
                     tests->field_fails[AT_16][form_register(word, AT_16)];
    if (form_register(word, AT_0) == form_register(word, AT_10))
        fails |= TEST_PAIR;
    return (fails & tests->late_tests[id]) == 0;
}

/* Given that x30 and sp keep their promises: does the word break no rule, and leave them kept? */
static inline bool is_plain(const struct form_table *table, const struct form_tests *tests,
                            const struct reaches *reaches, uint32_t word)
{
    const unsigned id = form_find(table, word);
    const uint32_t fails = tests->fails[word & 0x3ff] & tests->tests[id];
    if (__builtin_expect(fails != 0, 0) && (fails != TEST_LATE || !passes_late(tests, word, id)))
        return false;
    const unsigned reach = table->index.reach[id];
    return word * table->index.times[id] + reaches->back[reach] <= reaches->size[reach];
}

#endif
