// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Symbols and their scopes; sections; how far apart two places may be. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "translate.h"

void text_add(struct text *text, const char *bytes, size_t size)
{
    if (text->size + size + 1 > text->room) {
        size_t room = (text->size + size + 1) * 2;
        char *grown = realloc(text->at, room);
        if (!grown) {
            text->failed = true;
            return;
        }
        text->at = grown;
        text->room = room;
    }
    if (size)
        memcpy(text->at + text->size, bytes, size);
    text->size += size;
    text->at[text->size] = 0;
}

void text_print(struct text *text, const char *format, ...)
{
    char some[1024];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(some, sizeof some, format, arguments);
    va_end(arguments);
    if (size >= 0 && (size_t)size < sizeof some) {
        text_add(text, some, (size_t)size);
        return;
    }
    char *all = NULL;
    va_start(arguments, format);
    size = vasprintf(&all, format, arguments);
    va_end(arguments);
    if (size < 0)
        text->failed = true;
    else
        text_add(text, all, (size_t)size);
    free(all);
}

static size_t hash(const char *name, size_t size)
{
    size_t h = 14695981039346656037u;
    for (size_t i = 0; i < size; i++)
        h = (h ^ (unsigned char)name[i]) * 1099511628211u;
    return h;
}

static bool grow(struct translation *t)
{
    size_t size = t->table_size ? t->table_size * 2 : 1024;
    // NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers
    struct symbol **table = calloc(size, sizeof *table);
    if (!table)
        return false;
    for (size_t i = 0; i < t->table_size; i++) {
        struct symbol *symbol = t->table[i];
        if (!symbol)
            continue;
        size_t at = hash(symbol->name, strlen(symbol->name)) & (size - 1);
        while (table[at])
            at = (at + 1) & (size - 1);
        table[at] = symbol;
    }
    free(t->table);
    t->table = table;
    t->table_size = size;
    return true;
}

/* Where there is no memory: a symbol that is never defined, so that the line is refused. */
static struct symbol *nothing(struct translation *t)
{
    t->out.failed = true;
    t->nothing = (struct symbol){.name = t->scope_name};
    return &t->nothing;
}

struct symbol *symbol_find(struct translation *t, const char *name, size_t size)
{
    if (t->symbol_count * 2 >= t->table_size && !grow(t))
        return nothing(t);
    size_t at = hash(name, size) & (t->table_size - 1);
    for (; t->table[at]; at = (at + 1) & (t->table_size - 1))
        if (strlen(t->table[at]->name) == size && memcmp(t->table[at]->name, name, size) == 0)
            return t->table[at];
    struct symbol *symbol = calloc(1, sizeof *symbol);
    if (symbol)
        symbol->name = strndup(name, size);
    if (!symbol || !symbol->name) {
        free(symbol);
        return nothing(t);
    }
    t->table[at] = symbol;
    t->symbol_count++;
    return symbol;
}

struct symbol *symbol_named(struct translation *t, const struct token *token)
{
    bool local = token->at[0] == '.' && !(token->size > 1 && token->at[1] == '.');
    if (!local)
        return symbol_find(t, token->at, token->size);
    char name[1024];
    int size = snprintf(name, sizeof name, "%s%.*s", t->scope, (int)token->size, token->at);
    if ((size_t)size >= sizeof name)
        refuse(t, "a name of %d characters", size);
    return symbol_find(t, name, (size_t)size < sizeof name ? (size_t)size : sizeof name - 1);
}

/* What LLVM's parser of Intel syntax would take for something else. */
static bool is_word(const char *name)
{
    static const char *const words[] = {
        "and",   "or",     "xor",    "not",   "mod",   "shl",     "shr",     "eq",      "ne",
        "lt",    "le",     "gt",     "ge",    "ptr",   "offset",  "byte",    "word",    "dword",
        "fword", "qword",  "mmword", "tbyte", "oword", "xmmword", "ymmword", "zmmword", "xword",
        "size",  "length", "type",   "short", "near",  "far",     "flat",    "rip",     "eip",
        "eiz",   "riz",    "st",     "ip",    "flags", "eflags",  "rflags",  "mxcsr",   "ssp"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(name, words[i]) == 0)
            return true;
    unsigned number;
    int used = 0;
    if (sscanf(name, "%*1[fF]%*1[pP]%1u%n", &number, &used) == 1 && !name[used])
        return true; /* fp0 */
    if (sscanf(name, "%*1[rR]%2u%n", &number, &used) == 1 && number >= 16 && number < 32 &&
        (!name[used] || (strchr("bwdBWD", name[used]) && !name[used + 1])))
        return true; /* r16 to r31, of processors to come */
    struct token token = {.kind = TOKEN_NAME, .at = name, .size = strlen(name)};
    return reg_find(&token) != NULL;
}

