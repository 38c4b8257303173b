// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Turns the lexer's statements into r->statements. One pass: it also follows sections (to know what
 * is code), defines symbols, and lets the architecture parse instructions.
 */
#include "parser.h"

#include <stdlib.h>

#include "context.h"
#include "lexer.h"
#include "lines.h"

#define MAX_PUSHED 64

struct parser {
    struct rewriter *r;
    struct section *current, *previous;
    struct {
        struct section *current, *previous;
    } pushed[MAX_PUSHED];
    unsigned depth;
    bool disabled;
    bool ended;
    struct statement prefix; /* an instruction prefix that stands alone, before its instruction */
    bool has_prefix;
};

enum directive directive_class(struct span name)
{
    static const struct {
        const char *name;
        uint8_t size, class;
    } table[] = {
#define X(text, kind) {text, sizeof(text) - 1, DIRECTIVE_##kind},
#include "directives.def"
#undef X
    };
    /* The frequent ones in compiler output come first. */
    if (span_starts(name, ".cfi_"))
        return DIRECTIVE_CFI;
    if (span_is(name, ".loc"))
        return DIRECTIVE_LOC;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].size == name.size && memcmp(table[i].name, name.at, name.size) == 0)
            return table[i].class;
    return DIRECTIVE_OTHER;
}

bool next_argument(struct span *rest, struct span *argument)
{
    if (!rest->at)
        return false;
    const char *p = rest->at, *end = p + rest->size;
    int depth = 0;
    for (; p < end; p++) {
        if (!(char_class[(unsigned char)*p] & CHAR_SPLIT))
            continue;
        if (*p == '(')
            depth++;
        else if (*p == ')')
            depth--;
        else if (*p == ',' && depth <= 0)
            break;
        else if (*p == '"') {
            for (p++; p < end && *p != '"'; p++)
                if (*p == '\\' && p + 1 < end)
                    p++;
            if (p >= end)
                break;
        } else if (*p == '\'' && p + 1 < end) { /* 'x or 'x' or '\x' */
            p += p[1] == '\\' && p + 2 < end ? 2 : 1;
            p += p + 1 < end && p[1] == '\'';
        }
    }
    *argument = span_trim((struct span){rest->at, (uint32_t)(p - rest->at)});
    if (p < end)
        *rest = (struct span){p + 1, (uint32_t)(end - p - 1)};
    else
        *rest = (struct span){NULL, 0};
    return true;
}

static bool literal_number(const char **p, const char *end, uint64_t *value)
{
    const char *s = *p;
    unsigned base = 10;
    if (s >= end || *s < '0' || *s > '9')
        return false;
    if (*s == '0' && s + 1 < end && (s[1] | 32) == 'x') {
        base = 16;
        s += 2;
    } else if (*s == '0' && s + 1 < end && (s[1] | 32) == 'b' && s + 2 < end) {
        base = 2;
        s += 2;
    } else if (*s == '0') {
        base = 8;
    }
    *value = 0;
    const char *first = s;
    for (; s < end; s++) {
        unsigned digit = *s >= '0' && *s <= '9'                 ? (unsigned)(*s - '0')
                         : (*s | 32) >= 'a' && (*s | 32) <= 'f' ? (unsigned)((*s | 32) - 'a' + 10)
                                                                : 99;
        if (digit >= base)
            break;
        *value = *value * base + digit;
    }
    if (s == first || (s < end && is_name_char(*s)))
        return false;
    *p = s;
    return true;
}

/* + and - outermost, then *, then signs and parentheses: what people write in displacements. */
static bool literal_sum(const char **p, const char *end, uint64_t *value, int depth);

static bool literal_factor(const char **p, const char *end, uint64_t *value, int depth)
{
    while (*p < end && (**p == ' ' || **p == '\t'))
        ++*p;
    if (*p >= end || depth > 16)
        return false;
    char c = **p;
    if (c == '-' || c == '+' || c == '~') {
        ++*p;
        if (!literal_factor(p, end, value, depth + 1))
            return false;
        *value = c == '-' ? -*value : c == '~' ? ~*value : *value;
        return true;
    }
    if (c == '(') {
        ++*p;
        if (!literal_sum(p, end, value, depth + 1) || *p >= end || **p != ')')
            return false;
        ++*p;
    } else if (!literal_number(p, end, value)) {
        return false;
    }
    while (*p < end && (**p == ' ' || **p == '\t'))
        ++*p;
    return true;
}

