// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Tables and constants that hand-written assembly keeps between its functions, as OpenSSL's does.
 * They do not verify as code, so a run of data that no instruction leads into moves to a section of
 * its own, with its labels and alignment:
 *
 *     [alignment] [label, .type, .globl …] data [the same again] [.size of its labels]
 *
 * Code reaches it relative to %rip as before. What it cannot do there, such as to be subtracted
 * from a label in code, the assembler reports. Data that execution could come to stays.
 */
#include "context.h"

#include "parser.h"
#include "passes.h"

#define MAX_INSN 15 /* bytes; a longer `.byte` is not an instruction on any architecture */

bool is_surely_data(const struct statement *s)
{
    if (!is_data(s) || !span_is(statement_name(s), ".byte"))
        return is_data(s);
    struct span rest = statement_arguments(s), argument;
    unsigned count = 0;
    int64_t value;
    while (next_argument(&rest, &argument))
        if (++count > MAX_INSN || !literal_value(argument, &value))
            return true;
    return false;
}

static bool is_alignment(const struct statement *s)
{
    return s->kind == STATEMENT_DIRECTIVE && s->directive == DIRECTIVE_ALIGN;
}

/*
 * Is the short data at `index`, at a label that no branch of this file goes to, code of a function?
 * Then an instruction follows it, or it ends with a return.
 */
static bool is_body(const struct rewriter *r, uint32_t index)
{
    int64_t value = 0;
    for (uint32_t i = index; i < r->count; i++) {
        const struct statement *s = &r->statements[i];
        if (s->section != r->statements[index].section)
            continue;
        if (s->kind == STATEMENT_INSN || s->kind == STATEMENT_RAW)
            return true;
        if (s->kind == STATEMENT_LABEL || is_alignment(s))
            break;
        if (!is_data(s))
            continue;
        struct span rest = statement_arguments(s), argument;
        while (next_argument(&rest, &argument))
            if (!literal_value(argument, &value))
                return false;
    }
    return r->arch->return_byte && value == r->arch->return_byte;
}

bool data_is_code(const struct rewriter *r, uint32_t index)
{
    return !is_surely_data(&r->statements[index]) && is_body(r, index);
}

/* 64-bit data that is not a literal number. */
static bool holds_address(const struct statement *s)
{
    struct span name = statement_name(s), rest = statement_arguments(s), argument;
    int64_t value;
    if (span_is(name, ".quad") || span_is(name, ".8byte") || span_is(name, ".dc.a") ||
        span_is(name, ".xword") || span_is(name, ".dword"))
        while (next_argument(&rest, &argument))
            if (!literal_value(argument, &value))
                return true;
    return false;
}

bool is_entry(const struct statement *s)
{
    return s->kind == STATEMENT_LABEL && (s->symbol->branched || s->symbol->function);
}

/* Labels of data, and directives that say something of them. */
static bool belongs_to_data(const struct statement *s)
{
    if (s->kind == STATEMENT_LABEL)
        return !is_entry(s);
    return s->kind == STATEMENT_MARKER ||
           (s->kind == STATEMENT_DIRECTIVE &&
            (s->directive == DIRECTIVE_GLOBAL || s->directive == DIRECTIVE_TYPE ||
             span_is(statement_name(s), ".hidden") || span_is(statement_name(s), ".local")));
}

/* `.size` of a label that the run from `first` to `last` holds. */
static bool is_size_of(struct rewriter *r, uint32_t index, uint32_t first, uint32_t last)
{
    const struct statement *s = &r->statements[index];
    if (s->kind != STATEMENT_DIRECTIVE || !span_is(statement_name(s), ".size"))
        return false;
    struct span rest = statement_arguments(s), name;
    const struct symbol *symbol = next_argument(&rest, &name) ? symbol_reference(r, name) : NULL;
    return symbol && symbol->statement >= first && symbol->statement <= last;
}

/* Moves the run around the data at `index`, not before `bound`; returns its last statement. */
static uint32_t move_run(struct rewriter *r, uint32_t index, uint32_t bound)
{
    struct statement *s = r->statements;
    uint32_t first = index, last = index;
    bool labelled = false; /* since `last` */
    while (first > bound && belongs_to_data(&s[first - 1]))
        first--;
    while (first > bound && is_alignment(&s[first - 1]))
        first--;
    for (uint32_t i = index + 1; i < r->count; i++) {
        labelled |= s[i].kind == STATEMENT_LABEL;
        if (is_data(&s[i]) && labelled && data_is_code(r, i))
            break;
        if (is_data(&s[i]) || is_size_of(r, i, first, last))
            last = i, labelled = false;
        else if (!s[i].in_code || (!belongs_to_data(&s[i]) && !is_alignment(&s[i])))
            break;
    }
    s[first].moved = MOVED_CONSTANTS;
    for (uint32_t i = first; i <= last; i++) {
        s[i].in_code = false;
        if (s[i].kind == STATEMENT_DIRECTIVE && holds_address(&s[i]))
            s[first].moved = MOVED_ADDRESSES;
    }
    s[last].last_moved = true;
    return last;
}

static void read_encoded(struct rewriter *r, struct statement *s)
{
    const char *text = r->arch->encoded ? r->arch->encoded(r, s) : NULL;
    bool prefix_only = false;
    if (!text)
        return;
    s->at = text;
    s->size = (uint32_t)strlen(text);
    s->kind = STATEMENT_INSN;
    s->insn = r->arch->parse(r, s, (struct span){text, s->size}, &prefix_only);
    if (!s->insn)
        s->kind = STATEMENT_DROPPED;
}

void move_data(struct rewriter *r)
{
    bool reached = false;  /* execution can come here */
    bool labelled = false; /* or something may know this place */
    uint32_t bound = 0;    /* after the last instruction or change of section */
    if (!r->data_in_code)
        return;
    for (uint32_t i = 0; i < r->count; i++) {
        struct statement *s = &r->statements[i];
        if (!s->in_code) {
            bound = i + 1;
            continue;
        }
        if (i == bound) {
            reached = s->reached;
            labelled = false;
        }
        labelled |= s->kind == STATEMENT_LABEL;
        if (s->kind == STATEMENT_DIRECTIVE && s->directive == DIRECTIVE_INST) {
            read_encoded(r, s);
            reached = s->kind != STATEMENT_INSN || !r->arch->is_end(s->insn);
            bound = i + 1;
            if (bound < r->count)
                r->statements[bound].reached = reached;
            continue;
        }
        if (s->kind == STATEMENT_INSN || s->kind == STATEMENT_RAW ||
            (s->kind == STATEMENT_DIRECTIVE && is_section_directive(s))) {
            bound = i + 1;
        } else if (is_entry(s)) {
            reached = true;
            bound = i + 1;
            if (bound < r->count)
                r->statements[bound].reached = true;
        } else if (!reached && is_data(s) && (!labelled || !data_is_code(r, i))) {
            i = move_run(r, i, bound);
            bound = i + 1;
        } else if (is_data(s) && r->arch->encoded) {
            read_encoded(r, s);
            if (reached && s->kind == STATEMENT_INSN && r->arch->is_end(s->insn)) {
                bound = i + 1;
                if (bound < r->count)
                    r->statements[bound].reached = false;
            }
        }
    }
}
