// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Expressions, with the operators and the precedence of nasm. A value is a number, and symbols and
 * registers, each so many times. Operators that only numbers have take differences between places
 * for what these can be: a shift of one tells which of the two comes first, whatever the length of
 * the instructions between them is.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "translate.h"

struct reader {
    struct translation *t;
    const struct token *at;
    bool failed;
};

static struct value number_value(int64_t number)
{
    return (struct value){.number = number};
}

bool value_is_number(const struct value *v)
{
    return v->term_count == 0 && v->part_count == 0 && !v->unknown && !v->of_code && !v->relation;
}

static void wrong(struct reader *r, const char *why)
{
    if (!r->failed)
        refuse(r->t, "%s", why);
    r->failed = true;
}

static void add_term(struct reader *r, struct value *v, struct symbol *symbol, int64_t times)
{
    for (unsigned i = 0; i < v->term_count; i++) {
        if (v->terms[i].symbol == symbol) {
            v->terms[i].times += times;
            if (v->terms[i].times == 0)
                v->terms[i] = v->terms[--v->term_count];
            return;
        }
    }
    if (times == 0)
        return;
    if (v->term_count == MAX_TERMS)
        wrong(r, "an expression of too many symbols");
    else
        v->terms[v->term_count++] = (struct term){symbol, times};
}

static void add_part(struct reader *r, struct value *v, const struct reg *reg, int64_t times)
{
    for (unsigned i = 0; i < v->part_count; i++) {
        if (strcmp(v->parts[i].reg->name, reg->name) == 0) {
            v->parts[i].times += times;
            if (v->parts[i].times == 0) {
                memmove(&v->parts[i], &v->parts[i + 1], (--v->part_count - i) * sizeof v->parts[0]);
            }
            return;
        }
    }
    if (times == 0)
        return;
    if (v->part_count == sizeof v->parts / sizeof *v->parts)
        wrong(r, "an expression of too many registers");
    else
        v->parts[v->part_count++] = (struct part){reg, times};
}

/* a + times * b */
static struct value sum(struct reader *r, struct value a, const struct value *b, int64_t times)
{
    a.number = (int64_t)((uint64_t)a.number + (uint64_t)b->number * (uint64_t)times);
    for (unsigned i = 0; i < b->term_count; i++)
        add_term(r, &a, b->terms[i].symbol, b->terms[i].times * times);
    for (unsigned i = 0; i < b->part_count; i++)
        add_part(r, &a, b->parts[i].reg, b->parts[i].times * times);
    a.unknown |= b->unknown;
    a.of_code |= b->of_code;
    if (b->relation) {
        a.relation = b->relation;
        a.relation_name = b->relation_name;
    }
    return a;
}

/* What a value can be; false if it is not a number. */
static bool range(const struct value *v, int64_t *low, int64_t *high)
{
    struct value left = *v;
    if (v->part_count || v->unknown || v->of_code || v->relation)
        return false;
    *low = *high = v->number;
    for (unsigned i = 0; i < left.term_count; i++) {
        struct term *plus = &left.terms[i];
        if (plus->times == 0)
            continue;
        for (unsigned j = i + 1; j < left.term_count; j++) {
            struct term *minus = &left.terms[j];
            if (minus->times != -plus->times)
                continue;
            const struct term *to = plus->times > 0 ? plus : minus,
                              *from = plus->times > 0 ? minus : plus;
            struct distance d = distance(from->symbol, to->symbol);
            if (!d.known)
                continue;
            *low =
                d.low == -UNBOUNDED || *low == -UNBOUNDED ? -UNBOUNDED : *low + d.low * to->times;
            *high =
                d.high == UNBOUNDED || *high == UNBOUNDED ? UNBOUNDED : *high + d.high * to->times;
            plus->times = minus->times = 0;
            break;
        }
        if (plus->times != 0)
            return false;
    }
    return true;
}

