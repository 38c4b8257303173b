// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Sizes: expressions of annotations, in C. They are looked at as text: names of the scope with what
 * follows them (operands), casts, parentheses and operators. All else is the compiler's affair.
 */
#include "emit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct naming {
    const char *word;
    size_t size;
    CXType type;
    bool found;
};

static bool search_name(CXCursor field, void *data)
{
    struct naming *n = data;
    char *name = name_of(field);
    n->found = strlen(name) == n->size && memcmp(name, n->word, n->size) == 0;
    if (n->found)
        n->type = clang_getCursorType(field);
    free(name);
    return !n->found;
}

static bool find_name(const struct scope *scope, struct naming *n)
{
    const struct function *f = scope->function;
    for (unsigned i = 0; f && !n->found && i < f->count; i++) {
        const char *name = f->parameters[i].name;
        n->found = strlen(name) == n->size && memcmp(name, n->word, n->size) == 0;
        n->type = f->parameters[i].type;
    }
    if (!f)
        each_field(scope->record, search_name, n);
    return n->found;
}

static size_t word_size(const char *at)
{
    size_t size = 0;
    while (isalnum((unsigned char)at[size]) || at[size] == '_')
        size++;
    return size;
}

static size_t spaces(const char *at)
{
    size_t size = 0;
    while (isspace((unsigned char)at[size]))
        size++;
    return size;
}

/* The last character in front of `at` that is no space, or 0; *before is the one in front of it. */
static char last_before(const char *expression, const char *at, char *before)
{
    while (at > expression && isspace((unsigned char)at[-1]))
        at--;
    *before = at > expression + 1 ? at[-2] : 0;
    return at > expression ? at[-1] : 0;
}

/* Whether the operator at `at` has nothing in front of it that it could be applied to. */
static bool is_unary(const char *expression, const char *at)
{
    char before, last = last_before(expression, at, &before);
    return !isalnum((unsigned char)last) && !strchr("_)]", last ? last : '(');
}

/* What follows a name: fields, and places in lists. */
static size_t chain_size(const char *at)
{
    size_t size = 0;
    while (true) {
        size_t field = spaces(at + size);
        const char *next = at + size + field;
        if (*next == '[') {
            int depth = 0;
            do {
                depth += *next == '[' ? 1 : *next == ']' ? -1 : 0;
                next++;
            } while (*next && depth > 0);
        } else if (*next == '.' || (*next == '-' && next[1] == '>')) {
            next += *next == '.' ? 1 : 2;
            next += spaces(next);
            next += word_size(next);
        } else {
            return size;
        }
        size = (size_t)(next - at);
    }
}

static bool is_word(const char *at, size_t size, const char *word)
{
    return strlen(word) == size && memcmp(at, word, size) == 0;
}

/* What belongs to a word that is no name of the scope: the operand of sizeof, the tag of a type. */
static size_t word_rest(const char *word, size_t size)
{
    const char *at = word + size + spaces(word + size);
    if (is_word(word, size, "struct") || is_word(word, size, "union") ||
        is_word(word, size, "enum"))
        return (size_t)(at - word) - size + word_size(at);
    if (!is_word(word, size, "sizeof"))
        return chain_size(word + size);
    int depth = 0;
    if (*at == '(') {
        do
            depth += *at == '(' ? 1 : *at == ')' ? -1 : 0;
        while (*at++ && depth > 0 && *at);
    } else {
        at += strspn(at, "* ");
        at += word_size(at);
    }
    return (size_t)(at - word) - size + chain_size(at);
}

/* A word of the expression, with what belongs to it. */
struct operand {
    struct naming naming;
    size_t size;  /* of all */
    bool follows; /* a pointer: what it points to is the number */
};

/* The one that begins at `at`; of no size: none does. */
static struct operand operand_at(const struct scope *scope, const char *expression, const char *at)
{
    struct operand o = {{0}, 0, false};
    const char *word = at;
    char before, last = last_before(expression, at, &before);
    bool star = *at == '*' && (is_unary(expression, at) || last == ')');
    if (star)
        word += 1 + spaces(at + 1);
    o.naming.word = word;
    o.naming.size = word_size(word);
    if (o.naming.size == 0)
        return o;
    bool pointer = find_name(scope, &o.naming) && kind_of(o.naming.type) == KIND_POINTER;
    /* Behind a parenthesis only what cannot be multiplied: that was a cast. */
    if (star && (!pointer || (!is_unary(expression, at) && chain_size(word + o.naming.size) > 0)))
        return (struct operand){.size = 0};
    size_t chain =
        o.naming.found ? chain_size(word + o.naming.size) : word_rest(word, o.naming.size);
    o.follows = pointer && (star || chain > 0);
    o.size = (size_t)(word - at) + o.naming.size + chain;
    return o;
}

