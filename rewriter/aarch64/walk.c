// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Every way on from an instruction, as far as this file shows it. */
#include "aarch64.h"

void walk_later(struct walk *w, uint32_t statement)
{
    if (w->count == sizeof w->pending / sizeof *w->pending)
        w->failed = true;
    else
        w->pending[w->count++] = (typeof(*w->pending)){statement, w->facts};
}

bool walk_also(struct walk *w, const struct symbol *target)
{
    if (!target || target->statement == NO_STATEMENT ||
        !w->r->statements[target->statement].in_code)
        return false;
    walk_later(w, target->statement);
    return true;
}

/* Do all branches to the label come from between the start of the walk and here? */
static bool is_inner(const struct walk *w, uint32_t label)
{
    const struct rewriter *r = w->r;
    const struct symbol *symbol = r->statements[label].symbol;
    if (!is_local_label(r, symbol))
        return false;
    for (uint32_t i = 0; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        const struct flow_insn *in = s->kind == STATEMENT_INSN ? s->insn : NULL;
        if (in && in->target == symbol && (i < w->start || i > label))
            return false;
    }
    return true;
}

static void walk_from(struct walk *w, uint32_t from)
{
    struct rewriter *r = w->r;
    for (uint32_t i = from; i < r->count && !w->failed; i++) {
        const struct statement *s = &r->statements[i];
        struct walked *walked = &a64(r)->walked[i];
        if (walked->number == a64(r)->walk_number) {
            w->facts &= walked->facts;
            if (w->facts == walked->facts)
                return;
        }
        *walked = (struct walked){a64(r)->walk_number, w->facts};
        if (w->straight && ((s->kind == STATEMENT_LABEL && !is_inner(w, i)) ||
                            (r->guards->choices[i] & CHOICE_NAMED)))
            w->straight = false; /* others may come here */
        if (is_gap(s))
            w->failed = true;
        if (s->kind != STATEMENT_INSN || w->failed)
            continue;
        const struct aarch64_insn *in = s->insn;
        enum way way = w->visit(w, i);
        if (way == WAY_FAILED)
            w->failed = true;
        if (way != WAY_ON)
            return;
        if (in->flow.kind == FLOW_JUMP || in->flow.kind == FLOW_BRANCH)
            walk_also(w, in->flow.target);
        if (is_flow_end(&in->flow))
            return;
    }
}

bool walk(struct walk *w, uint32_t from)
{
    struct aarch64 *a = a64(w->r);
    if (!a->walked)
        a->walked = arena_zeroed(&w->r->arena, w->r->count * sizeof *a->walked);
    a->walk_number++;
    w->facts = 0;
    w->start = from;
    w->straight = true;
    w->failed = false;
    w->count = 0;
    for (;;) {
        walk_from(w, from);
        if (w->failed || w->count == 0)
            return !w->failed;
        from = w->pending[--w->count].statement;
        w->facts = w->pending[w->count].facts;
        w->straight = false;
    }
}