void value_settle(struct value *v, bool code)
{
    for (unsigned i = 0; i < v->term_count; i++) {
        for (unsigned j = 0; j < v->term_count; j++) {
            struct term to = v->terms[i], from = v->terms[j];
            if (to.times <= 0 || from.times != -to.times)
                continue;
            struct distance d = distance(from.symbol, to.symbol);
            if (!d.known || d.low != d.high ||
                (!code && to.symbol->earlier.section && to.symbol->earlier.section->code))
                continue;
            v->number += d.low * to.times;
            unsigned high = i > j ? i : j, low = i > j ? j : i;
            v->terms[high] = v->terms[--v->term_count];
            v->terms[low] = v->terms[--v->term_count];
            i = (unsigned)-1;
            break;
        }
    }
}

bool value_number(struct translation *t, struct value *v, int64_t *number, const char *what)
{
    value_settle(v, true);
    *number = v->number;
    if (value_is_number(v))
        return true;
    t->waiting++;
    if (t->last)
        refuse(t,
               v->unknown ? "%s: a symbol here is not defined"
               : v->part_count
                   ? "%s: a register where a number must be"
                   : "%s: depends on the length of instructions, which differs in a box",
               what);
    return false;
}

static uint64_t apply(int op, uint64_t a, uint64_t b, bool *bad)
{
    int64_t sa = (int64_t)a, sb = (int64_t)b;
    bool by_zero = b == 0, overflow = sa == INT64_MIN && sb == -1;
    switch (op) {
    case '/':
    case '%':
        *bad |= by_zero;
        return by_zero ? 0 : op == '/' ? a / b : a % b;
    case OPERATOR2('/', '/'):
    case OPERATOR2('%', '%'):
        *bad |= by_zero || overflow;
        return by_zero || overflow ? 0 : (uint64_t)(op == OPERATOR2('/', '/') ? sa / sb : sa % sb);
    case OPERATOR2('<', '<'):
    case OPERATOR3('<', '<', '<'):
        return b < 64 ? a << b : 0;
    case OPERATOR2('>', '>'):
        return b < 64 ? a >> b : 0;
    case OPERATOR3('>', '>', '>'):
        b = b < 63 ? b : 63;
        return (a >> b) | (sa < 0 && b > 0 ? ~(UINT64_MAX >> b) : 0);
    case '&':
        return a & b;
    case '|':
        return a | b;
    case '^':
        return a ^ b;
    case '=':
    case OPERATOR2('=', '='):
        return a == b;
    case OPERATOR2('!', '='):
    case OPERATOR2('<', '>'):
        return a != b;
    case '<':
        return sa < sb;
    case '>':
        return sa > sb;
    case OPERATOR2('<', '='):
        return sa <= sb;
    case OPERATOR2('>', '='):
        return sa >= sb;
    case OPERATOR3('<', '=', '>'):
        return sa < sb ? (uint64_t)-1 : sa > sb;
    case OPERATOR2('&', '&'):
        return a && b;
    case OPERATOR2('|', '|'):
        return a || b;
    case OPERATOR2('^', '^'):
        return !a != !b;
    default:
        *bad = true;
        return 0;
    }
}

/* Over all numbers from low to high an operator with a constant on its right is a step function. */
static bool monotone(int op, int64_t low, int64_t high)
{
    switch (op) {
    case OPERATOR2('>', '>'):
    case '/':
        return (low < 0) == (high < 0);
    case OPERATOR3('>', '>', '>'):
    case OPERATOR2('/', '/'):
    case '<':
    case '>':
    case OPERATOR2('<', '='):
    case OPERATOR2('>', '='):
    case OPERATOR3('<', '=', '>'):
        return true;
    default:
        return false;
    }
}

