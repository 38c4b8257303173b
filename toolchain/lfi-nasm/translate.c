// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Lines, labels, and the passes over the text. */
#include "translate.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MOST_PASSES   6
#define MOST_MESSAGES 20

void refuse(struct translation *t, const char *why, ...)
{
    if (t->failed_line)
        return;
    t->failed_line = true;
    if (!t->last)
        return;
    t->errors++;
    if (t->quiet || t->errors > MOST_MESSAGES)
        return;
    va_list arguments;
    va_start(arguments, why);
    fprintf(stderr, "lfi-nasm: %s:%u: ", t->line_file, t->line);
    vfprintf(stderr, why, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

/* Writes the present statement, behind its label for $ if that is used. */
void finish_statement(struct translation *t)
{
    if (t->last && !t->failed_line && t->statement.size) {
        if (t->name_files) /* lfi-as then says this name with the line */
            text_print(&t->out, "\t.file \"%s\"\n", t->line_file);
        text_print(&t->out, "# %u \"%s\"\n", t->line, t->line_file);
        if (t->here && t->here->text)
            text_print(&t->out, "%s:\n", t->here->text);
        text_add(&t->out, t->statement.at, t->statement.size);
    }
    t->out.failed |= t->statement.failed;
    t->statement.size = 0;
    if (t->here) {
        t->here->pass = t->pass;
        t->here = NULL;
    }
    t->here_number++;
}

static void set_scope(struct translation *t, const struct token *name)
{
    bool local = name->at[0] == '.';
    if (local)
        return;
    if (name->size >= sizeof t->scope_name)
        refuse(t, "a name of %zu characters", name->size);
    snprintf(t->scope_name, sizeof t->scope_name, "%.*s", (int)name->size, name->at);
    t->scope = t->scope_name;
}

static void define_label(struct translation *t, const struct token *name)
{
    set_scope(t, name);
    struct symbol *symbol = symbol_named(t, name);
    symbol_define(t, symbol);
    if (!t->last || t->failed_line || !t->section)
        return;
    const char *text = symbol_text(t, symbol);
    if (symbol->global && !symbol->weak)
        text_print(&t->statement, "\t.globl %s\n", text);
    text_print(&t->statement, "%s:\n", text);
    finish_statement(t);
}

/* It begins no scope for local labels. */
static void define_equ(struct translation *t, const struct token *name, const struct token *at)
{
    struct value v;
    struct symbol *symbol = symbol_named(t, name);
    if (!value_read(t, &at, &v))
        return;
    if (at->kind != TOKEN_END) {
        refuse(t, "equ: '%.*s' is not known here", (int)at->size, at->at);
        return;
    }
    if (symbol->pass == t->pass)
        refuse(t, "'%s' is defined twice", symbol->name);
    value_settle(&v, false);
    symbol->kind = SYMBOL_EQU;
    symbol->pass = t->pass;
    symbol->value = v;
    if (t->last && t->here && !t->failed_line) /* for those who use it */
        text_print(&t->statement, "%s", symbol_text(t, t->here) ? "\n" : "");
    if (t->last && symbol->global) {
        text_print(&t->statement, "\t.globl %s\n\t.set %s, ", symbol_text(t, symbol),
                   symbol_text(t, symbol));
        value_print(t, &t->statement, &v);
        text_print(&t->statement, "\n");
    }
}

/* A name that begins a line, without a colon: is it a label? */
static bool is_bare_label(const struct token *at)
{
    const struct token *next = at + 1;
    if (at->kind != TOKEN_NAME || is_prefix(at) || is_data(at) || is_directive(at))
        return false;
    if (next->kind == TOKEN_END)
        return at->escaped || !is_nullary(at);
    if (is_data(next))
        return true;
    if (next->kind != TOKEN_NAME || next->escaped || reg_find(next))
        return false;
    if (next[1].kind == TOKEN_END)
        return is_nullary(next) && !is_prefix(at);
    if (is_prefix(next))
        return true;
    /* "name mov eax, 1" against "jmp short name", "push qword [x]" */
    static const char *const words[] = {"short", "near",  "far",   "strict", "byte",
                                        "word",  "dword", "qword", "oword",  "tword",
                                        "yword", "zword", "to",    "rel"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (token_is(next, words[i]))
            return false;
    return next[1].kind == TOKEN_NUMBER || token_operator(&next[1], '[') ||
           (next[1].kind == TOKEN_NAME && !token_is(&next[1], "wrt"));
}

void translate_statement(struct translation *t, const struct token *at)
{
    if (at->kind == TOKEN_NAME && token_is(at + 1, "equ")) {
        define_equ(t, at, at + 2);
        return;
    }
    if (at->kind == TOKEN_NAME && token_operator(at + 1, ':') && token_is(at + 2, "equ")) {
        define_equ(t, at, at + 3);
        return;
    }
    if (at->kind == TOKEN_NAME && token_operator(at + 1, ':')) {
        define_label(t, at);
        at += 2;
    } else if (is_bare_label(at)) {
        /* an instruction that is not known here is no label that nobody wants */
        const struct symbol *symbol = symbol_named(t, at);
        if (t->last && !symbol->used && !symbol->global && at[1].kind == TOKEN_END) {
            refuse(t, "'%.*s' is not known here; if it is a label, write a colon behind it",
                   (int)at->size, at->at);
            return;
        }
        define_label(t, at);
        at++;
    }
    if (at->kind == TOKEN_END)
        return;
    if (is_directive(at))
        translate_directive(t, at);
    else if (is_data(at))
        translate_data(t, at);
    else
        translate_insn(t, at);
}

/* %line 12+1 file.asm */
static void line_marker(struct translation *t, const char *line, size_t size)
{
    char text[4200], *end;
    snprintf(text, sizeof text, "%.*s", (int)size, line);
    t->line = (unsigned)strtoul(text + strlen("%line"), &end, 10);
    t->line_step = *end == '+' ? (unsigned)strtoul(end + 1, &end, 10) : 1;
    while (isspace((unsigned char)*end))
        end++;
    if (*end == '"') {
        end++;
        end[strcspn(end, "\"")] = 0;
    }
    if (*end)
        snprintf(t->line_file, sizeof t->line_file, "%.4095s", end);
}

static void translate_line(struct translation *t, const char *line, size_t size)
{
    while (size && isspace((unsigned char)*line))
        line++, size--;
    while (size && isspace((unsigned char)line[size - 1]))
        size--;
    if (size > 5 && strncmp(line, "%line", 5) == 0) {
        line_marker(t, line, size);
        return;
    }
    t->failed_line = false;
    if (size && *line != ';' && *line != '%') {
        t->here_number = 0;
        if (tokens_read(&t->tokens, line, size))
            translate_statement(t, t->tokens.list);
        else if (t->tokens.error)
            refuse(t, "%s", t->tokens.error);
        else
            t->out.failed = true;
        finish_statement(t);
    } else if (size && *line == '%' && strncmp(line, "%pragma", 7) != 0) {
        refuse(t, "'%.*s' is not known here", (int)strcspn(line, " \t\n"), line);
    }
    t->statement_number++;
    t->line += t->line_step;
}

static void begin_pass(struct translation *t)
{
    snprintf(t->line_file, sizeof t->line_file, "%s", t->file);
    t->line = t->line_step = 1;
    t->statement_number = 0;
    t->scope_name[0] = 0;
    t->scope = t->scope_name;
    t->relative = false;
    t->pending = NULL;
    t->label_count = 0;
    t->waiting = 0;
    for (struct section *section = t->sections; section; section = section->next) {
        section->end = (struct place){.section = section};
        section->begun = false;
        section->aligned = 1;
    }
    t->section = section_find(t, ".text", strlen(".text"));
    if (t->section)
        section_default(t, t->section);
}

static void run_pass(struct translation *t)
{
    begin_pass(t);
    const char *at = t->input, *end = t->input + t->size;
    while (at < end && !t->out.failed) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((stop ? stop : end) - at);
        translate_line(t, at, size);
        at += size + 1;
    }
    for (size_t i = 0; i < t->table_size; i++) {
        struct symbol *symbol = t->table[i];
        if (!symbol || symbol->kind != SYMBOL_LABEL)
            continue;
        symbol->earlier = symbol->place;
    }
}

bool translate(struct translation *t)
{
    text_print(&t->out, "# 0 \"%s\"\n\t.intel_syntax noprefix\n", t->file);
    for (t->pass = 1; !t->last && !t->out.failed; t->pass++) {
        t->last = t->pass == MOST_PASSES || (t->pass > 1 && t->waiting == 0);
        run_pass(t);
    }
    if (t->out.failed && !t->quiet)
        fprintf(stderr, "lfi-nasm: out of memory\n");
    if (t->errors > MOST_MESSAGES && !t->quiet)
        fprintf(stderr, "lfi-nasm: %s: %u errors\n", t->file, t->errors);
    return !t->out.failed && t->errors == 0;
}

void translation_free(struct translation *t)
{
    for (size_t i = 0; i < t->table_size; i++) {
        if (t->table[i]) {
            free(t->table[i]->name);
            free(t->table[i]->text);
        }
        free(t->table[i]);
    }
    while (t->sections) {
        struct section *section = t->sections;
        t->sections = section->next;
        free(section->name);
        free(section->attributes);
        free(section);
    }
    free(t->marks);
    free(t->table);
    free(t->out.at);
    free(t->statement.at);
    tokens_free(&t->tokens);
}
