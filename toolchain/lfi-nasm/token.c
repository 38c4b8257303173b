// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The words of a line of NASM assembly. */
#include "token.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct reader {
    struct tokens *tokens;
    const char *at, *end;
    char *free_bytes;
};

static bool starts_name(char c)
{
    return isalpha((unsigned char)c) || (c && strchr("_.?@", c));
}

static bool continues_name(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("_.?@$#~", c));
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* The radix that a letter names, in front or at the end; 0 if none. */
static int radix_of(char c)
{
    switch (tolower((unsigned char)c)) {
    case 'x':
    case 'h':
        return 16;
    case 'd':
    case 't':
        return 10;
    case 'o':
    case 'q':
        return 8;
    case 'b':
    case 'y':
        return 2;
    default:
        return 0;
    }
}

static bool digits(const char *at, size_t size, int radix, uint64_t *number)
{
    bool any = false;
    *number = 0;
    for (size_t i = 0; i < size; i++) {
        if (at[i] == '_')
            continue;
        if (digit(at[i]) >= radix || __builtin_mul_overflow(*number, (uint64_t)radix, number) ||
            __builtin_add_overflow(*number, (uint64_t)digit(at[i]), number))
            return false;
        any = true;
    }
    return any;
}

static bool read_number(struct token *token)
{
    const char *at = token->at;
    size_t size = token->size;
    if (at[0] == '$')
        return digits(at + 1, size - 1, 16, &token->number);
    int front = size > 2 && at[0] == '0' ? radix_of(at[1]) : 0, back = radix_of(at[size - 1]);
    return (back == 16 && digits(at, size - 1, 16, &token->number)) ||
           (front && digits(at + 2, size - 2, front, &token->number)) ||
           digits(at, size, 10, &token->number) ||
           (back && digits(at, size - 1, back, &token->number));
}

/* 1.5, 1.e5, 2e-7, 0x1.8p3; not 0x1e5 */
static bool is_float(const char *at, size_t size)
{
    bool hex = size > 1 && at[0] == '0' && (at[1] | 32) == 'x', any = false;
    if (!hex && (at[size - 1] | 32) == 'h')
        return false;
    for (size_t i = 0; i < size; i++) {
        char c = (char)(at[i] | 32);
        if (at[i] == '.' || (hex ? c == 'p' : c == 'e'))
            any = true;
        else if (!isdigit((unsigned char)at[i]) && !strchr("_+-", at[i]) &&
                 !(hex && isxdigit((unsigned char)c)) && !(hex && c == 'x'))
            return false;
    }
    return any;
}

static void take_number(struct reader *r, struct token *token)
{
    const char *p = r->at + (*r->at == '$');
    bool hex = p + 1 < r->end && p[0] == '0' && (p[1] | 32) == 'x';
    while (p < r->end) {
        bool sign = (*p == '+' || *p == '-') && (p[-1] | 32) == (hex ? 'p' : 'e') &&
                    is_float(r->at, (size_t)(p - r->at)) && p + 1 < r->end &&
                    isdigit((unsigned char)p[1]);
        if (!sign && !isalnum((unsigned char)*p) && *p != '_' && *p != '.')
            break;
        p++;
    }
    token->size = (size_t)(p - r->at);
    token->kind = is_float(r->at, token->size) ? TOKEN_FLOAT : TOKEN_NUMBER;
    r->at = p;
    if (token->kind == TOKEN_NUMBER && !read_number(token))
        r->tokens->error = "this number cannot be read, or has more than 64 bits";
}

