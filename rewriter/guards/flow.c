// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What is known of registers at labels, and how large the code becomes. Both come from rewriting
 * without output, again and again: at first a label knows what the first branch to it knows, then
 * less and less, until nothing changes.
 */
#include "guards.h"

#include <stdio.h>
#include <stdlib.h>

#include "../parser.h"

bool is_local_label(const struct rewriter *r, const struct symbol *s)
{
    return s && s->statement != NO_STATEMENT && r->statements[s->statement].in_code && !s->taken &&
           !s->global && !s->function;
}

static bool is_code_insn(const struct statement *s)
{
    return s->kind == STATEMENT_INSN && s->in_code;
}

static struct label_state *label_state(struct rewriter *r, uint32_t statement)
{
    struct label_state **slot = &r->guards->labels[statement];
    if (!*slot) {
        *slot = arena_zeroed(&r->arena, sizeof **slot);
    }
    return *slot;
}

/* Execution comes to the label from here. */
static void reach(struct rewriter *r, uint32_t statement)
{
    struct guards *g = r->guards;
    struct label_state *state = label_state(r, statement);
    if (!g->live)
        return;
    if (!state->reached) {
        state->reached = true;
        state->known = g->known;
        g->changed = true;
    } else if (known_meet(&state->known, &g->known)) {
        g->changed = true;
    }
}

void flow_branch(struct rewriter *r, const struct flow_insn *in)
{
    if (is_local_label(r, in->target))
        reach(r, in->target->statement);
}

static void enter_label(struct rewriter *r, uint32_t index)
{
    struct guards *g = r->guards;
    const struct symbol *symbol = r->statements[index].symbol;
    if (!is_local_label(r, symbol)) {
        known_forget(g);
        g->live = true;
        return;
    }
    if (!symbol->branched && g->live)
        return;
    reach(r, index);
    struct label_state *state = label_state(r, index);
    g->local.paged = 0;
    g->live = state->reached;
    g->known = state->known;
}

static void put_named_label(struct rewriter *r, uint32_t index)
{
    char label[24];
    snprintf(label, sizeof label, ".Llfi_at%u:\n", index);
    if (!r->guards->dry)
        put(&r->out, label);
}

void flow_enter(struct rewriter *r, uint32_t index)
{
    struct guards *g = r->guards;
    for (uint32_t i = g->next; i < index; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind == STATEMENT_LABEL && s->in_code) {
            enter_label(r, i);
        } else if (is_gap(s)) {
            known_forget(g);
            g->live = true;
        }
    }
    g->next = index + 1;
    if (g->choices[index] & CHOICE_NAMED) {
        known_forget(g);
        g->live = true;
        put_named_label(r, index);
    }
}

static void restart(struct rewriter *r)
{
    struct guards *g = r->guards;
    g->next = 0;
    g->live = true;
    g->rules->restart(r);
    known_forget(g);
}

static bool pass(struct rewriter *r)
{
    struct guards *g = r->guards;
    restart(r);
    g->changed = false;
    for (uint32_t i = 0; i < r->count; i++) {
        if (!is_code_insn(&r->statements[i]))
            continue;
        g->words = 0;
        g->rules->visit(r, i);
        g->sizes[i] = g->words < 255 ? (uint8_t)g->words : 255;
    }
    return g->changed;
}

/* Labels that nothing was seen to reach: nothing is known there. */
static void reach_the_rest(struct rewriter *r)
{
    struct guards *g = r->guards;
    for (uint32_t i = 0; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind == STATEMENT_LABEL && s->in_code && is_local_label(r, s->symbol)) {
            struct label_state *state = label_state(r, i);
            if (!state->reached)
                memset(state, 0, sizeof *state);
            state->reached = true;
        }
    }
    g->changed = true;
}

/* The most bytes that an alignment adds. */
static uint64_t padding(const struct statement *s)
{
    struct span rest = statement_arguments(s), first;
    int64_t value;
    if (!next_argument(&rest, &first) || !literal_value(first, &value) || value < 0)
        return 0;
    if (span_starts((struct span){s->at, s->name_size}, ".balign"))
        return (uint64_t)value;
    return value < 20 ? UINT64_C(1) << value : 0;
}

/*
 * Which targets are too far away, by distances that are too large rather than too small. True if
 * there are new ones: they make the code larger.
 */
static bool find_far_targets(struct rewriter *r)
{
    struct guards *g = r->guards;
    uint64_t *places = g->places, place = 0;
    bool found = false;
    for (uint32_t i = 0; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        places[i] = place;
        if (is_code_insn(s))
            place += (uint64_t)g->sizes[i] * g->rules->insn_size;
        else if (s->kind == STATEMENT_RAW)
            place += g->rules->insn_size;
        else if (s->kind == STATEMENT_DIRECTIVE && s->in_code && s->directive == DIRECTIVE_ALIGN)
            place += padding(s);
    }
    for (uint32_t i = 0; i < r->count; i++) {
        const struct flow_insn *in = is_code_insn(&r->statements[i]) ? r->statements[i].insn : NULL;
        if (!in || !in->target || !in->reach || (g->choices[i] & CHOICE_FAR))
            continue;
        uint32_t target = in->target->statement;
        int64_t distance =
            target == NO_STATEMENT ? 0 : llabs((int64_t)(places[target] - places[i])) + 64;
        if (target == NO_STATEMENT || !r->statements[target].in_code || distance > in->reach) {
            g->choices[i] |= CHOICE_FAR;
            found = true;
        }
    }
    return found;
}

void guards_start(struct rewriter *r, const struct guard_rules *rules)
{
    r->guards = arena_zeroed(&r->arena, sizeof *r->guards);
    r->guards->rules = rules;
}

void guards_prepare(struct rewriter *r)
{
    struct guards *g = r->guards;
    size_t count = r->count + (size_t)1;
    g->sizes = arena_zeroed(&r->arena, count);
    g->choices = arena_zeroed(&r->arena, count);
    g->planned = arena_zeroed(&r->arena, count);
    g->places = arena_alloc(&r->arena, count * sizeof *g->places);
    g->labels = arena_zeroed(&r->arena, count * sizeof *g->labels);
}

/*
 * Drops planned guards that are lost at the head of their loop, because the loop guards another
 * base as well: if nothing is known of the address register there, no access uses them, and no
 * label knows more for them.
 */
static void drop_lost_guards(struct rewriter *r)
{
    struct guards *g = r->guards;
    uint8_t *planned = NULL; /* after the last instruction */
    for (uint32_t i = 0; i < r->count; i++) {
        const struct label_state *label = g->labels[i];
        if (is_code_insn(&r->statements[i]))
            planned = &g->planned[i];
        else if (planned && label && r->statements[i].symbol->branched && !label->known.guarded)
            *planned = 0;
    }
}

void flow_solve(struct rewriter *r)
{
    struct guards *g = r->guards;
    g->dry = true;
    while (pass(r))
        ;
    reach_the_rest(r);
    do
        while (pass(r))
            ;
    while (find_far_targets(r));
    drop_lost_guards(r);
    g->dry = false;
    restart(r);
}
