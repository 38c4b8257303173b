// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What is known of registers at labels, and how large the code becomes. Both come from rewriting
 * without output, again and again: at first a label knows what the first branch to it knows, then
 * less and less, until nothing changes.
 */
#include "aarch64.h"

#include <stdio.h>
#include <stdlib.h>

/* Do we see every branch to it? */
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
    struct label_state **slot = &a64(r)->labels[statement];
    if (!*slot) {
        *slot = arena_alloc(&r->arena, sizeof **slot);
        memset(*slot, 0, sizeof **slot);
    }
    return *slot;
}

/* Execution comes to the label from here. */
static void reach(struct rewriter *r, uint32_t statement)
{
    struct aarch64 *a = a64(r);
    struct label_state *state = label_state(r, statement);
    if (!a->live)
        return;
    if (!state->reached) {
        state->reached = true;
        state->known = a->known;
        a->changed = true;
    } else if (known_meet(&state->known, &a->known)) {
        a->changed = true;
    }
}

void flow_branch(struct rewriter *r, const struct insn *in)
{
    if (is_local_label(r, in->target))
        reach(r, in->target->statement);
}

static void enter_label(struct rewriter *r, uint32_t index)
{
    struct aarch64 *a = a64(r);
    const struct symbol *symbol = r->statements[index].symbol;
    if (!is_local_label(r, symbol)) {
        state_forget(a);
        a->live = true;
        return;
    }
    if (!symbol->branched && a->live)
        return;
    reach(r, index);
    struct label_state *state = label_state(r, index);
    a->local.paged = 0;
    a->live = state->reached;
    a->known = state->known;
}

static void put_named_label(struct rewriter *r, uint32_t index)
{
    char label[24];
    snprintf(label, sizeof label, ".Llfi_at%u:\n", index);
    put_text(r, label);
}

void flow_enter(struct rewriter *r, uint32_t index)
{
    struct aarch64 *a = a64(r);
    for (uint32_t i = a->next; i < index; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind == STATEMENT_LABEL && s->in_code) {
            enter_label(r, i);
        } else if (is_gap(s)) {
            state_forget(a);
            a->live = true;
        }
    }
    a->next = index + 1;
    if (a->choices[index] & CHOICE_NAMED) {
        state_forget(a);
        a->live = true;
        put_named_label(r, index);
    }
}

static void restart(struct aarch64 *a)
{
    a->next = 0;
    a->live = true;
    a->link_open = false;
    state_forget(a);
}

static bool pass(struct rewriter *r)
{
    struct aarch64 *a = a64(r);
    restart(a);
    a->changed = false;
    for (uint32_t i = 0; i < r->count; i++) {
        if (!is_code_insn(&r->statements[i]))
            continue;
        a->words = 0;
        aarch64_visit(r, i);
        a->sizes[i] = a->words < 255 ? (uint8_t)a->words : 255;
    }
    return a->changed;
}

/* Labels that nothing was seen to reach: whoever comes there knows nothing. */
static void reach_the_rest(struct rewriter *r)
{
    struct aarch64 *a = a64(r);
    for (uint32_t i = 0; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (s->kind == STATEMENT_LABEL && s->in_code && is_local_label(r, s->symbol)) {
            struct label_state *state = label_state(r, i);
            if (!state->reached)
                memset(state, 0, sizeof *state);
            state->reached = true;
        }
    }
    a->changed = true;
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

/* How far the instruction's own displacement reaches, in bytes; 0: it has none. */
static int64_t reach_of(const struct insn *in)
{
    switch (in->info->class) {
    case CLASS_TEST_BRANCH:
        return 32764;
    case CLASS_COMPARE_BRANCH:
    case CLASS_CONDITIONAL:
    case CLASS_ADR:
        return (1 << 20) - 4;
    default:
        return in->address.mode == ADDRESS_LITERAL ? (1 << 20) - 4 : 0;
    }
}

/*
 * Which targets are too far away, by distances that are too large rather than too small. True if
 * there are new ones: they make the code larger.
 */
static bool find_far_targets(struct rewriter *r, uint64_t *places)
{
    struct aarch64 *a = a64(r);
    uint64_t place = 0;
    bool found = false;
    for (uint32_t i = 0; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        places[i] = place;
        if (is_code_insn(s))
            place += a->sizes[i] * UINT64_C(4);
        else if (s->kind == STATEMENT_RAW)
            place += 4;
        else if (s->kind == STATEMENT_DIRECTIVE && s->in_code && s->directive == DIRECTIVE_ALIGN)
            place += padding(s);
    }
    for (uint32_t i = 0; i < r->count; i++) {
        const struct insn *in = is_code_insn(&r->statements[i]) ? r->statements[i].insn : NULL;
        if (!in || !in->target || !reach_of(in) || (a->choices[i] & CHOICE_FAR))
            continue;
        uint32_t target = in->target->statement;
        int64_t distance =
            target == NO_STATEMENT ? 0 : llabs((int64_t)(places[target] - places[i])) + 64;
        if (target == NO_STATEMENT || !r->statements[target].in_code || distance > reach_of(in)) {
            a->choices[i] |= CHOICE_FAR;
            found = true;
        }
    }
    return found;
}

void aarch64_prepare(struct rewriter *r)
{
    struct aarch64 *a = a64(r);
    size_t count = r->count + (size_t)1;
    a->sizes = calloc(count, 1);
    a->choices = calloc(count, 1);
    a->labels = calloc(count, sizeof *a->labels);
    uint64_t *places = calloc(count, sizeof *places);
    a->guards = calloc(count, 1);
    if (!a->guards || !a->sizes || !a->choices || !a->labels || !places)
        abort(); /* as arena_alloc() does */
    find_label_offsets(r);
    find_pages(r);
    find_loops(r);
    a->dry = true;
    while (pass(r))
        ;
    reach_the_rest(r);
    do
        while (pass(r))
            ;
    while (find_far_targets(r, places));
    a->dry = false;
    restart(a);
    free(places);
}