static struct value number_operator(struct reader *r, int op, const struct value *a,
                                    const struct value *b)
{
    struct value result = {.unknown = a->unknown || b->unknown,
                           .of_code = a->of_code || b->of_code};
    int64_t low, high, right, right_high;
    if (a->part_count || b->part_count) {
        wrong(r, "an operator that registers do not have");
        return result;
    }
    if (result.unknown || result.of_code)
        return result;
    if (!range(a, &low, &high) || !range(b, &right, &right_high)) {
        bool places = r->t->pass < 2;
        for (unsigned i = 0; i < a->term_count; i++)
            places |= !a->terms[i].symbol->earlier.section;
        result.unknown = true;
        if (!places && r->t->last)
            wrong(r, "an operator that addresses do not have");
        return result;
    }
    bool bad = false;
    /* a < b where only the distance between the two is known */
    if (right != right_high && low == high &&
        (op == '<' || op == '>' || op == OPERATOR2('<', '=') || op == OPERATOR2('>', '='))) {
        int64_t l = (int64_t)apply(op, (uint64_t)low, (uint64_t)right, &bad);
        int64_t h = (int64_t)apply(op, (uint64_t)low, (uint64_t)right_high, &bad);
        result.number = l;
        result.of_code = l != h;
        return result;
    }
    uint64_t at_low = apply(op, (uint64_t)low, (uint64_t)right, &bad);
    uint64_t at_high = apply(op, (uint64_t)high, (uint64_t)right, &bad);
    if (bad)
        wrong(r, "a division by zero");
    result.number = (int64_t)at_low;
    if (right != right_high || (low != high && (at_low != at_high || !monotone(op, low, high))))
        result.of_code = true;
    return result;
}

static struct value product(struct reader *r, struct value *a, struct value *b)
{
    value_settle(a, true);
    value_settle(b, true);
    if (value_is_number(b))
        return sum(r, number_value(0), a, b->number);
    if (value_is_number(a))
        return sum(r, number_value(0), b, a->number);
    if (!a->unknown && !b->unknown && !a->of_code && !b->of_code)
        wrong(r, "a product of two things that are not numbers");
    return (struct value){.unknown = a->unknown || b->unknown, .of_code = a->of_code || b->of_code};
}

static struct value string_value(struct reader *r, const struct token *token)
{
    uint64_t number = 0;
    if (token->byte_count > 8)
        wrong(r, "a string of more than 8 characters as a number");
    for (size_t i = token->byte_count; i-- > 0 && token->byte_count <= 8;)
        number = number << 8 | (unsigned char)token->bytes[i];
    return number_value((int64_t)number);
}

static struct value symbol_value(struct reader *r, struct symbol *symbol)
{
    struct value v = {0};
    symbol->used = true;
    if (symbol->kind == SYMBOL_EQU)
        return symbol->value;
    if (symbol->kind == SYMBOL_UNKNOWN) {
        v.unknown = true;
        if (r->t->last) {
            if (!r->failed)
                refuse(r->t, "symbol '%s' is not defined", symbol->name);
            r->failed = true;
        }
        return v;
    }
    add_term(r, &v, symbol, 1);
    return v;
}

static struct value expression(struct reader *r);

/* __?float32?__(1.5): its bits. */
static bool float_function(struct reader *r, const struct token *name, struct value *v)
{
    static const struct {
        const char *name;
        int bytes;
    } all[] = {{"__?float32?__", 4}, {"__float32__", 4}, {"__?float64?__", 8}, {"__float64__", 8}};
    static const char *const others[] = {"__?float8?__",   "__?float16?__",  "__?bfloat16?__",
                                         "__?float80m?__", "__?float80e?__", "__?float128l?__",
                                         "__?float128h?__"};
    if (!token_operator(r->at, '('))
        return false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (token_is(name, others[i]))
            wrong(r, "numbers with a fraction of 4 and 8 bytes only are known here");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!token_is(name, all[i].name))
            continue;
        const struct token *at = r->at + 1;
        unsigned char bytes[16];
        if (!float_read(r->t, &at, all[i].bytes, bytes) || !token_operator(at, ')')) {
            wrong(r, "a number with a fraction is missing");
            return true;
        }
        r->at = at + 1;
        memcpy(&v->number, bytes, (size_t)all[i].bytes); /* little-endian */
        return true;
    }
    return false;
}

