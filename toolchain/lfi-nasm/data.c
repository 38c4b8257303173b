// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Data: db to dz, resb to resz, times, incbin; and alignment, which is a macro of `times`. */
#include <fcntl.h>
#include <float.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "translate.h"

static const struct width {
    char letter;
    int bytes;
    const char *directive;
} widths[] = {{'b', 1, ".byte"}, {'w', 2, ".short"}, {'d', 4, ".long"}, {'q', 8, ".quad"},
              {'t', 10, NULL},   {'o', 16, NULL},    {'y', 32, NULL},   {'z', 64, NULL}};

/* db: the width of b; NULL for what is not named like this. */
static const struct width *width_of(const struct token *token, const char *before)
{
    size_t size = strlen(before);
    if (token->kind != TOKEN_NAME || token->escaped || token->size != size + 1 ||
        strncasecmp(token->at, before, size) != 0)
        return NULL;
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        if ((token->at[size] | 32) == widths[i].letter)
            return &widths[i];
    return NULL;
}

bool is_data(const struct token *token)
{
    return width_of(token, "d") || width_of(token, "res") || token_is(token, "times") ||
           token_is(token, "incbin");
}

static void put_bytes(struct translation *t, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        text_print(&t->statement,
                   i % 16 ? ",%u"
                   : i    ? "\n\t.byte %u"
                          : "\t.byte %u",
                   (unsigned char)bytes[i]);
    if (size)
        text_print(&t->statement, "\n");
}

static bool no_bss(struct translation *t)
{
    if (t->section && !t->section->bss)
        return true;
    refuse(t, "data in a section that has none");
    return false;
}