static bool literal_product(const char **p, const char *end, uint64_t *value, int depth)
{
    if (!literal_factor(p, end, value, depth))
        return false;
    while (*p < end && **p == '*') {
        uint64_t factor;
        ++*p;
        if (!literal_factor(p, end, &factor, depth))
            return false;
        *value *= factor;
    }
    return true;
}

static bool literal_sum(const char **p, const char *end, uint64_t *value, int depth)
{
    if (!literal_product(p, end, value, depth))
        return false;
    while (*p < end && (**p == '+' || **p == '-')) {
        uint64_t term;
        bool minus = *(*p)++ == '-';
        if (!literal_product(p, end, &term, depth))
            return false;
        *value = minus ? *value - term : *value + term;
    }
    return true;
}

/* The frequent ones: a decimal number, perhaps with a sign. */
static bool decimal_value(struct span text, int64_t *value)
{
    bool minus = text.size && *text.at == '-';
    uint32_t i = minus;
    int64_t result = 0;
    if (text.size - i > 18 || i == text.size || text.at[i] == '0')
        return text.size == 1 && *text.at == '0' && (*value = 0, true);
    for (; i < text.size; i++) {
        unsigned digit = (unsigned char)text.at[i] - (unsigned)'0';
        if (digit > 9)
            return false;
        result = result * 10 + digit;
    }
    *value = minus ? -result : result;
    return true;
}

bool literal_value(struct span text, int64_t *value)
{
    if (decimal_value(text, value))
        return true;
    const char *p = text.at, *end = p + text.size;
    uint64_t result;
    if (!text.size || !literal_sum(&p, end, &result, 0) || p != end)
        return false;
    *value = (int64_t)result;
    return true;
}

struct statement *add_statement(struct rewriter *r)
{
    if (r->count == r->capacity) {
        /* compilers write about 28 bytes a statement */
        uint32_t capacity = r->capacity ? r->capacity * 2 : r->text.size / 24 + 64;
        struct statement *grown = alloc_large(capacity * sizeof *grown);
        if (!grown)
            return NULL;
        if (r->count)
            memcpy(grown, r->statements, r->count * sizeof *grown);
        free(r->statements);
        r->statements = grown;
        r->capacity = capacity;
    }
    return &r->statements[r->count++];
}

static void switch_section(struct parser *p, struct section *to)
{
    p->previous = p->current;
    p->current = to;
}

/* `.section name, subsection, "flags", @type`: a name without flags keeps what is known of it. */
static struct section *named_section(struct parser *p, struct span arguments)
{
    struct span name, flags;
    int64_t number;
    if (!next_argument(&arguments, &name))
        return p->current;
    if (name.size >= 2 && *name.at == '"')
        name = (struct span){name.at + 1, name.size - 2};
    struct section *section = section_get(p->r, name);
    bool more = next_argument(&arguments, &flags);
    bool part = more && literal_value(flags, &number);
    if (part)
        more = next_argument(&arguments, &flags);
    if (more && flags.size && *flags.at == '"')
        section->code = memchr(flags.at, 'x', flags.size) != NULL;
    return part ? subsection_get(p->r, section, number) : section;
}

