// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * `b LABEL-8`: where instructions have four bytes, that names the second one before the label in
 * the source. It gets a label of its own, `.Llfi_atN`.
 */
#include "guards.h"

#include <stdio.h>

#include "../parser.h"

bool read_label_offset(struct rewriter *r, struct span text, struct flow_insn *in)
{
    int64_t value;
    uint32_t n = text.size;
    while (n > 0 && text.at[n - 1] != '+' && text.at[n - 1] != '-')
        n--;
    if (n < 2 || !literal_value((struct span){text.at + n, text.size - n}, &value) ||
        value > INT32_MAX)
        return false;
    in->target = symbol_reference(r, span_trim((struct span){text.at, n - 1}));
    if (in->target)
        in->offset = (int32_t)(text.at[n - 1] == '-' ? -value : value);
    return in->target != NULL;
}

/* The instruction at the distance from the label; NO_STATEMENT if other things are between. */
static uint32_t find_instruction(const struct rewriter *r, uint32_t label, int32_t offset)
{
    int32_t size = r->guards->rules->insn_size;
    bool back = offset < 0;
    uint32_t left = (uint32_t)((back ? -offset : offset) / size) + !back;
    if (offset % size)
        return NO_STATEMENT;
    for (uint32_t i = label; back ? i > 0 : i + 1 < r->count;) {
        const struct statement *s = &r->statements[back ? --i : ++i];
        if (is_gap(s) || (s->kind == STATEMENT_DIRECTIVE && s->directive == DIRECTIVE_ALIGN))
            return NO_STATEMENT;
        if (s->kind == STATEMENT_INSN && --left == 0)
            return i;
    }
    return NO_STATEMENT;
}

static void name_instruction(struct rewriter *r, struct flow_insn *in, uint32_t statement)
{
    enum { SIZE = 24 };
    char *name = arena_alloc(&r->arena, SIZE);
    int size = snprintf(name, SIZE, ".Llfi_at%u", statement);
    struct span text = {name, (uint32_t)size};
    r->guards->rules->rename_target(in, text);
    in->target = symbol_get(r, text);
    in->target->statement = statement;
    in->target->taken = true; /* what lies before it is not looked at */
    r->guards->choices[statement] |= CHOICE_NAMED;
}

void find_label_offsets(struct rewriter *r)
{
    for (uint32_t i = 0; i < r->count; i++) {
        struct flow_insn *in =
            r->statements[i].kind == STATEMENT_INSN ? r->statements[i].insn : NULL;
        if (!in || !in->offset)
            continue;
        uint32_t label = in->target->statement;
        bool code = label != NO_STATEMENT && r->statements[label].in_code;
        uint32_t found = code ? find_instruction(r, label, in->offset) : NO_STATEMENT;
        in->target = NULL;
        if (found != NO_STATEMENT)
            name_instruction(r, in, found);
        else if (code && in->is_address)
            report_error(r, &r->statements[i], r->statements[i].where,
                         "distances change when code is rewritten: use a label");
    }
}
