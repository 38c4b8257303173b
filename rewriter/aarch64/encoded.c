// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Instructions that are written as numbers. What has a name here gets it; operations on vectors
 * pass, since they access no memory; of the others the rewriter cannot know what they do.
 */
#include "aarch64.h"

#include <stdio.h>

static bool single_word(const struct statement *s, uint32_t *word)
{
    static const char *const directives[] = {".inst", ".word", ".long", ".4byte", ".int"};
    struct span name = {s->at, s->name_size}, rest = statement_arguments(s), first;
    int64_t value;
    bool known = false;
    for (size_t i = 0; i < sizeof directives / sizeof *directives; i++)
        known |= span_is(name, directives[i]);
    if (!known || !next_argument(&rest, &first) || rest.at || !literal_value(first, &value))
        return false;
    *word = (uint32_t)value;
    return true;
}

const char *aarch64_encoded(struct rewriter *r, const struct statement *s)
{
    enum { SIZE = 24 };
    uint32_t word;
    if (!single_word(s, &word))
        return NULL;
    char *text = arena_alloc(&r->arena, SIZE);
    if ((word & 0xfffff01f) == 0xd503201f)
        snprintf(text, SIZE, "hint\t#%u", word >> 5 & 127);
    else if ((word & 0xfffffc1f) == 0xd65f0000)
        snprintf(text, SIZE, "ret\tx%u", word >> 5 & 31);
    else if ((word & 0xfffffc1f) == 0xd61f0000)
        snprintf(text, SIZE, "br\tx%u", word >> 5 & 31);
    else if ((word & 0xfffffc1f) == 0xd63f0000)
        snprintf(text, SIZE, "blr\tx%u", word >> 5 & 31);
    else if (word == 0xd4000001)
        snprintf(text, SIZE, "svc\t#0");
    else if ((word & 0xffff0000) == 0)
        snprintf(text, SIZE, "udf\t#%u", word);
    else if ((word >> 25 & 7) == 7)
        snprintf(text, SIZE, ".inst\t0x%08x", word);
    else
        return NULL;
    return text;
}

bool aarch64_rewrite_data(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    if (s->directive == DIRECTIVE_SPACE)
        return false; /* the verifier sees what it is filled with */
    report_error(r, s, s->where,
                 "the rewriter does not know this as an instruction: write it as one, or put data "
                 "where nothing runs into it, behind a label");
    return true;
}