/* __?Infinity?__ and the like. */
static const char *float_word(const struct token *token)
{
    static const char *const words[][2] = {{"__Infinity__", "inf"}, {"__?Infinity?__", "inf"},
                                           {"__NaN__", "nan"},      {"__?NaN?__", "nan"},
                                           {"__QNaN__", "nan"},     {"__?QNaN?__", "nan"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (token_is(token, words[i][0]))
            return words[i][1];
    return NULL;
}

/* In the bytes of `text`, as nasm rounds it. */
static bool float_bytes(struct translation *t, char *text, int size, bool negative,
                        unsigned char *bytes)
{
    char *end = text;
    long double number = strtold(text, &end);
    if (*end) {
        refuse(t, "'%s' cannot be read as a number with a fraction", text);
    } else if (size == 4) {
        float single = negative ? -strtof(text, NULL) : strtof(text, NULL);
        memcpy(bytes, &single, 4);
        return true;
    } else if (size == 8) {
        double twice = negative ? -strtod(text, NULL) : strtod(text, NULL);
        memcpy(bytes, &twice, 8);
        return true;
    } else if (size == 10 && LDBL_MANT_DIG == 64) {
        number = negative ? -number : number;
        memcpy(bytes, &number, 10);
        return true;
    } else {
        refuse(t, "a number with a fraction of this width is not known here");
    }
    return false;
}

static bool is_float(const struct token *at)
{
    at += token_operator(at, '-') || token_operator(at, '+');
    return at->kind == TOKEN_FLOAT || float_word(at);
}

bool float_read(struct translation *t, const struct token **at, int size, unsigned char *bytes)
{
    const struct token *p = *at;
    bool negative = token_operator(p, '-');
    p += negative || token_operator(p, '+');
    char text[128];
    size_t used = 0;
    const char *word = float_word(p);
    if (p->kind != TOKEN_FLOAT && !word)
        return false;
    *at = p + 1;
    if (word)
        used = (size_t)sprintf(text, "%s", word);
    for (size_t i = 0; !word && i < p->size && used + 1 < sizeof text; i++)
        if (p->at[i] != '_' || i == 0)
            text[used++] = p->at[i];
    text[used] = 0;
    if (used + 1 == sizeof text) {
        refuse(t, "a number of too many digits");
        return false;
    }
    return float_bytes(t, text, size, negative, bytes);
}

static void put_value(struct translation *t, const struct width *width, struct value *v)
{
    if (v->part_count) {
        refuse(t, "a register in data");
        return;
    }
    value_settle(v, false);
    if (!t->last)
        return;
    if (value_is_number(v)) {
        int64_t least = width->bytes < 8 ? -(INT64_C(1) << (width->bytes * 8 - 1)) : INT64_MIN;
        if (!width->directive)
            refuse(t, "an integer in data of this width");
        else if (width->bytes < 8 &&
                 (v->number < least || v->number > (INT64_C(1) << (width->bytes * 8)) - 1))
            text_print(&t->statement, "\t%s %" PRIu64 "\n", width->directive, /* nasm warns */
                       (uint64_t)v->number & ~(UINT64_MAX << (width->bytes * 8)));
        else
            text_print(&t->statement, "\t%s %" PRId64 "\n", width->directive, v->number);
        return;
    }
    if (!width->directive) {
        refuse(t, "an address in data of this width");
        return;
    }
    if (into_code(t, v))
        return;
    struct text expression = {0};
    unsigned mark = t->mark_count;
    if (value_print(t, &expression, v)) {
        for (; mark < t->mark_count; mark++)
            text_print(&t->statement, MARK_LABEL ":\n", mark);
        text_print(&t->statement, "\t%s %s\n", width->directive, expression.at);
    }
    t->out.failed |= expression.failed;
    free(expression.at);
}

static int64_t put_list(struct translation *t, const struct width *width, const struct token **at,
                        bool *reserves, bool inside);

/* 3 dup (1, ?): what is behind the word. */
static int64_t put_copies(struct translation *t, const struct width *width, struct value *count,
                          const struct token **at, bool *reserves)
{
    int64_t copies, bytes = 0;
    if (!value_number(t, count, &copies, "dup"))
        return 0;
    if (copies < 0 || copies > 1000000 || !token_operator(*at, '(')) {
        refuse(t, "dup: at most 1000000 times, and what to repeat in parentheses");
        return 0;
    }
    const struct token *first = *at + 1;
    unsigned depth = 0;
    do
        depth += token_operator(*at, '('), depth -= token_operator(*at, ')');
    while ((*at)++->kind != TOKEN_END && depth);
    for (int64_t i = 0; i < copies && !t->failed_line; i++) {
        const struct token *from = first;
        int64_t size = put_list(t, width, &from, reserves, true);
        if (from + 1 != *at)
            refuse(t, "dup: '%.*s' is not known here", (int)from->size, from->at);
        bytes += size;
    }
    return bytes;
}

/* One item; the number of bytes. */
static int64_t put_item(struct translation *t, const struct width *width, const struct token **at,
                        bool *reserves)
{
    const struct token *p = *at;
    bool alone = token_operator(p + 1, ',') || token_operator(p + 1, ')') || p[1].kind == TOKEN_END;
    if (token_operator(p, '?') && alone) {
        if (t->section)
            text_print(&t->statement, "\t.zero %d\n", width->bytes);
        *at = p + 1;
        return width->bytes;
    }
    struct value v = {0};
    if (p->kind != TOKEN_STRING && !is_float(p)) {
        if (!value_read(t, at, &v))
            return 0;
        if (token_is(*at, "dup")) {
            (*at)++;
            return put_copies(t, width, &v, at, reserves);
        }
        *reserves = false;
        put_value(t, width, &v);
        return width->bytes;
    }
    *reserves = false;
    if (p->kind == TOKEN_STRING && alone) {
        static const char zeros[64];
        size_t rest = (size_t)width->bytes - 1 -
                      (p->byte_count + (size_t)width->bytes - 1) % (size_t)width->bytes;
        put_bytes(t, p->bytes, p->byte_count);
        put_bytes(t, zeros, rest);
        *at = p + 1;
        return (int64_t)(p->byte_count + rest);
    }
    if (is_float(p)) {
        unsigned char bytes[16];
        if (!float_read(t, at, width->bytes, bytes))
            return 0;
        put_bytes(t, (const char *)bytes, (size_t)width->bytes);
        return width->bytes;
    }
    if (!value_read(t, at, &v))
        return 0;
    put_value(t, width, &v);
    return width->bytes;
}

/* Up to the end, or to a closing parenthesis; the number of bytes. */
static int64_t put_list(struct translation *t, const struct width *width, const struct token **at,
                        bool *reserves, bool inside)
{
    int64_t bytes = 0;
    for (;; (*at)++) {
        if ((*at)->kind == TOKEN_END || (inside && token_operator(*at, ')')))
            break; /* db 1, */
        bytes += put_item(t, width, at, reserves);
        if (t->failed_line || !token_operator(*at, ','))
            break;
    }
    return bytes;
}

static void data(struct translation *t, const struct width *width, const struct token *at)
{
    bool reserves = true; /* db ?, ? */
    int64_t bytes = put_list(t, width, &at, &reserves, false);
    if (t->failed_line)
        return;
    if (at->kind != TOKEN_END)
        refuse(t, "'%.*s' is not known in data", (int)at->size, at->at);
    else if (bytes == 0 || reserves || no_bss(t))
        advance(t, bytes, bytes);
}

/* Goes on at a multiple of `align`. In code the padding is nops, whatever nasm fills it with. */
void align_here(struct translation *t, int64_t align, int64_t fill)
{
    if (!t->section) {
        t->absolute += (align - (t->absolute - t->absolute_start) % align) % align;
        return;
    }
    if (t->section->code || t->section->bss)
        text_print(&t->statement, "\t.balign %d\n", (int)align);
    else
        text_print(&t->statement, "\t.balign %d, %d\n", (int)align, (int)(fill & 0xff));
    if (t->section->aligned >= align)
        return;
    const struct place *end = &t->section->end;
    int64_t pad = (align - end->low % align) % align;
    if (!t->section->code && t->section->align >= align && end->low == end->high && !end->unbounded)
        advance(t, pad, pad);
    else
        advance(t, 0, align - 1);
    t->section->aligned = align;
}

static void reserve(struct translation *t, const struct width *width, const struct token *at)
{
    const struct token *end = at;
    int64_t align, number;
    while (end->kind != TOKEN_END)
        end++;
    if (align_pattern(t, at, end, &align)) {
        align_here(t, align, 0);
        return;
    }
    struct value v;
    if (!value_read(t, &at, &v))
        return;
    if (!value_number(t, &v, &number, "the size of a reservation")) {
        advance(t, 0, UNBOUNDED);
        return;
    }
    if (number < 0 || number > INT64_C(1) << 40) {
        refuse(t, "a reservation of %" PRId64, number);
        return;
    }
    if (t->section)
        text_print(&t->statement, "\t.zero %" PRId64 "\n", number * width->bytes);
    advance(t, number * width->bytes, number * width->bytes);
}

static void incbin(struct translation *t, const struct token *at)
{
    if (at->kind != TOKEN_STRING) {
        refuse(t, "incbin: the name of the file is missing");
        return;
    }
    char name[4096];
    int64_t skip = 0, most = INT64_MAX;
    struct value v;
    struct stat status;
    snprintf(name, sizeof name, "%.*s", (int)at->byte_count, at->bytes);
    at++;
    if (token_operator(at, ',') &&
        (at++, !value_read(t, &at, &v) || !value_number(t, &v, &skip, "incbin")))
        return;
    if (token_operator(at, ',') &&
        (at++, !value_read(t, &at, &v) || !value_number(t, &v, &most, "incbin")))
        return;
    if (stat(name, &status) < 0) {
        refuse(t, "incbin: '%s' cannot be read", name);
        return;
    }
    int64_t size = skip >= 0 && skip < status.st_size ? status.st_size - skip : 0;
    if (size > most)
        size = most > 0 ? most : 0;
    if (!no_bss(t))
        return;
    text_print(&t->statement, "\t.incbin \"");
    for (const char *p = name; *p; p++)
        text_print(&t->statement, strchr("\"\\", *p) ? "\\%c" : "%c", *p);
    text_print(&t->statement, "\", %" PRId64 ", %" PRId64 "\n", skip, size);
    advance(t, size, size);
}

/*
 * What the macros ALIGN and ALIGNB, and yasm's, make of an alignment:
 *     ((N - (($ - $$) % N)) % N)    ($$ - $) & (N - 1)
 */
bool align_pattern(struct translation *t, const struct token *at, const struct token *end,
                   int64_t *align)
{
    static const int first[] = {0, '-', '$', '-', OPERATOR_START, '%', 0, '%', 0};
    static const int second[] = {OPERATOR_START, '-', '$', '&', 0, '-', 1};
    int64_t numbers[3] = {0};
    for (int form = 0; form < 2; form++) {
        const int *want = form ? second : first;
        size_t count = form ? sizeof second / sizeof *second : sizeof first / sizeof *first;
        size_t i = 0, found = 0;
        const struct token *p = at;
        for (; p < end; p++) {
            if (token_operator(p, '(') || token_operator(p, ')'))
                continue;
            if (i == count)
                break;
            if (want[i] == 0 && p->kind == TOKEN_NAME) {
                struct symbol *symbol = symbol_named(t, p);
                if (symbol->kind != SYMBOL_EQU || !value_is_number(&symbol->value))
                    break;
                numbers[found++] = symbol->value.number;
            } else if (want[i] == 0 && p->kind == TOKEN_NUMBER) {
                numbers[found++] = (int64_t)p->number;
            } else if (want[i] == 1 ? p->kind != TOKEN_NUMBER || p->number != 1
                                    : !want[i] || !token_operator(p, want[i])) {
                break;
            }
            i++;
        }
        if (p == end && i == count &&
            (form || (numbers[0] == numbers[1] && numbers[1] == numbers[2])) && numbers[0] > 0 &&
            (numbers[0] & (numbers[0] - 1)) == 0) {
            *align = numbers[0];
            return true;
        }
    }
    return false;
}

/* Padding up to an alignment, in nops or in bytes of one value. */
static bool pad(struct translation *t, const struct token *body, int64_t align)
{
    int64_t fill = 0x90;
    if (width_of(body, "d") || width_of(body, "res")) {
        const struct token *at = body + 1;
        struct value v = {0};
        if (width_of(body, "d") && (!value_read(t, &at, &v) ||
                                    !value_number(t, &v, &fill, "align") || at->kind != TOKEN_END))
            return false;
        if (width_of(body, "res"))
            fill = 0;
        if (width_of(body, "d") && width_of(body, "d")->bytes != 1)
            return false;
    } else if (!token_is(body, "nop") || body[1].kind != TOKEN_END) {
        return false;
    }
    align_here(t, align, fill);
    return true;
}

static bool begins_body(const struct token *at)
{
    return at->kind == TOKEN_NAME && !at->escaped &&
           (is_data(at) || is_prefix(at) || is_nullary(at));
}

/*
 * x86inc's TAIL_CALL: times ((end - to) >> 31) & 1 jmp to
 * (where `end` stands behind it, and padding) jumps if `to` is not what comes next. Where only
 * padding is in between, to jump is right as well.
 */
static bool jumps_to_later(struct translation *t, const struct token *at)
{
    static const int want[] = {0, '-', 0, OPERATOR2('>', '>'), 31, '&', 1};
    const struct token *names[2];
    size_t i = 0, found = 0;
    for (; at->kind != TOKEN_END && !token_is(at, "jmp"); at++) {
        if (token_operator(at, '(') || token_operator(at, ')'))
            continue;
        if (i == sizeof want / sizeof *want)
            return false;
        if (want[i] == 0 ? at->kind != TOKEN_NAME
            : want[i] == 31 || want[i] == 1
                ? at->kind != TOKEN_NUMBER || at->number != (uint64_t)want[i]
                : !token_operator(at, want[i]))
            return false;
        if (want[i] == 0)
            names[found++] = at;
        i++;
    }
    if (i != sizeof want / sizeof *want || at->kind == TOKEN_END || at[2].kind != TOKEN_END ||
        at[1].size != names[1]->size || memcmp(at[1].at, names[1]->at, at[1].size) != 0)
        return false;
    struct symbol *end = symbol_named(t, names[0]), *to = symbol_named(t, names[1]);
    struct distance over = distance(symbol_here(t), end), d = distance(end, to);
    return over.known && over.low >= 0 && over.low <= 1 && d.known && d.low >= 0 &&
           (d.low != 0 || d.high != 0);
}

static void times(struct translation *t, const struct token *at)
{
    struct value v;
    int64_t count, align;
    const struct token *body = at;
    while (body->kind != TOKEN_END && !begins_body(body))
        body++;
    if (body->kind != TOKEN_END && align_pattern(t, at, body, &align)) {
        if (!pad(t, body, align))
            refuse(t, "padding of this kind is not known here");
        return;
    }
    if (t->section && t->section->code && jumps_to_later(t, at)) {
        while (!token_is(at, "jmp"))
            at++;
        translate_statement(t, at);
        return;
    }
    if (!value_read(t, &at, &v))
        return;
    body = at;
    if (!value_number(t, &v, &count, "times")) {
        bool once = token_is(body, "jmp"); /* x86inc: a tail call */
        advance(t, 0, once ? 15 : UNBOUNDED);
        return;
    }
    count = (int32_t)count; /* as nasm has it */
    if (count <= 0)
        return;
    if (body->kind == TOKEN_END) {
        refuse(t, "times: nothing to repeat");
        return;
    }
    /* $ is where the statement begins, each time */
    if (t->check || count == 1 || !t->section || is_prefix(body)) {
        if (count > 1000000) {
            refuse(t, "times: too many");
            return;
        }
        for (int64_t i = 0; i < count && !t->failed_line; i++)
            translate_statement(t, body);
        return;
    }
    struct place before = t->section->end;
    text_print(&t->statement, "\t.rept %" PRId64 "\n", count);
    translate_statement(t, body);
    text_print(&t->statement, "\t.endr\n");
    struct place *end = &t->section->end;
    end->low = before.low + (end->low - before.low) * count;
    end->high = before.high + (end->high - before.high) * count;
}

void translate_data(struct translation *t, const struct token *at)
{
    const struct width *width = width_of(at, "d");
    if (width)
        data(t, width, at + 1);
    else if ((width = width_of(at, "res")))
        reserve(t, width, at + 1);
    else if (token_is(at, "times"))
        times(t, at + 1);
    else
        incbin(t, at + 1);
}