static void parse_section(struct parser *p, struct statement *s)
{
    struct span name = {s->at, s->name_size}, arguments = statement_arguments(s);
    int64_t number = 0;
    switch (s->directive) {
    case DIRECTIVE_SECTION:
        if (span_is(name, ".section")) {
            switch_section(p, named_section(p, arguments));
            break;
        }
        if (arguments.size && !literal_value(arguments, &number))
            report_error(p->r, s, s->where, "the number of a subsection must be a literal");
        switch_section(p, subsection_get(p->r, section_get(p->r, name), number));
        break;
    case DIRECTIVE_SUBSECTION:
        if (arguments.size && !literal_value(arguments, &number))
            report_error(p->r, s, s->where, "the number of a subsection must be a literal");
        switch_section(p, subsection_get(p->r, p->current, number));
        break;
    case DIRECTIVE_PUSH:
        if (p->depth == MAX_PUSHED) {
            report_error(p->r, s, s->where, ".pushsection is nested too deeply");
            break;
        }
        p->pushed[p->depth].current = p->current;
        p->pushed[p->depth++].previous = p->previous;
        switch_section(p, named_section(p, arguments));
        break;
    case DIRECTIVE_POP:
        if (p->depth == 0) {
            report_error(p->r, s, s->where, ".popsection without .pushsection");
            break;
        }
        p->current = p->pushed[--p->depth].current;
        p->previous = p->pushed[p->depth].previous;
        break;
    default:
        switch_section(p, p->previous);
    }
}

static void parse_directive(struct parser *p, struct statement *s)
{
    struct rewriter *r = p->r;
    struct span name = {s->at, s->name_size};
    struct span rest = statement_arguments(s), argument;
    s->directive = directive_class(name);
    r->data_in_code |= is_data(s) || s->directive == DIRECTIVE_INST;
    switch (s->directive) {
    case DIRECTIVE_SECTION:
    case DIRECTIVE_PUSH:
    case DIRECTIVE_POP:
    case DIRECTIVE_PREVIOUS:
    case DIRECTIVE_SUBSECTION:
        parse_section(p, s);
        /* what the expander writes for its own line numbers */
        p->ended =
            r->options->lines && r->options->expanded && span_is(p->current->name, ".debug_info");
        break;
    case DIRECTIVE_GLOBAL:
        /* GNU as lets other files see a name that LLVM's assembler keeps to the file */
        if (span_starts(rest, ".L")) {
            s->kind = STATEMENT_DROPPED;
            break;
        }
        while (next_argument(&rest, &argument)) {
            symbol_get(r, argument)->global = true;
            symbol_get(r, argument)->weak |= span_is(name, ".weak");
        }
        break;
    case DIRECTIVE_TYPE:
        if (next_argument(&rest, &argument) &&
            (span_has(rest, "function") || span_has(rest, "FUNC")))
            symbol_get(r, argument)->function = true;
        break;
    case DIRECTIVE_SET:
        symbols_take(r, rest);
        if (next_argument(&rest, &argument))
            symbol_set(r, argument, span_trim(rest));
        break;
    case DIRECTIVE_DATA:
        if (!p->current->debug && !p->current->exceptions)
            symbols_take(r, rest);
        break;
    case DIRECTIVE_FILE:
        lines_note_file(r, s);
        break;
    case DIRECTIVE_DISABLE:
        p->disabled = true;
        break;
    case DIRECTIVE_ENABLE:
        p->disabled = false;
        break;
    case DIRECTIVE_EXPAND:
        if (r->options->expanded)
            report_error(r, s, s->where, "'%.*s' is left after expansion", (int)name.size, name.at);
        r->expand = true;
        break;
    case DIRECTIVE_REFUSED:
        report_error(
            r, s, s->where,
            "'%.*s' is not possible here: the rewriter decides on bundles, order and code size",
            (int)name.size, name.at);
        break;
    case DIRECTIVE_DROPPED:
        if (span_has(rest, "noprefix"))
            r->expand = true;
        break;
    default:
        break;
    }
}