static struct value primary(struct reader *r)
{
    const struct token *token = r->at++;
    switch (token->kind) {
    case TOKEN_NUMBER:
        return number_value((int64_t)token->number);
    case TOKEN_STRING:
        return string_value(r, token);
    case TOKEN_NAME: {
        const struct reg *reg = token->escaped ? NULL : reg_find(token);
        struct value v = {0};
        if (!reg && float_function(r, token, &v))
            return v;
        if (!reg)
            return symbol_value(r, symbol_named(r->t, token));
        add_part(r, &v, reg, 1);
        return v;
    }
    case TOKEN_OPERATOR:
        switch (token->op) {
        case OPERATOR_HERE:
            if (!r->t->section)
                return number_value(r->t->absolute);
            return symbol_value(r, symbol_here(r->t));
        case OPERATOR_START:
            if (!r->t->section)
                return number_value(r->t->absolute_start);
            return symbol_value(r, r->t->section->start);
        case '(': {
            struct value v = expression(r);
            if (token_operator(r->at, ')'))
                r->at++;
            else
                wrong(r, "a parenthesis without an end");
            return v;
        }
        case '-':
        case '+': {
            struct value v = primary(r);
            return sum(r, number_value(0), &v, token->op == '-' ? -1 : 1);
        }
        case '~': /* -v - 1, of differences too */ {
            struct value v = primary(r);
            return sum(r, number_value(-1), &v, -1);
        }
        case '!': {
            struct value v = primary(r), zero = number_value(0);
            return number_operator(r, '=', &v, &zero);
        }
        default:
            break;
        }
        break;
    default:
        break;
    }
    r->at--;
    wrong(r, token->kind == TOKEN_FLOAT ? "a number with a fraction where an integer must be"
             : token->kind == TOKEN_END ? "an expression is missing"
                                        : "this is no expression");
    return number_value(0);
}

/* The levels of precedence, from the loosest; 0 is for what is not an operator. */
static int level(const struct token *token)
{
    if (token->kind != TOKEN_OPERATOR)
        return 0;
    switch (token->op) {
    case OPERATOR2('|', '|'):
        return 1;
    case OPERATOR2('^', '^'):
        return 2;
    case OPERATOR2('&', '&'):
        return 3;
    case '=':
    case OPERATOR2('=', '='):
    case OPERATOR2('!', '='):
    case OPERATOR2('<', '>'):
    case '<':
    case '>':
    case OPERATOR2('<', '='):
    case OPERATOR2('>', '='):
    case OPERATOR3('<', '=', '>'):
        return 4;
    case '|':
        return 5;
    case '^':
        return 6;
    case '&':
        return 7;
    case OPERATOR2('<', '<'):
    case OPERATOR3('<', '<', '<'):
    case OPERATOR2('>', '>'):
    case OPERATOR3('>', '>', '>'):
        return 8;
    case '+':
    case '-':
        return 9;
    case '*':
    case '/':
    case '%':
    case OPERATOR2('/', '/'):
    case OPERATOR2('%', '%'):
        return 10;
    default:
        return 0;
    }
}

static struct value binary(struct reader *r, int from)
{
    struct value a = primary(r);
    while (!r->failed && level(r->at) >= from && level(r->at) > 0) {
        int op = r->at->op, of = level(r->at);
        r->at++;
        struct value b = binary(r, of + 1);
        if (op == '+' || op == '-')
            a = sum(r, a, &b, op == '+' ? 1 : -1);
        else if (op == '*')
            a = product(r, &a, &b);
        else
            a = number_operator(r, op, &a, &b);
    }
    return a;
}

