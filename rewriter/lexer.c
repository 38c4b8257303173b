// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Splits a file into statements. A statement ends at a newline or `;`. Comments are `#` (for some
 * architectures only where a statement could begin) and `//` to the end of the line and slash-star;
 * a statement that holds one of the latter is copied without it.
 */
#include "lexer.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

const uint8_t char_class[256] = {
    ['0' ... '9'] = CHAR_NAME,
    ['A' ... 'Z'] = CHAR_NAME,
    ['a' ... 'z'] = CHAR_NAME,
    [128 ... 255] = CHAR_NAME,
    ['_'] = CHAR_NAME,
    ['.'] = CHAR_NAME,
    ['$'] = CHAR_NAME,
    ['@'] = CHAR_NAME,
    ['\n'] = CHAR_STOP,
    [';'] = CHAR_STOP,
    ['#'] = CHAR_STOP,
    ['/'] = CHAR_STOP,
    ['"'] = CHAR_STOP | CHAR_SPLIT,
    ['\''] = CHAR_STOP | CHAR_SPLIT,
    ['('] = CHAR_SPLIT,
    [')'] = CHAR_SPLIT,
    [','] = CHAR_SPLIT,
};

/* The first character of class CHAR_STOP; `end` if there is none. */
static const char *find_stop(const char *p, const char *end)
{
#ifdef __SSE2__
    for (; end - p >= 16; p += 16) {
        __m128i text = _mm_loadu_si128((const __m128i *)p), stops = _mm_setzero_si128();
        static const char characters[] = "\n;#/\"'";
        for (unsigned i = 0; i < sizeof characters - 1; i++)
            stops = _mm_or_si128(stops, _mm_cmpeq_epi8(text, _mm_set1_epi8(characters[i])));
        int found = _mm_movemask_epi8(stops);
        if (found)
            return p + __builtin_ctz((unsigned)found);
    }
#endif
    while (p < end && !(char_class[(unsigned char)*p] & CHAR_STOP))
        p++;
    return p;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static const char *line_end(const char *p, const char *end)
{
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    return newline ? newline : end;
}

/* The end of the string that starts at p; NULL if it is not terminated. Counts its lines. */
static const char *skip_string(const char *p, const char *end, uint32_t *lines)
{
    for (p++; p < end && *p != '"'; p++) {
        if (*p == '\\' && p + 1 < end)
            p++;
        if (*p == '\n')
            ++*lines;
    }
    return p < end ? p + 1 : NULL;
}

static const char *skip_comment(const char *p, const char *end, uint32_t *lines)
{
    for (p += 2; p + 1 < end; p++) {
        if (*p == '*' && p[1] == '/')
            return p + 2;
        if (*p == '\n')
            ++*lines;
    }
    return NULL;
}

/* `# 12 "file.c"` with anything after it. */
static bool is_marker(const char *p, const char *end)
{
    p++;
    while (p < end && is_blank(*p))
        p++;
    if (p >= end || *p < '0' || *p > '9')
        return false;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    while (p < end && is_blank(*p))
        p++;
    return p < end && *p == '"';
}

/* Moves to the first character of a statement; true if it is a line marker. */
static bool skip_to_statement(struct lexer *l)
{
    while (l->at < l->end) {
        char c = *l->at;
        if (c == '\n') {
            l->line++;
            l->at++;
        } else if (is_blank(c) || c == ';') {
            l->at++;
        } else if (c == '#') {
            const char *stop = line_end(l->at, l->end);
            if (is_marker(l->at, stop))
                return true;
            l->at = stop;
        } else if (c == '/' && l->at + 1 < l->end && l->at[1] == '/') {
            l->at = line_end(l->at, l->end);
        } else if (c == '/' && l->at + 1 < l->end && l->at[1] == '*') {
            const char *after = skip_comment(l->at, l->end, &l->line);
            if (!after) {
                l->failed = true;
                return false;
            }
            l->at = after;
        } else {
            return false;
        }
    }
    return false;
}

bool lex_statement(struct lexer *l, struct statement *s)
{
    bool marker = skip_to_statement(l);
    const char *start = l->at, *p = start, *end = l->end;
    s->where = start;
    s->line = l->line;
    if (l->failed || start >= end)
        return false;
    if (marker) {
        l->at = line_end(p, end);
        s->at = start;
        s->size = (uint32_t)(l->at - start);
        s->kind = STATEMENT_MARKER;
        return true;
    }

    char *copy = NULL; /* the text so far, without its comments */
    size_t copied = 0;
    const char *from = start;
    const char *stop;
    for (;; p++) {
        p = stop = find_stop(p, end);
        if (p >= end || *p == '\n' || *p == ';')
            break;
        if ((*p == '#' && l->hash_comments) || (*p == '/' && p + 1 < end && p[1] == '/')) {
            p = line_end(p, end);
            break;
        }
        if (*p == '"') {
            p = skip_string(p, end, &l->line);
            if (!p) {
                l->failed = true;
                l->at = stop;
                return false;
            }
            p--;
        } else if (*p == '\'') {
            if (p + 1 < end && p[1] == '\\')
                p++;
            if (p + 1 < end && p[1] != '\n')
                p++;
            if (p + 1 < end && p[1] == '\'')
                p++;
        } else if (*p == '/' && p + 1 < end && p[1] == '*') {
            const char *after = skip_comment(p, end, &l->line);
            if (!after) {
                l->failed = true;
                l->at = p;
                return false;
            }
            if (!copy)
                copy = arena_alloc(l->arena, (size_t)(p - from) + 1);
            else {
                char *grown = arena_alloc(l->arena, copied + (size_t)(p - from) + 1);
                memcpy(grown, copy, copied);
                copy = grown;
            }
            memcpy(copy + copied, from, (size_t)(p - from));
            copied += (size_t)(p - from);
            copy[copied++] = ' ';
            from = after;
            p = after - 1;
        }
    }
    l->at = p < end && *p == ';' ? p + 1 : p;
    struct span text = {start, (uint32_t)(stop - start)};
    if (copy) {
        size_t rest = (size_t)(stop - from);
        char *whole = arena_alloc(l->arena, copied + rest + 1);
        memcpy(whole, copy, copied);
        memcpy(whole + copied, from, rest);
        text = (struct span){whole, (uint32_t)(copied + rest)};
    }
    text = span_trim(text);
    s->at = text.at;
    s->size = text.size;
    s->kind = STATEMENT_RAW;
    return true;
}