static void put_code_point(struct reader *r, unsigned code)
{
    if (code < 0x80) {
        *r->free_bytes++ = (char)code;
        return;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    *r->free_bytes++ = (char)(lead[more] | code >> (6 * more));
    while (more-- > 0)
        *r->free_bytes++ = (char)(0x80 | (code >> (6 * more) & 0x3f));
}

/* Behind the backslash in a string of `backquotes`. */
static void take_escape(struct reader *r)
{
    static const char letters[] = "abtnvfre0", values[] = "\a\b\t\n\v\f\r\033";
    char c = *r->at++;
    unsigned code = 0;
    int most = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (c >= '0' && c <= '7') {
        code = (unsigned)(c - '0');
        for (int i = 0; i < 2 && r->at < r->end && *r->at >= '0' && *r->at <= '7'; i++)
            code = code * 8 + (unsigned)(*r->at++ - '0');
        *r->free_bytes++ = (char)code;
    } else if (most) {
        for (int i = 0; i < most && r->at < r->end && digit(*r->at) < 16; i++)
            code = code * 16 + (unsigned)digit(*r->at++);
        if (c == 'x')
            *r->free_bytes++ = (char)code;
        else
            put_code_point(r, code & 0x1fffff);
    } else {
        const char *letter = strchr(letters, c);
        *r->free_bytes++ = letter ? values[letter - letters] : c;
    }
}

static void take_string(struct reader *r, struct token *token)
{
    char quote = *r->at++;
    token->kind = TOKEN_STRING;
    token->bytes = r->free_bytes;
    while (r->at < r->end && *r->at != quote) {
        char c = *r->at++;
        if (quote == '`' && c == '\\' && r->at < r->end)
            take_escape(r);
        else
            *r->free_bytes++ = c;
    }
    token->byte_count = (size_t)(r->free_bytes - token->bytes);
    if (r->at == r->end)
        r->tokens->error = "a string without an end";
    else
        r->at++;
}

static void take_operator(struct reader *r, struct token *token)
{
    static const char *const longer[] = {"<<<", ">>>", "<=>", "<<", ">>", "//", "%%", "==",
                                         "!=",  "<>",  "<=",  ">=", "&&", "||", "^^", "$$"};
    token->kind = TOKEN_OPERATOR;
    for (size_t i = 0; i < sizeof longer / sizeof *longer; i++) {
        size_t size = strlen(longer[i]);
        if ((size_t)(r->end - r->at) >= size && memcmp(r->at, longer[i], size) == 0) {
            for (size_t j = 0; j < size; j++)
                token->op = token->op << 8 | (unsigned char)r->at[j];
            r->at += size;
            return;
        }
    }
    token->op = (unsigned char)*r->at;
    if (!strchr("+-*/%()[],:~!&|^<>=$?", *r->at))
        r->tokens->error = "a character that has no meaning here";
    r->at++;
}

static struct token *more(struct tokens *tokens)
{
    if (tokens->count == tokens->room) {
        size_t room = tokens->room ? tokens->room * 2 : 64;
        struct token *list = realloc(tokens->list, room * sizeof *list);
        if (!list)
            return NULL;
        tokens->list = list;
        tokens->room = room;
    }
    struct token *token = &tokens->list[tokens->count++];
    *token = (struct token){.kind = TOKEN_END};
    return token;
}

static void take(struct reader *r, struct token *token)
{
    char c = *r->at, next = r->at + 1 < r->end ? r->at[1] : 0;
    token->at = r->at;
    if (isdigit((unsigned char)c) || (c == '$' && isdigit((unsigned char)next))) {
        take_number(r, token);
    } else if (starts_name(c) || (c == '$' && starts_name(next))) {
        token->kind = TOKEN_NAME;
        token->escaped = c == '$';
        token->at += c == '$';
        for (r->at = token->at; r->at < r->end && continues_name(*r->at);)
            r->at++;
        if (token->at + 1 == r->at && c == '?')
            token->kind = TOKEN_OPERATOR, token->op = '?';
    } else if (c == '\'' || c == '"' || c == '`') {
        take_string(r, token);
    } else if (c == '{') {
        const char *close = memchr(r->at, '}', (size_t)(r->end - r->at));
        token->kind = TOKEN_BRACES;
        if (!close)
            r->tokens->error = "a brace without an end";
        r->at = close ? close + 1 : r->end;
    } else {
        take_operator(r, token);
    }
    token->size = (size_t)(r->at - token->at);
}

bool tokens_read(struct tokens *tokens, const char *line, size_t size)
{
    tokens->count = 0;
    tokens->error = NULL;
    if (size + 1 > tokens->storage_size) {
        char *storage = realloc(tokens->storage, size + 1);
        if (!storage)
            return false;
        tokens->storage = storage;
        tokens->storage_size = size + 1;
    }
    struct reader r = {tokens, line, line + size, tokens->storage};
    for (;;) {
        while (r.at < r.end && isspace((unsigned char)*r.at))
            r.at++;
        struct token *token = more(tokens);
        if (!token)
            return false;
        if (r.at == r.end || *r.at == ';')
            return true;
        take(&r, token);
        if (tokens->error)
            return false;
    }
}

void tokens_free(struct tokens *tokens)
{
    free(tokens->list);
    free(tokens->storage);
    *tokens = (struct tokens){0};
}

bool token_is(const struct token *token, const char *name)
{
    return token->kind == TOKEN_NAME && !token->escaped && strlen(name) == token->size &&
           strncasecmp(token->at, name, token->size) == 0;
}

bool token_among(const struct token *token, const char *const names[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (token_is(token, names[i]))
            return true;
    return false;
}

bool token_operator(const struct token *token, int op)
{
    return token->kind == TOKEN_OPERATOR && token->op == op;
}
