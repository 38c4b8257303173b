// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Tables of symbols and sections: open addressing, no deletion. */
#include "context.h"

#include <stdlib.h>

#include "lexer.h"

static bool same(struct span a, struct span b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.at, b.at, a.size) == 0);
}

static void *table(struct rewriter *r, size_t capacity)
{
    void *slots = calloc(capacity, sizeof(void *));
    if (!slots)
        longjmp(*r->arena.out_of_memory, 1);
    return slots;
}

static void grow_symbols(struct rewriter *r)
{
    struct symbols *t = &r->symbols;
    uint32_t capacity = t->capacity ? t->capacity * 2 : 1024;
    struct symbol **slots = table(r, capacity);
    for (uint32_t i = 0; i < t->capacity; i++) {
        if (!t->slots[i])
            continue;
        uint32_t slot = t->slots[i]->hash & (capacity - 1);
        while (slots[slot])
            slot = (slot + 1) & (capacity - 1);
        slots[slot] = t->slots[i];
    }
    free(t->slots);
    t->slots = slots;
    t->capacity = capacity;
}

static struct symbol *new_symbol(struct rewriter *r, struct span name, uint32_t hash)
{
    struct symbol *s = arena_alloc(&r->arena, sizeof *s);
    *s = (struct symbol){.name = name, .hash = hash, .statement = NO_STATEMENT};
    return s;
}

struct symbol *symbol_get(struct rewriter *r, struct span name)
{
    struct symbols *t = &r->symbols;
    if (name.size >= 2 && *name.at == '"')
        name = (struct span){name.at + 1, name.size - 2};
    if (t->count * 2 >= t->capacity)
        grow_symbols(r);
    uint32_t hash = span_hash(name), slot = hash & (t->capacity - 1);
    while (t->slots[slot]) {
        if (t->slots[slot]->hash == hash && same(t->slots[slot]->name, name))
            return t->slots[slot];
        slot = (slot + 1) & (t->capacity - 1);
    }
    t->count++;
    return t->slots[slot] = new_symbol(r, name, hash);
}

/* The number of a numeric label; -1 if it is not one. */
static int numeric(struct span digits)
{
    if (digits.size == 0 || digits.size > 2)
        return -1;
    int value = 0;
    for (uint32_t i = 0; i < digits.size; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return -1;
        value = value * 10 + digits.at[i] - '0';
    }
    return value;
}

struct symbol *symbol_reference(struct rewriter *r, struct span name)
{
    if (!name.size)
        return NULL;
    char first = *name.at, last = name.at[name.size - 1];
    if (first >= '0' && first <= '9') {
        int n = numeric((struct span){name.at, name.size - 1});
        if (n < 0 || (last != 'b' && last != 'f'))
            return NULL;
        if (last == 'b')
            return r->symbols.numeric[n].last;
        if (!r->symbols.numeric[n].next)
            r->symbols.numeric[n].next = new_symbol(r, name, 0);
        return r->symbols.numeric[n].next;
    }
    const char *version = memchr(name.at, '@', name.size);
    if (version)
        name.size = (uint32_t)(version - name.at);
    if (first == '$' || span_is(name, ".") || !name.size)
        return NULL;
    for (uint32_t i = 0; *name.at != '"' && i < name.size; i++)
        if (!is_name_char(name.at[i]))
            return NULL;
    return symbol_get(r, name);
}

struct symbol *symbol_define(struct rewriter *r, struct span name, uint32_t statement)
{
    struct symbol *s;
    int n = numeric(name);
    if (n >= 0) {
        s = r->symbols.numeric[n].next ? r->symbols.numeric[n].next : new_symbol(r, name, 0);
        r->symbols.numeric[n].last = s;
        r->symbols.numeric[n].next = NULL;
    } else {
        s = symbol_get(r, name);
    }
    s->statement = statement;
    return s;
}

void symbols_take(struct rewriter *r, struct span e)
{
    const char *p = e.at, *end = p + e.size;
    while (p < end) {
        if (*p == '"') {
            const char *start = p++;
            while (p < end && *p != '"')
                p++;
            p += p < end;
            struct symbol *s = symbol_reference(r, (struct span){start, (uint32_t)(p - start)});
            if (s)
                s->taken = true;
        } else if (is_name_char(*p)) {
            const char *start = p;
            while (p < end && is_name_char(*p))
                p++;
            struct symbol *s = symbol_reference(r, (struct span){start, (uint32_t)(p - start)});
            if (s)
                s->taken = true;
        } else {
            p++;
        }
    }
}

static bool is_or_below(struct span name, const char *section)
{
    size_t n = strlen(section);
    return span_starts(name, section) && (name.size == n || name.at[n] == '.');
}

static void grow_sections(struct rewriter *r)
{
    uint32_t capacity = r->sections.capacity ? r->sections.capacity * 2 : 64;
    struct section **slots = table(r, capacity);
    for (uint32_t i = 0; i < r->sections.capacity; i++) {
        if (!r->sections.slots[i])
            continue;
        uint32_t slot = r->sections.slots[i]->hash & (capacity - 1);
        while (slots[slot])
            slot = (slot + 1) & (capacity - 1);
        slots[slot] = r->sections.slots[i];
    }
    free(r->sections.slots);
    r->sections.slots = slots;
    r->sections.capacity = capacity;
}

struct section *section_get(struct rewriter *r, struct span name)
{
    if (r->sections.count * 2 >= r->sections.capacity)
        grow_sections(r);
    uint32_t hash = span_hash(name), slot = hash & (r->sections.capacity - 1);
    while (r->sections.slots[slot]) {
        if (same(r->sections.slots[slot]->name, name))
            return r->sections.slots[slot];
        slot = (slot + 1) & (r->sections.capacity - 1);
    }
    struct section *s = arena_alloc(&r->arena, sizeof *s);
    *s = (struct section){
        .name = name,
        .hash = hash,
        .code =
            is_or_below(name, ".text") || is_or_below(name, ".init") || is_or_below(name, ".fini"),
        .debug = span_starts(name, ".debug") || span_starts(name, ".eh_frame") ||
                 span_starts(name, ".note") || span_starts(name, ".llvm"),
        .exceptions = is_or_below(name, ".gcc_except_table"),
    };
    r->sections.count++;
    return r->sections.slots[slot] = s;
}

void symbols_free(struct rewriter *r)
{
    free(r->symbols.slots);
    free(r->sections.slots);
}