/* Whether it is a number. A field of a structure is, or the compiler says that it is none. */
static bool is_number(const struct operand *o)
{
    enum kind kind = kind_of(o->naming.type);
    return o->follows || kind == KIND_INTEGER || kind == KIND_BOOL || kind == KIND_ENUM ||
           (o->size > o->naming.size && kind != KIND_POINTER);
}

static bool is_one_of(const char *const *list, size_t count, const char *word, size_t size)
{
    for (size_t i = 0; i < count; i++)
        if (is_word(word, size, list[i]))
            return true;
    return false;
}
#define IS_ONE_OF(list, word, size) is_one_of(list, sizeof(list) / sizeof *(list), word, size)

/* A cast to an integer, by what is known of its type. */
struct cast {
    size_t size; /* 0: there is none */
    bool wide;   /* to 64 bits */
    bool known;
    bool inverts; /* a constant follows that is made of the type's size: (size_t)-1 */
};

static struct cast cast_at(const struct scope *scope, const char *expression, const char *at)
{
    static const char *const wide[] = {"long",     "size_t",   "ssize_t",  "ptrdiff_t",
                                       "off_t",    "int64_t",  "uint64_t", "uintptr_t",
                                       "intptr_t", "intmax_t", "uintmax_t"};
    static const char *const narrow[] = {"const",    "char",    "short",   "int",     "signed",
                                         "unsigned", "bool",    "_Bool",   "uint8_t", "int8_t",
                                         "uint16_t", "int16_t", "int32_t", "uint32_t"};
    static const char *const floats[] = {"float", "double"};
    struct cast cast = {.known = true};
    const char *word = at + 1;
    char before, last = last_before(expression, at, &before);
    if (*at != '(' || isalnum((unsigned char)last) || last == '_') /* none, or of a call */
        return cast;
    word += spaces(word);
    for (size_t size; (size = word_size(word)) > 0; word += size + spaces(word + size)) {
        struct naming n = {.word = word, .size = size};
        if (isdigit((unsigned char)*word) || IS_ONE_OF(floats, word, size) || find_name(scope, &n))
            return cast;
        bool is_wide = IS_ONE_OF(wide, word, size);
        cast.wide |= is_wide;
        cast.known &= is_wide || IS_ONE_OF(narrow, word, size);
    }
    const char *next = *word == ')' ? word + 1 + spaces(word + 1) : word;
    bool operand = isalnum((unsigned char)*next) || *next == '_' || *next == '(';
    if (*word != ')' || word == at + 1 || (!cast.known && !operand)) /* (MACRO) - 1 */
        return cast;
    cast.size = (size_t)(word + 1 - at);
    cast.inverts = cast.wide && (*next == '-' || *next == '~') &&
                   isdigit((unsigned char)next[1 + spaces(next + 1)]);
    return cast;
}

/* Bits of a word that is no name: of a number its own, else an int's. */
static unsigned word_bits(const char *word)
{
    unsigned bits = 0;
    if (!isdigit((unsigned char)*word))
        return 32;
    for (unsigned long long value = strtoull(word, NULL, 0); value; value >>= 1)
        bits++;
    return bits;
}

/* What is multiplied in one term of an expression: how many names, and the bits of all else. */
struct weight {
    unsigned names, others;
    bool typed; /* casts to a type of which nothing is known: 64 bits, or fewer */
};

static void multiply(struct weight *w, struct weight by)
{
    w->names += by.names;
    w->others += by.others;
    w->typed |= by.typed;
}

static void raise_to(struct weight *w, struct weight other)
{
    w->names = other.names > w->names ? other.names : w->names;
    w->others = other.others > w->others ? other.others : w->others;
    w->typed |= other.typed;
}

/* The heaviest term of what begins at `at`, up to its end or the parenthesis. A shift is of all in
 * front of it. Returns the end. */
