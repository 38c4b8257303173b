// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Tables of symbols and sections: open addressing, no deletion. */
#include "context.h"

#include <stdio.h>
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

/* Makes the symbol at the start of `size` bytes. */
static struct symbol *new_symbol(struct rewriter *r, struct span name, uint32_t hash, size_t size)
{
    struct symbol *s = arena_alloc(&r->arena, size);
    memset(s, 0, size);
    *s = (struct symbol){.name = name, .hash = hash, .statement = NO_STATEMENT};
    return s;
}

/* The entry of that name and hash, made with `size` bytes if there is none. */
static struct symbol *entry(struct rewriter *r, struct span name, uint32_t hash, size_t size)
{
    struct symbols *t = &r->symbols;
    if (t->count * 2 >= t->capacity)
        grow_symbols(r);
    uint32_t slot = hash & (t->capacity - 1);
    while (t->slots[slot]) {
        if (t->slots[slot]->hash == hash && same(t->slots[slot]->name, name))
            return t->slots[slot];
        slot = (slot + 1) & (t->capacity - 1);
    }
    t->count++;
    return t->slots[slot] = new_symbol(r, name, hash, size);
}

struct symbol *symbol_get(struct rewriter *r, struct span name)
{
    if (name.size >= 2 && *name.at == '"')
        name = (struct span){name.at + 1, name.size - 2};
    return entry(r, name, span_hash(name), sizeof(struct symbol));
}

/* A numeric label by its digits; NULL if they are none. */
static struct numeric *numeric(struct rewriter *r, struct span digits)
{
    for (uint32_t i = 0; i < digits.size; i++)
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return NULL;
    if (!digits.size)
        return NULL;
    /* never the hash of an ordinary symbol of that name */
    return (struct numeric *)entry(r, digits, ~span_hash(digits), sizeof(struct numeric));
}

struct symbol *symbol_reference(struct rewriter *r, struct span name)
{
    if (!name.size)
        return NULL;
    char first = *name.at, last = name.at[name.size - 1];
    if (first >= '0' && first <= '9') {
        if (last != 'b' && last != 'f')
            return NULL;
        struct numeric *n = numeric(r, (struct span){name.at, name.size - 1});
        if (!n || last == 'b')
            return n ? n->last : NULL;
        if (!n->next)
            n->next = new_symbol(r, name, 0, sizeof *n->next);
        return n->next;
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
    struct numeric *n = numeric(r, name);
    if (n) {
        s = n->next ? n->next : new_symbol(r, name, 0, sizeof *s);
        n->last = s;
        n->next = NULL;
    } else {
        s = symbol_get(r, name);
    }
    s->statement = statement;
    return s;
}

void symbol_set(struct rewriter *r, struct span name, struct span value)
{
    struct symbol *s = symbol_reference(r, name), *other = symbol_reference(r, value);
    if (!s || s == other)
        return;
    s->same_as = s->set && s->same_as != other ? NULL : other;
    s->set = true;
}

const struct symbol *symbol_meant(const struct symbol *s)
{
    for (unsigned i = 0; s && s->set && !s->weak && i < 8; i++)
        s = s->same_as;
    return s;
}

void symbols_take(struct rewriter *r, struct span e)
{
    const char *p = e.at, *end = p + e.size;
    while (p < end) {
        if (*p == '"') {
            const char *start = p++;
            while (p < end && *p != '"')
                p += *p == '\\' && p + 1 < end ? 2 : 1;
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
    s->whole = s;
    r->sections.count++;
    return r->sections.slots[slot] = s;
}

struct section *subsection_get(struct rewriter *r, struct section *part, int64_t number)
{
    struct section *whole = part->whole;
    if (number == 0)
        return whole;
    char digits[32];
    uint32_t size = (uint32_t)snprintf(digits, sizeof digits, " %lld", (long long)number);
    char *name = arena_alloc(&r->arena, whole->name.size + (size_t)size);
    memcpy(name, whole->name.at, whole->name.size);
    memcpy(name + whole->name.size, digits, size);
    struct section *s = section_get(r, (struct span){name, whole->name.size + size});
    s->whole = whole;
    s->code = whole->code;
    s->debug = whole->debug;
    s->exceptions = whole->exceptions;
    return s;
}

void symbols_free(struct rewriter *r)
{
    free(r->symbols.slots);
    free(r->sections.slots);
}