static void relation(struct reader *r, struct value *v)
{
    static const struct {
        const char *name;
        enum relation relation;
        const char *text;
    } all[] = {
        {"..plt", RELATION_PLT, "PLT"},
        {"..gotpcrel", RELATION_GOT, "GOTPCREL"},
        {"..gottpoff", RELATION_OTHER, "GOTTPOFF"},
        {"..tlsie", RELATION_OTHER, "GOTTPOFF"},
        {"..got", RELATION_GOT, "GOTPCREL"},
        {"..sym", RELATION_NONE, NULL},
    };
    r->at++;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (token_is(r->at, all[i].name)) {
            v->relation = all[i].relation;
            v->relation_name = all[i].text;
            r->at++;
            return;
        }
    }
    wrong(r, "wrt: only ..plt, ..got, ..gotpcrel, ..gottpoff, ..tlsie and ..sym are known");
}

static struct value expression(struct reader *r)
{
    struct value v = binary(r, 1);
    if (!r->failed && token_operator(r->at, '?')) {
        r->at++;
        struct value yes = expression(r);
        if (!token_operator(r->at, ':')) {
            wrong(r, "'?' without ':'");
            return v;
        }
        r->at++;
        struct value no = expression(r);
        value_settle(&v, true);
        if (value_is_number(&v))
            return v.number ? yes : no;
        v = (struct value){.unknown = v.unknown, .of_code = !v.unknown};
    }
    if (!r->failed && token_is(r->at, "wrt"))
        relation(r, &v);
    return v;
}

bool value_read(struct translation *t, const struct token **at, struct value *value)
{
    struct reader r = {t, *at, false};
    *value = expression(&r);
    *at = r.at;
    return !r.failed;
}

int64_t value_symbols(const struct value *v)
{
    int64_t all = 0;
    for (unsigned i = 0; i < v->term_count; i++)
        all += v->terms[i].times;
    return all;
}

static void add_mark(struct translation *t, const struct term *plus, const struct term *minus,
                     int64_t number)
{
    struct mark *marks = realloc(t->marks, (t->mark_count + 1) * sizeof *marks);
    if (!marks) {
        t->out.failed = true;
        return;
    }
    t->marks = marks;
    marks[t->mark_count++] = (struct mark){symbol_text(t, plus->symbol),
                                           symbol_text(t, minus->symbol), plus->times, number};
}

/* Differences first, each within its section, then the address. */
bool value_print(struct translation *t, struct text *out, const struct value *value)
{
    struct value v = *value;
    value_settle(&v, false);
    if (v.unknown || v.of_code) {
        int64_t number;
        value_number(t, &v, &number, "expression");
        return false;
    }
    bool first = true;
    for (unsigned i = 0; i < v.term_count; i++) {
        for (unsigned j = 0; j < v.term_count && v.terms[i].times > 0; j++) {
            struct term *plus = &v.terms[i], *minus = &v.terms[j];
            if (minus->times != -plus->times ||
                (plus->symbol->earlier.section != minus->symbol->earlier.section &&
                 v.term_count > 2))
                continue;
            text_print(out, first ? "(" : " + (");
            text_print(out, "%s - ", symbol_text(t, plus->symbol));
            text_print(out, "%s)", symbol_text(t, minus->symbol));
            if (plus->times != 1)
                text_print(out, "*%" PRId64, plus->times);
            if (t->check && minus->symbol->earlier.section)
                add_mark(t, plus, minus, v.number);
            plus->times = minus->times = 0;
            first = false;
        }
    }
    for (unsigned i = 0; i < v.term_count; i++) {
        if (v.terms[i].times == 0)
            continue;
        if (v.terms[i].times != 1) {
            refuse(t, "an expression of addresses that no relocation can hold");
            return false;
        }
        text_print(out, "%s%s", first ? "" : " + ", symbol_text(t, v.terms[i].symbol));
        if (v.relation_name)
            text_print(out, "@%s", v.relation_name);
        first = false;
    }
    if (first)
        text_print(out, "%" PRId64, v.number);
    else if (v.number)
        text_print(out, " %c %" PRIu64, v.number < 0 ? '-' : '+',
                   v.number < 0 ? -(uint64_t)v.number : (uint64_t)v.number);
    return true;
}
