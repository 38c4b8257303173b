// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Tells whoever asked what became of each statement: lfi_rewrite_options.watch. */
#include "context.h"
#include "passes.h"

static const struct lfi_rewrite_change changes[] = {
#define CHANGE(id, name, why) {name, why},
#include "changes.def"
#undef CHANGE
};

enum {
#define CHANGE(id, name, why) CHANGE_##id,
#include "changes.def"
#undef CHANGE
};

/* What a change of a statement is called that is no instruction. */
static const struct lfi_rewrite_change *change_of(const struct rewriter *r, uint32_t index)
{
    const struct statement *s = &r->statements[index];
    if (s->moved || s->last_moved)
        return &changes[CHANGE_data];
    if (s->kind == STATEMENT_LABEL)
        return &changes[CHANGE_label];
    if (s->kind != STATEMENT_DIRECTIVE)
        return &changes[CHANGE_other];
    switch (s->directive) {
    case DIRECTIVE_ALIGN:
        return &changes[CHANGE_align];
    case DIRECTIVE_LOC:
    case DIRECTIVE_FILE:
        return &changes[CHANGE_line];
    case DIRECTIVE_DISABLE:
    case DIRECTIVE_ENABLE:
    case DIRECTIVE_DROPPED:
        return &changes[CHANGE_dropped];
    case DIRECTIVE_DATA:
    case DIRECTIVE_STRING:
    case DIRECTIVE_SPACE:
        return &changes[CHANGE_data];
    default:
        return &changes[CHANGE_other];
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