static bool is_plain(const char *name)
{
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_' && *p != '.' && *p != '$')
            return false;
    return name[0] != '$';
}

const char *symbol_text(struct translation *t, struct symbol *symbol)
{
    if (symbol->text)
        return symbol->text;
    struct text text = {0};
    bool own = symbol->kind == SYMBOL_LABEL || symbol->kind == SYMBOL_EQU;
    if (symbol->global || !own) {
        if (!is_plain(symbol->name) || is_word(symbol->name))
            refuse(t, "the global name '%s' cannot be written in GNU assembly", symbol->name);
        text_print(&text, "%s%s%s", t->prefix, symbol->name, t->suffix);
    } else if (!strchr(symbol->name, '.') && is_plain(symbol->name) && !is_word(symbol->name)) {
        text_print(&text, "%s", symbol->name);
    } else {
        /* a check reads them in the object */
        text_print(&text, "%sL%s", t->check ? "" : ".", is_word(symbol->name) ? "n." : "");
        for (const char *p = symbol->name; *p; p++)
            if (isalnum((unsigned char)*p) || *p == '.')
                text_add(&text, p, 1);
            else
                text_print(&text, *p == '_' ? "_" : "$%02x", (unsigned char)*p);
    }
    symbol->text = text.at;
    if (!text.at) {
        t->out.failed = true;
        return "";
    }
    return symbol->text;
}

struct symbol *symbol_here(struct translation *t)
{
    if (!t->here) {
        char name[32];
        int size =
            snprintf(name, sizeof name, "..@here.%u.%u", t->statement_number, t->here_number);
        t->here = symbol_find(t, name, (size_t)size);
        t->here->kind = SYMBOL_LABEL;
        t->here->place = t->section->end;
    }
    return t->here;
}

void symbol_define(struct translation *t, struct symbol *symbol)
{
    if (symbol->pass == t->pass)
        refuse(t, "'%s' is defined twice", symbol->name);
    symbol->pass = t->pass;
    if (!t->section) {
        symbol->kind = SYMBOL_EQU;
        symbol->value = (struct value){.number = t->absolute};
        return;
    }
    symbol->kind = SYMBOL_LABEL;
    symbol->place = t->section->end;
    // NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers
    if (t->label_count < sizeof t->labels / sizeof *t->labels)
        t->labels[t->label_count++] = symbol;
    else
        symbol->before_code = true; /* as far as anybody knows */
}

void advance(struct translation *t, int64_t low, int64_t high)
{
    if (!t->section) {
        t->absolute += low;
        return;
    }
    struct place *end = &t->section->end;
    if (low > 0)
        t->label_count = 0;
    t->section->aligned = 1;
    end->order++;
    end->low += low;
    if (high == UNBOUNDED)
        end->unbounded++;
    else
        end->high += high;
}

struct distance distance(const struct symbol *from, const struct symbol *to)
{
    const struct place *a = &from->earlier, *b = &to->earlier;
    if (!a->section || a->section != b->section)
        return (struct distance){false, 0, 0};
    bool forward = a->order <= b->order;
    const struct place *first = forward ? a : b, *second = forward ? b : a;
    int64_t low = second->low - first->low;
    int64_t high = second->unbounded != first->unbounded ? UNBOUNDED : second->high - first->high;
    if (forward)
        return (struct distance){true, low, high};
    return (struct distance){true, high == UNBOUNDED ? -UNBOUNDED : -high, -low};
}

struct section *section_find(struct translation *t, const char *name, size_t size)
{
    struct section **link = &t->sections;
    for (; *link; link = &(*link)->next)
        if (strlen((*link)->name) == size && memcmp((*link)->name, name, size) == 0)
            return *link;
    struct section *section = calloc(1, sizeof *section);
    char *start = NULL;
    if (section && (section->name = strndup(name, size)) &&
        asprintf(&start, "..@start.%s", section->name) > 0) {
        section->start = symbol_find(t, start, strlen(start));
        section->start->kind = SYMBOL_LABEL;
        section->end.section = section;
        free(start);
        return *link = section;
    }
    if (section)
        free(section->name);
    free(section);
    t->out.failed = true;
    return NULL;
}
