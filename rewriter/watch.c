// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Tells whoever asked what became of each statement: lfi_rewrite_options.watch. */
#include "context.h"
#include "passes.h"

#define CHANGE(id, name, why) static const struct lfi_rewrite_change change_##id = {name, why};
#include "changes.def"
#undef CHANGE

/* What a change of a statement is called that is no instruction. */
static const struct lfi_rewrite_change *change_of(const struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    if (s->moved || s->last_moved)
        return &change_data;
    if (s->kind == STATEMENT_LABEL)
        return &change_label;
    if (s->kind != STATEMENT_DIRECTIVE)
        return &change_other;
    switch (s->directive) {
    case DIRECTIVE_ALIGN:
        return &change_align;
    case DIRECTIVE_LOC:
    case DIRECTIVE_FILE:
        return &change_line;
    case DIRECTIVE_DISABLE:
    case DIRECTIVE_ENABLE:
    case DIRECTIVE_DROPPED:
        return &change_dropped;
    case DIRECTIVE_DATA:
    case DIRECTIVE_STRING:
    case DIRECTIVE_SPACE:
        return &change_data;
    default:
        return &change_other;
    }
}

void watch_statement(struct rewriter *r, uint32_t index, size_t start)
{
    const struct statement *s = &r->statements[index];
    const struct lfi_rewrite_step step = {
        .line = s->line,
        .before = s->at,
        .before_size = s->size,
        .label = s->kind == STATEMENT_LABEL,
        .start = start,
        .end = writer_offset(&r->out),
        .change = s->kind == STATEMENT_INSN && !s->moved ? r->arch->change(r, index)
                                                         : change_of(r, index),
    };
    r->options->watch(r->options->watch_data, &step);
}
