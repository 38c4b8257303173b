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

/*
 * Atomics, which libraries write as numbers for assemblers that do not know them: cas, swp, ldadd,
 * …, with their order and size.
 */
enum { SIZE = 64 };

static bool atomic(uint32_t word, char text[SIZE])
{
    static const char *const operations[] = {"add",  "clr",  "eor",  "set",
                                             "smax", "smin", "umax", "umin"};
    bool cas = (word & 0x3fa07c00) == 0x08a07c00, swap = (word & 0x3f20fc00) == 0x38208000;
    if (!cas && !swap && (word & 0x3f208c00) != 0x38200000)
        return false;
    unsigned width = word >> 30;
    bool acquire = word >> (cas ? 22 : 23) & 1, release = word >> (cas ? 15 : 22) & 1;
    char reg = width == 3 ? 'x' : 'w';
    unsigned n = word >> 5 & 31, s = word >> 16 & 31, t = word & 31;
    char names[2][8], base[8];
    for (unsigned i = 0; i < 2; i++)
        snprintf(names[i], sizeof names[i], (i ? t : s) == 31 ? "%czr" : "%c%u", reg, i ? t : s);
    snprintf(base, sizeof base, n == SP ? "sp" : "x%u", n);
    snprintf(text, SIZE, "%s%s%s%s%s\t%s, %s, [%s]",
             cas    ? "cas"
             : swap ? "swp"
                    : "ld",
             cas || swap ? "" : operations[word >> 12 & 7], acquire ? "a" : "", release ? "l" : "",
             width == 0   ? "b"
             : width == 1 ? "h"
                          : "",
             names[0], names[1], base);
    return true;
}

const char *aarch64_encoded(struct rewriter *r, const struct statement *s)
{
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
    else if (atomic(word, text))
        ;
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
                 "where nothing runs into it, after a label");
    return true;
}