static const char *weigh(const struct scope *scope, const char *expression, const char *at,
                         struct weight *most)
{
    struct weight term = {0}, shifts = {0};
    bool after = false; /* an operand: an operator has two */
    *most = term;
    while (*at && *at != ')') {
        struct operand o = operand_at(scope, expression, at);
        struct cast cast = cast_at(scope, expression, at);
        struct weight factor = {0};
        char before, last = last_before(expression, at, &before);
        bool shift = last == '<' && before == '<';
        if (cast.size > 0) {
            term.typed |= !cast.known;
            term.others += cast.inverts ? 64 : 0;
            at += cast.size;
            after = false;
            continue;
        }
        if (o.size > 0) {
            unsigned long by = shift && isdigit((unsigned char)*at) ? strtoul(at, NULL, 0) : 0;
            factor.names = o.naming.found;
            factor.others = o.naming.found ? 0 : by > 0 ? (unsigned)(by % 128) : word_bits(at);
            at += o.size;
        } else if (*at == '(') {
            at = weigh(scope, expression, at + 1, &factor);
            at += *at == ')';
        } else {
            if (after && strchr("+-?:,&|^=<>", *at)) {
                raise_to(most, term);
                term = (struct weight){0};
            }
            after &= isspace((unsigned char)*at) != 0;
            at++;
            continue;
        }
        multiply(shift ? &shifts : &term, factor);
        after = true;
    }
    raise_to(most, term);
    multiply(most, shifts);
    return at;
}

/*
 * How many bits each name may have, so that no product in the expression wraps in 128; in 64, if
 * there is a cast to a type that is not known. More than 40 are no size in any case.
 */
static unsigned number_bits(const struct scope *scope, const char *expression)
{
    enum { ALL = 120, TYPED = 60, MOST = 40 }; /* some are left for sums */
    struct weight w;
    weigh(scope, expression, expression, &w);
    unsigned all = w.typed ? TYPED : ALL, rest = w.others < all ? all - w.others : 0;
    return w.names == 0 || rest / w.names > MOST ? MOST : rest / w.names;
}

/* What a number is for, by what stands in front of it. */
static const char *number_function(const char *expression, const char *at)
{
    char before, last = last_before(expression, at, &before);
    if (last == '/' || last == '%')
        return "lfi_bind_divisor";
    return (last == '<' || last == '>') && before == last ? "lfi_bind_shift" : "lfi_bind_number";
}

/* Whether a number is only compared: then it may be of any size (SIZE_MAX). */
static bool is_compared(const char *expression, const char *at, size_t size)
{
    char before, last = last_before(expression, at, &before);
    const char *next = at + size + spaces(at + size);
    if (last && !strchr("(?:,", last) && !((last == '&' || last == '|') && before == last))
        return false;
    return ((*next == '=' || *next == '!') && next[1] == '=') ||
           ((*next == '<' || *next == '>') && next[1] != *next);
}

/* How many pointers an operand leads over. */
static unsigned pointers_of(const struct operand *o, bool star)
{
    CXType type = o->naming.type;
    const char *at = o->naming.word + o->naming.size;
    unsigned count = star;
    for (const char *end = at + chain_size(at); at < end;) {
        bool arrow = *at == '-', list = *at == '[';
        bool pointer = kind_of(type) == KIND_POINTER;
        count += arrow || (list && pointer);
        if (arrow || list)
            type = target_of(type);
        at += arrow ? 2 : 1;
        at += list ? strcspn(at, "]") + 1 : spaces(at);
        struct naming field = {.word = at, .size = list ? 0 : word_size(at)};
        if (field.size > 0 && kind_of(type) == KIND_RECORD)
            each_field(type, search_name, &field);
        if (field.found)
            type = field.type;
        at += field.size;
        at += spaces(at);
    }
    return count;
}

/* The place in a list that a name is followed by. */
static unsigned long place_of(const struct operand *o)
{
    const char *next = o->naming.word + o->naming.size;
    next += spaces(next);
    return *next == '[' ? strtoul(next + 1, NULL, 10) : 0;
}

