// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Which labels must start a bundle: those that an indirect branch can reach. The parser marks what
 * data and operands name; this pass adds the landing pads of exception tables.
 */
#include "context.h"

#include "lexer.h"
#include "parser.h"
#include "passes.h"

bool label_needs_bundle(const struct rewriter *r, const struct symbol *s)
{
    return s->taken || s->function || s->global || r->options->align_branch_targets;
}

/* The first symbol of `A-B`. */
static struct symbol *minuend(struct rewriter *r, struct span expression)
{
    uint32_t n = 0;
    while (n < expression.size && is_name_char(expression.at[n]))
        n++;
    return symbol_reference(r, (struct span){expression.at, n});
}

/* Is this `.uleb128 A-B` directly before the label B? Then a table of the length A-B begins. */
static struct symbol *table_end(struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    struct span argument = statement_arguments(s);
    const char *minus = memchr(argument.at, '-', argument.size);
    if (!span_starts((struct span){s->at, s->name_size}, ".uleb128") || !minus)
        return NULL;
    struct span second = {minus + 1, (uint32_t)(argument.at + argument.size - minus - 1)};
    for (uint32_t i = index + 1; i < r->count && r->statements[i].kind == STATEMENT_LABEL; i++)
        if (r->statements[i].symbol == symbol_reference(r, span_trim(second)))
            return minuend(r, argument);
    return NULL;
}

/*
 * Language-specific data of GCC's format, as compilers write it: the call-site table follows
 * its own length, its records are start, length, landing pad, action.
 */
void find_taken_labels(struct rewriter *r)
{
    struct symbol *end = NULL;
    unsigned field = 0;
    bool relevant = false;

    for (uint32_t i = 0; i < r->sections.capacity; i++)
        relevant |= r->sections.slots[i] && r->sections.slots[i]->exceptions;
    if (!relevant)
        return;
    for (uint32_t i = 0; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind == STATEMENT_LABEL && s->symbol == end)
            end = NULL;
        if (s->kind != STATEMENT_DIRECTIVE)
            continue;
        struct span rest = statement_arguments(s), argument;
        if (!s->section->exceptions || s->directive != DIRECTIVE_DATA)
            continue;
        struct symbol *found = table_end(r, i);
        if (found) {
            end = found;
            field = 0;
            continue;
        }
        while (end && next_argument(&rest, &argument))
            if (field++ % 4 == 2) {
                struct symbol *pad = minuend(r, argument);
                if (pad)
                    pad->taken = true;
            }
    }
}