static void parse_insn(struct parser *p, struct statement *s)
{
    struct rewriter *r = p->r;
    bool prefix_only = false;
    p->current->open = true;
    if (p->disabled) {
        s->kind = STATEMENT_RAW;
        return;
    }
    s->kind = STATEMENT_INSN;
    struct span text = {s->at, s->size};
    if (p->has_prefix) { /* `lock; cmpxchgl …`: one instruction in two statements */
        char *joined = arena_alloc(&r->arena, p->prefix.size + 1 + (size_t)s->size);
        memcpy(joined, p->prefix.at, p->prefix.size);
        joined[p->prefix.size] = ' ';
        memcpy(joined + p->prefix.size + 1, s->at, s->size);
        text = (struct span){joined, p->prefix.size + 1 + s->size};
        s->at = text.at;
        s->size = text.size;
        p->has_prefix = false;
    }
    s->insn = r->arch->parse(r, s, text, &prefix_only);
    if (!s->insn)
        s->kind = STATEMENT_DROPPED;
    else
        p->current->open = !r->arch->is_end(s->insn);
    if (prefix_only) {
        p->prefix = *s;
        p->has_prefix = true;
    }
}

/* Labels, then what follows them on the same line. */
static bool parse_statement(struct parser *p, struct statement text)
{
    struct rewriter *r = p->r;
    while (text.size) {
        struct statement *s = add_statement(r);
        if (!s) {
            report_error(r, &text, text.where, "out of memory");
            return false;
        }
        *s = text;
        s->section = p->current;
        s->in_code = p->current->code;
        s->reached = p->current->open || p->disabled;
        if (text.kind == STATEMENT_MARKER)
            return true;

        const char *at = text.at, *end = at + text.size, *name_end = at;
        if (*at == '"') {
            for (name_end++; name_end < end && *name_end != '"'; name_end++)
                name_end += *name_end == '\\' && name_end + 1 < end;
            name_end += name_end < end;
        } else {
            while (name_end < end && is_name_char(*name_end))
                name_end++;
        }
        const char *after = name_end;
        while (after < end && (*after == ' ' || *after == '\t'))
            after++;
        struct span name = {at, (uint32_t)(name_end - at)};

        if (after < end && *after == ':' && name.size) {
            s->kind = STATEMENT_LABEL;
            s->size = name.size;
            s->symbol = symbol_define(r, name, r->count - 1);
            s->symbol->in_code = s->in_code;
            struct span rest = span_trim((struct span){after + 1, (uint32_t)(end - after - 1)});
            if (text.where == text.at)
                text.where = rest.at;
            text.at = rest.at;
            text.size = rest.size;
            continue;
        }
        if (p->has_prefix && *at != '.')
            ; /* the instruction that the prefix belongs to */
        else if (p->has_prefix && (*at == '.' || (after < end && *after == '='))) {
            if (directive_class(name) != DIRECTIVE_OTHER &&
                directive_class(name) != DIRECTIVE_CFI && directive_class(name) != DIRECTIVE_LOC) {
                report_error(r, &p->prefix, p->prefix.where,
                             "this prefix stands before no instruction");
                p->has_prefix = false;
            }
        }
        s->name_size = name.size;
        if (after < end && *after == '=' && name.size) {
            s->kind = STATEMENT_ASSIGNMENT;
            struct span value = span_trim((struct span){after + 1, (uint32_t)(end - after - 1)});
            symbols_take(r, value);
            symbol_set(r, name, value);
        } else if (*at == '.') {
            s->kind = STATEMENT_DIRECTIVE;
            parse_directive(p, s);
        } else {
            parse_insn(p, s);
        }
        return true;
    }
    return true;
}

bool parse_file(struct rewriter *r)
{
    struct lexer lexer = {
        .at = r->text.at,
        .end = r->text.at + r->text.size,
        .line = 1,
        .arena = &r->arena,
        .hash_comments = r->arch->hash_comments,
    };
    struct parser parser = {.r = r};
    struct span text = {".text", 5};
    parser.current = parser.previous = section_get(r, text);
    struct statement statement = {0};
    while (!r->expand && !parser.ended && lex_statement(&lexer, &statement))
        if (!parse_statement(&parser, statement))
            return false;
    if (lexer.failed) {
        statement.where = lexer.at;
        report_error(r, &statement, lexer.at, "this %s does not end",
                     *lexer.at == '"' ? "string" : "comment");
    }
    if (parser.has_prefix && !r->expand)
        report_error(r, &parser.prefix, parser.prefix.where,
                     "this prefix stands before no instruction");
    return r->errors == 0 && !r->expand;
}