const char *size_problem(const struct function *function, const char *expression)
{
    struct scope scope = {.function = function};
    for (const char *at = expression; *at;) {
        struct operand o = operand_at(&scope, expression, at);
        enum kind kind = o.naming.found && o.size > 0 ? kind_of(o.naming.type) : KIND_INTEGER;
        unsigned pointers =
            kind == KIND_POINTER || kind == KIND_RECORD ? pointers_of(&o, *at == '*') : 0;
        bool star = *at == '*' && is_unary(expression, at);
        if (o.size == 0 && (star || *at == '[' || (*at == '-' && at[1] == '>')))
            return "size_is follows what is no name";
        if (kind == KIND_FLOAT || kind == KIND_DOUBLE || kind == KIND_LONG_DOUBLE)
            return "size_is has a floating-point number, which may be none";
        if (pointers > (kind == KIND_RECORD ? 0 : 1))
            return "size_is follows a pointer in what is pointed to, or in a structure";
        for (unsigned i = 0; pointers > 0 && i < function->count; i++) {
            const struct words *words = function->parameters[i].words;
            if (!is_word(o.naming.word, o.naming.size, function->parameters[i].name))
                continue;
            if (words_has(words, WORD_box))
                return "size_is follows a pointer into the box, where the number changes";
            if (place_of(&o) > 0 && !words_has(words, WORD_size_is))
                return "size_is takes a place in a list of no size";
        }
        at += o.size ? o.size : 1;
    }
    return number_bits(&scope, expression) < 16 ? "size_is multiplies too many numbers" : NULL;
}

/* In a callback, a list has as many elements as the box says. */
static void check_place(struct text *t, const struct scope *scope, const struct operand *o)
{
    const struct function *f = scope->function;
    const char *word = o->naming.word;
    for (unsigned i = 0; scope->callback && i < f->count; i++) {
        const struct words *words = f->parameters[i].words;
        if (is_word(word, o->naming.size, f->parameters[i].name) && words_has(words, WORD_size_is))
            text_add(t, "lfi_size_%.*s / sizeof *%.*s <= %lu ? 0 : ", (int)o->naming.size, word,
                     (int)o->naming.size, word, place_of(o));
    }
}

/*
 * A size, where names of fields become those of the host's structure. Numbers are made wide before
 * anything is done to them: in their own types a product may wrap, and the size be too small.
 */
void size_expression(struct text *t, const struct scope *scope, const char *expression, bool wide)
{
    unsigned bits = number_bits(scope, expression);
    for (const char *at = expression; *at;) {
        struct operand o = operand_at(scope, expression, at);
        struct cast cast = {0};
        if (wide)
            cast = cast_at(scope, expression, at);
        if (cast.size > 0) { /* cut as C does, but computed with as wide */
            text_add(t, "(__int128)");
            if (!cast.wide || !cast.known || cast.inverts)
                text_bytes(t, at, cast.size);
            at += cast.size;
            continue;
        }
        if (wide && (*at == '<' || *at == '>') && at[1] == *at) { /* what is shifted is as wide */
            text_add(t, "* (__int128)1 %c%c", *at, *at);
            at += 2;
            continue;
        }
        if (!o.naming.found || o.size == 0) {
            size_t size = o.size ? o.size : 1, first = o.naming.size;
            char *type = is_word(at, first, "sizeof") ? strndup(at + first, size - first) : NULL;
            text_bytes(t, at, type ? first : size);
            if (type)
                size_expression(t, scope, type, false);
            free(type);
            at += size;
            continue;
        }
        const char *word = o.naming.word, *owner = scope->function ? "" : "lfi_host->";
        const char *path = scope->function ? "" : scope->path;
        bool number = wide && is_number(&o);
        bool compared = number && is_compared(expression, at, o.size);
        if (compared)
            text_add(t, "(__int128)(");
        else if (number)
            text_add(t, "%s(%slfi_call, ", number_function(expression, at),
                     scope->function ? "&" : "");
        if (number && o.follows) {
            text_add(t, "!%s%s%.*s ? 0 : ", owner, path, (int)o.naming.size, word);
            check_place(t, scope, &o);
        }
        text_bytes(t, at, (size_t)(word - at)); /* the star */
        text_add(t, "%s%s", owner, path);
        text_bytes(t, word, o.size - (size_t)(word - at));
        if (compared)
            text_add(t, ")");
        else if (number)
            text_add(t, ", %u)", bits);
        at += o.size;
    }
}
