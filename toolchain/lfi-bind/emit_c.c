// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The C files of a binding: PREFIX.h and PREFIX.c. */
#include "model.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void headers(struct binding *b, struct text *t)
{
    text_add(t, "#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
    for (size_t i = 0; i < b->header_count; i++)
        text_add(t, "#include \"%s\"\n", b->headers[i]);
    text_add(t, "#ifdef __cplusplus\n}\n#endif\n");
}

static void made_by(struct text *t, const char *what)
{
    text_add(t, "/* %s Made by lfi-bind: do not edit. */\n", what);
}

/* "int (NAME)(struct P *lfi_box, int a)"; without the box where `prefix` is NULL. */
static void prototype(struct binding *b, struct text *t, struct function *f, const char *prefix)
{
    struct text name = {0};
    text_add(&name, "(%s%s%s)(", prefix ? prefix : "", prefix ? "_" : "",
             prefix ? f->bound : f->name);
    if (prefix)
        text_add(&name, "struct %s *lfi_box", b->prefix);
    for (unsigned i = 0; i < f->count; i++) {
        if (prefix || i > 0)
            text_add(&name, ", ");
        declare(&name, f->parameters[i].type, f->parameters[i].name);
    }
    text_add(&name, "%s)", !prefix && f->count == 0 ? "void" : "");
    declare(t, f->result, name.bytes);
    text_free(&name);
}

/* Lines of `why` as a comment. */
static void comment(struct text *t, const char *why)
{
    text_add(t, " * ");
    for (; *why; why++) {
        if (*why == '\n' && why[1])
            text_add(t, "\n * ");
        else if (*why != '\n' && !(why[0] == '*' && why[1] == '/'))
            text_bytes(t, why, 1);
    }
    text_add(t, "\n */\n");
}

/* Attribute of what must not be used: the first line of `why`. */
static void undecided(struct text *t, const char *why)
{
    text_add(t, "LFI_BIND_UNDECIDED(\"lfi-bind: ");
    for (; *why && *why != '\n'; why++)
        if (*why != '"' && *why != '\\')
            text_bytes(t, why, 1);
    text_add(t, "\")");
}

void emit_header(struct binding *b, struct text *t)
{
    const char *p = b->prefix;
    text_add(t,
             "/* The library in its box, with typed calls (docs/lfi-bind.md of LFI).\n"
             " * Made by lfi-bind: do not edit. */\n"
             "#ifndef LFI_BOUND_%s_H\n#define LFI_BOUND_%s_H\n\n",
             p, p);
    headers(b, t);
    text_add(
        t,
        "#include <lfi/library.h>\n\n"
        "#ifndef LFI_BIND_UNDECIDED\n"
        "#if defined(__clang__) || !defined(__GNUC__) || __GNUC__ >= 12\n"
        "#define LFI_BIND_UNDECIDED(why) __attribute__((unavailable(why)))\n"
        "#else\n"
        "#define LFI_BIND_UNDECIDED(why) __attribute__((error(why)))\n"
        "#endif\n"
        "#endif\n\n"
        "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
        "/* One instance: a box with the library. Any number of threads may call. */\n"
        "struct %s;\n\n"
        "/* Verifies and starts it: 0, or a negative errno value with *%s NULL and the reason\n"
        " * in *error. All zero or NULL options: nothing of the host. */\n"
        "int %s_open(struct %s **%s, const struct lfi_library_options *options,\n"
        "    struct lfi_error *error);\n\n"
        "/* -EBUSY while a call is under way. NULL is allowed. */\n"
        "int %s_free(struct %s *%s);\n\n"
        "struct lfi_library *%s_library(struct %s *%s);\n\n"
        "/* How the calling thread's last call of a wrapper ended: 0, or a negative errno value,\n"
        " * and then its result means nothing. -ECANCELED: lfi_library_failed() says why.\n"
        " * -EFAULT: a pointer that the box gave is none, -EOVERFLOW: a size is too large,\n"
        " * -ENOSYS: the library lacks the function. */\n"
        "int %s_status(void);\n\n"
        "/* The host is done with a pointer that it passed as user_data. */\n"
        "void %s_forget(struct %s *%s, const void *user_data);\n\n",
        p, p, p, p, p, p, p, p, p, p, p, p, p, p, p);
    if (b->drop_in)
        text_add(t,
                 "/* The instance behind the library's own names, and the options it is opened "
                 "with (NULL),\n"
                 " * which the host may define. */\n"
                 "struct %s *%s_process(void);\n"
                 "const struct lfi_library_options *%s_options(void);\n\n",
                 p, p, p);
    for (size_t i = 0; i < b->count; i++) {
        struct function *f = &b->functions[i];
        if (words_has(f->words, WORD_custom))
            continue;
        if (f->why) {
            text_add(t, "/* Not decided; say it in the annotation file (--annotations):\n");
            comment(t, f->why);
        }
        prototype(b, t, f, p);
        if (f->why) {
            text_add(t, "\n    ");
            undecided(t, f->why);
        }
        text_add(t, ";\n");
        if (f->why)
            text_add(t, "\n");
    }
    text_add(t, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}

/* ------------------------------------------------------------------------------ structures */

struct copying {
    struct binding *b;
    struct record *record;
    CXType type; /* of the structure that the fields are of */
    const char *path;
    long at;        /* of the structure, in that behind the path: without a name it has no own */
    unsigned depth; /* of loops around */
    struct text *to, *from, *side;
};

struct searching {
    struct copying *c;
    const char *name;
    bool found;
};

static bool search_cursor(CXCursor field, void *data)
{
    struct searching *s = data;
    const struct words *words = field_words(s->c->b, s->c->type, field);
    if (words_has(words, WORD_cursor) && words_has(words, WORD_size_is) &&
        strcmp(words->value[WORD_size_is], s->name) == 0)
        s->found = true;
    return !s->found;
}

static bool counted_by_cursor(struct copying *c, const char *name)
{
    struct searching s = {c, name, false};
    each_field(c->type, search_cursor, &s);
    return s.found;
}

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

/* What an expression's names may be: parameters of a function, or fields. */
struct scope {
    const struct function *function;
    CXType record; /* if there is no function */
    const char *path;
};

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

/*
 * A size, where names of fields become those of the host's structure. Numbers are made wide before
 * anything is done to them: in their own types a product may wrap, and the size be too small.
 */
static void size_expression(struct text *t, const struct scope *scope, const char *expression,
                            bool wide)
{
    bool member = false; /* of what is in front of it */
    while (*expression) {
        size_t size = 0;
        while (isalnum((unsigned char)expression[size]) || expression[size] == '_')
            size++;
        if (size == 0) {
            if (!isspace((unsigned char)*expression))
                member = *expression == '.' || (*expression == '>' && t->bytes[t->size - 1] == '-');
            text_bytes(t, expression++, 1);
            continue;
        }
        struct naming n = {.word = expression, .size = size};
        bool named = !member && find_name(scope, &n);
        bool number = named && wide &&
                      (kind_of(n.type) == KIND_INTEGER || kind_of(n.type) == KIND_BOOL ||
                       kind_of(n.type) == KIND_ENUM);
        text_add(t, "%s%s%s", number ? "lfi_bind_number(" : "",
                 named && !scope->function ? "lfi_host->" : "",
                 named && !scope->function ? scope->path : "");
        text_bytes(t, expression, size);
        text_add(t, "%s", number ? ")" : "");
        expression += size;
        member = false;
    }
}

static void move(struct text *t, const char *to, const char *from, const char *path)
{
    text_add(t, "    LFI_BIND_MOVE(%s, %s, %s);\n", to, from, path);
}

/* What a user_data points to, in the words of the annotations. */
static const char *handle_kind(const struct words *words)
{
    const char *kind = words_has(words, WORD_user_data) ? words->value[WORD_user_data] : NULL;
    return kind ? kind : "";
}

static void copy_pointer(struct copying *c, CXCursor field, const char *path, const char *ident)
{
    CXType type = clang_getCursorType(field);
    const struct words *w = field_words(c->b, c->type, field);
    struct text why = {0};
    enum pass pass = pass_of(c->b, type, w, c->record->name, path, &why);
    char *spelled = spelling(clang_getUnqualifiedType(type));
    bool out = words_has(w, WORD_out) || words_has(w, WORD_inout);
    bool in = words_has(w, WORD_in) || words_has(w, WORD_inout);
    text_free(&why);
    switch (pass) {
    case PASS_ADDRESS:
        move(c->to, "lfi_image", "lfi_host", path);
        text_add(c->from,
                 "    lfi_host->%s = (%s)(uintptr_t)lfi_bind_pointer(lfi_call,\n"
                 "        (uint64_t)(uintptr_t)lfi_image->%s);\n",
                 path, spelled, path);
        break;
    case PASS_STRING:
        if (in || !out)
            text_add(c->to,
                     "    lfi_image->%s = (%s)(uintptr_t)lfi_bind_string(lfi_call,\n"
                     "        (const char *)lfi_host->%s);\n",
                     path, spelled, path);
        if (out || !in)
            text_add(c->from,
                     "    lfi_host->%s = (%s)lfi_bind_intern(lfi_call,\n"
                     "        (uint64_t)(uintptr_t)lfi_image->%s);\n",
                     path, spelled, path);
        break;
    case PASS_HANDLE:
        text_add(c->to,
                 "    lfi_image->%s = (%s)(uintptr_t)lfi_bind_handle(lfi_call,\n"
                 "        (const void *)lfi_host->%s, \"%s\");\n",
                 path, spelled, path, handle_kind(w));
        text_add(c->from,
                 "    lfi_host->%s = (%s)lfi_bind_lookup(lfi_call,\n"
                 "        (uint64_t)(uintptr_t)lfi_image->%s, \"%s\");\n",
                 path, spelled, path, handle_kind(w));
        break;
    case PASS_CALLBACK: {
        struct function *callback = callback_of(c->b, type, c->record->name, path);
        text_add(c->to,
                 "    lfi_image->%s = (%s)(uintptr_t)lfi_bind_callback(lfi_call,\n"
                 "        (lfi_gate_fn *)lfi_host->%s, (lfi_gate_fn *)%s_thunk_%s, ",
                 path, spelled, path, c->b->prefix, callback->name);
        write_shape(c->to, &callback->shape, true);
        text_add(c->to, ");\n");
        text_add(c->from,
                 "    lfi_host->%s = (%s)lfi_bind_function(lfi_call,\n"
                 "        (uint64_t)(uintptr_t)lfi_image->%s, (lfi_gate_fn *)%s_thunk_%s);\n",
                 path, spelled, path, c->b->prefix, callback->name);
        break;
    }
    case PASS_COPY: {
        const char *unit = is_void(target_of(type)) ? "1" : NULL;
        struct text size = {0};
        text_add(&size, "lfi_bind_size(lfi_call, (__int128)(");
        struct scope scope = {.record = c->type, .path = c->path};
        size_expression(&size, &scope, words_has(w, WORD_size_is) ? w->value[WORD_size_is] : "1",
                        true);
        if (unit)
            text_add(&size, "), 1)");
        else
            text_add(&size, "), sizeof *lfi_host->%s)", path);
        text_add(c->side, "    uint64_t %s, %s_size;\n", ident, ident);
        text_add(c->to, "    lfi_side->%s_size = lfi_host->%s ? %s : 0;\n", ident, path,
                 size.bytes);
        if (in)
            text_add(c->to,
                     "    lfi_side->%s = lfi_bind_in(lfi_call, lfi_host->%s, lfi_side->%s_size);\n",
                     ident, path, ident);
        else
            text_add(c->to,
                     "    lfi_side->%s = lfi_host->%s ? lfi_bind_take(lfi_call, lfi_side->%s_size) "
                     ": 0;\n",
                     ident, path, ident);
        text_add(c->to, "    lfi_image->%s = (%s)(uintptr_t)lfi_side->%s;\n", path, spelled, ident);
        if (words_has(w, WORD_cursor)) {
            text_add(
                c->from,
                "    if (lfi_side->%s) {\n"
                "        uint64_t lfi_moved = (uint64_t)(uintptr_t)lfi_image->%s - lfi_side->%s;\n"
                "        if (lfi_moved > lfi_side->%s_size) {\n"
                "            lfi_bind_fail(lfi_call, -EFAULT);\n"
                "        } else {\n",
                ident, path, ident, ident);
            if (out)
                text_add(c->from,
                         "            lfi_bind_read(lfi_call, (void *)lfi_host->%s, lfi_side->%s, "
                         "lfi_moved);\n",
                         path, ident);
            text_add(c->from,
                     "            lfi_host->%s = (%s)((uintptr_t)lfi_host->%s + lfi_moved);\n",
                     path, spelled, path);
            text_add(c->from, "            ");
            size_expression(c->from, &scope, w->value[WORD_size_is], false);
            text_add(c->from, " -= lfi_moved%s%s%s;\n        }\n    }\n",
                     unit ? "" : " / sizeof *lfi_host->", unit ? "" : path, "");
        } else if (out) {
            text_add(c->from,
                     "    if (lfi_side->%s)\n        lfi_bind_read(lfi_call, (void *)lfi_host->%s, "
                     "lfi_side->%s, lfi_side->%s_size);\n",
                     ident, path, ident, ident);
        }
        text_free(&size);
        break;
    }
    default:
        break;
    }
    free(spelled);
}

static bool copy_field(CXCursor field, void *data);

/* Bytes of a union, or of what else has padding: those that are values. `host`: its place there. */
static void copy_values(struct copying *c, CXType type, const struct words *words, const char *host,
                        const char *image)
{
    long size = size_of(type);
    unsigned char *mask = calloc(1, (size_t)size + 1);
    bool whole = false;
    if (kind_of(type) == KIND_UNION)
        union_decided(c->b, type, words, c->record->type, &whole);
    if (mask && whole)
        memset(mask, 0xff, (size_t)size);
    else if (mask)
        mark_values(c->b->arch, type, mask, 0);
    else
        c->b->failed = true;
    for (long from = 0, to; mask && from < size; from = to) {
        for (to = from + 1; to < size && mask[to] == mask[from];)
            to++;
        if (mask[from] == 0)
            continue;
        text_add(c->to, "    memcpy((char *)%s + %ld, (const char *)%s + %ld, %ld);\n", image, from,
                 host, from, to - from);
        text_add(c->from, "    memcpy((char *)%s + %ld, (const char *)%s + %ld, %ld);\n", host,
                 from, image, from, to - from);
    }
    free(mask);
}

/* A list of what does not cross whole: a loop for each dimension. */
static void copy_list(struct copying *c, CXType type, const struct words *words, const char *path)
{
    struct text inner = {0}, host = {0}, image = {0};
    struct copying nested = *c;
    CXType element = target_of(type);
    unsigned i = nested.depth++;
    long count = size_of(element) > 0 ? size_of(type) / size_of(element) : 0;
    struct text *both[] = {c->to, c->from};
    for (size_t k = 0; k < 2; k++)
        text_add(both[k], "    for (size_t lfi_%u = 0; lfi_%u < %ld; lfi_%u++) {\n", i, i, count,
                 i);
    text_add(&inner, "%s[lfi_%u]", path, i);
    text_add(&host, "&lfi_host->%s", inner.bytes);
    text_add(&image, "&lfi_image->%s", inner.bytes);
    if (kind_of(element) == KIND_ARRAY) {
        copy_list(&nested, element, words, inner.bytes);
    } else if (kind_of(element) == KIND_RECORD) {
        text_add(&inner, ".");
        nested.type = element;
        nested.path = inner.bytes;
        nested.at = 0;
        each_field(element, copy_field, &nested);
    } else {
        copy_values(&nested, element, words, host.bytes, image.bytes);
    }
    for (size_t k = 0; k < 2; k++)
        text_add(both[k], "    }\n");
    text_free(&inner);
    text_free(&host);
    text_free(&image);
}

static bool copy_field(CXCursor field, void *data)
{
    struct copying *c = data;
    CXType type = clang_getCursorType(field), element = innermost(type);
    char *name = name_of(field);
    const struct words *w = field_words(c->b, c->type, field);
    struct text path = {0}, ident = {0};
    text_add(&path, "%s%s", c->path, name);
    for (char *at = path.bytes; *at; at++)
        text_add(&ident, "%c", isalnum((unsigned char)*at) ? *at : '_');
    long at = c->at + (long)clang_Cursor_getOffsetOfField(field) / 8;
    bool loose = !clang_Cursor_isBitField(field) && is_plain(element) &&
                 !is_tight(c->b->arch, element); /* has padding */
    if (words_has(w, WORD_private)) {
        ;
    } else if (kind_of(type) == KIND_RECORD) {
        struct text inner = {0};
        text_add(&inner, "%s%s", path.bytes, *name ? "." : "");
        struct copying nested = *c;
        nested.type = type;
        nested.path = inner.bytes;
        nested.at = *name ? 0 : at;
        each_field(type, copy_field, &nested);
        text_free(&inner);
    } else if (clang_Cursor_isBitField(field)) {
        if (*name) {
            text_add(c->to, "    lfi_image->%s = lfi_host->%s;\n", path.bytes, path.bytes);
            text_add(c->from, "    lfi_host->%s = lfi_image->%s;\n", path.bytes, path.bytes);
        }
    } else if (kind_of(element) == KIND_BOOL) {
        move(c->to, "lfi_image", "lfi_host", path.bytes);
        text_add(c->from, "    LFI_BIND_BOOLS(lfi_host, lfi_image, %s);\n", path.bytes);
    } else if (kind_of(type) == KIND_ARRAY && (loose || kind_of(element) == KIND_RECORD)) {
        copy_list(c, type, w, path.bytes);
    } else if (is_plain(type) && (loose || !*name)) { /* or a union without a name */
        struct text host = {0}, image = {0};
        size_t size = path.size;
        if (size && path.bytes[size - 1] == '.')
            path.bytes[--size] = 0;
        const char *open = *name ? "&" : size ? "((char *)&" : "((char *)";
        text_add(&host, "%slfi_host%s%s", open, size ? "->" : "", path.bytes);
        text_add(&image, "%slfi_image%s%s", open, size ? "->" : "", path.bytes);
        if (!*name) {
            text_add(&host, " + %ld)", at);
            text_add(&image, " + %ld)", at);
        }
        copy_values(c, type, w, host.bytes, image.bytes);
        text_free(&host);
        text_free(&image);
    } else if (is_plain(type)) {
        move(c->to, "lfi_image", "lfi_host", path.bytes);
        if (!counted_by_cursor(c, name))
            move(c->from, "lfi_host", "lfi_image", path.bytes);
    } else {
        copy_pointer(c, field, path.bytes, ident.bytes);
    }
    text_free(&path);
    text_free(&ident);
    free(name);
    return true;
}

static void emit_record(struct binding *b, struct text *t, struct record *record)
{
    const char *p = b->prefix, *n = record->name, *s = record->spelling;
    struct text to = {0}, from = {0}, side = {0};
    struct copying copying = {b, record, record->type, "", 0, 0, &to, &from, &side};
    if (kind_of(record->type) == KIND_RECORD)
        each_field(record->type, copy_field, &copying);
    else
        copy_values(&copying, record->type, NULL, "lfi_host", "lfi_image");
    text_add(t,
             "static_assert(sizeof(%s) == %ld, \"%s is not as it was when lfi-bind read it\");\n",
             s, size_of(record->type), s);
    text_add(t, "struct %s_side_%s {\n%s    char lfi_none;\n};\n", p, n,
             side.bytes ? side.bytes : "");
    text_add(t,
             "static LFI_BIND_UNUSED void %s_to_%s(struct lfi_bind_call *lfi_call, %s *lfi_image,\n"
             "    const %s *lfi_host, struct %s_side_%s *lfi_side)\n{\n"
             "    (void)lfi_call, (void)lfi_side, (void)lfi_image, (void)lfi_host;\n%s}\n\n",
             p, n, s, s, p, n, to.bytes ? to.bytes : "");
    text_add(
        t,
        "static LFI_BIND_UNUSED void %s_from_%s(struct lfi_bind_call *lfi_call, %s *lfi_host,\n"
        "    const %s *lfi_image, struct %s_side_%s *lfi_side)\n{\n"
        "    (void)lfi_call, (void)lfi_side, (void)lfi_image, (void)lfi_host;\n%s}\n\n",
        p, n, s, s, p, n, from.bytes ? from.bytes : "");
    text_free(&to);
    text_free(&from);
    text_free(&side);
}

/* ------------------------------------------------------------------------------ values */

/* The type by which a value crosses in a register. */
static void raw_type(struct text *t, CXType type, enum pass pass, bool by_address)
{
    switch (kind_of(type)) {
    case KIND_FLOAT:
    case KIND_DOUBLE:
        text_add(t, "double");
        break;
    case KIND_VOID:
        text_add(t, "void");
        break;
    case KIND_WIDE:
    case KIND_LONG_DOUBLE:
    case KIND_COMPLEX:
    case KIND_RECORD:
    case KIND_UNION: {
        char *name = spelling(clang_getUnqualifiedType(type));
        text_add(t, "%s", by_address ? "uint64_t" : name);
        free(name);
        break;
    }
    default:
        text_add(t, "uint64_t");
        break;
    }
    (void)pass;
}

/* C's value -> register. */
static void to_raw(struct text *t, CXType type, const char *value)
{
    switch (kind_of(type)) {
    case KIND_FLOAT:
        text_add(t, "lfi_bind_float(%s)", value);
        break;
    case KIND_BOOL:
    case KIND_INTEGER:
    case KIND_ENUM:
        text_add(t, "(uint64_t)%s", value);
        break;
    default:
        text_add(t, "%s", value);
        break;
    }
}

/* Register -> the type's value. */
static void from_raw(struct text *t, CXType type, const char *raw)
{
    char *name = spelling(clang_getUnqualifiedType(type));
    switch (kind_of(type)) {
    case KIND_FLOAT:
        text_add(t, "lfi_bind_to_float(%s)", raw);
        break;
    case KIND_BOOL:
        text_add(t, "(unsigned char)%s != 0", raw);
        break;
    case KIND_ENUM:
        text_add(t, "(%s)(%s)%s", name,
                 size_of(type) == 8 ? "int64_t"
                 : is_signed(type)  ? "int32_t"
                                    : "uint32_t",
                 raw);
        break;
    case KIND_INTEGER:
        text_add(t, "(%s)%s", name, raw);
        break;
    default:
        text_add(t, "%s", raw);
        break;
    }
    free(name);
}

static void zero(struct text *t, CXType type, const char *name, const char *value)
{
    text_add(t, "    ");
    declare(t, clang_getUnqualifiedType(type), name);
    if (value)
        text_add(t, " = %s;\n", value);
    else if (kind_of(type) == KIND_RECORD || kind_of(type) == KIND_UNION)
        text_add(t, ";\n    memset(&%s, 0, sizeof %s);\n", name, name);
    else {
        char *spelled = spelling(clang_getUnqualifiedType(type));
        text_add(t, " = (%s)0;\n", spelled);
        free(spelled);
    }
}

/* ------------------------------------------------------------------------------ wrappers */

struct wrapper {
    struct text before, after, always, arguments, types;
};

/* Whether the library leaves functions by longjmp(). */
static bool jumps(const struct binding *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (!b->functions[i].why && words_has(b->functions[i].result_words, WORD_jmp_buf))
            return true;
    return false;
}

static void copy_argument(struct binding *b, struct wrapper *w, struct function *f,
                          struct parameter *a)
{
    const char *n = a->name;
    CXType target = target_of(a->type);
    bool kept = words_has(a->words, WORD_keep) || words_has(a->words, WORD_drop);
    bool only_out = words_has(a->words, WORD_out);
    bool in =
        words_has(a->words, WORD_in) || words_has(a->words, WORD_inout) || (kept && !only_out);
    bool out = words_has(a->words, WORD_out) || words_has(a->words, WORD_inout) || kept;
    enum element element = element_of(b, target);
    const char *count = words_has(a->words, WORD_size_is) ? a->words->value[WORD_size_is] : "1";
    struct scope scope = {.function = f};
    text_add(&w->before, "    uint64_t lfi_size_%s = %s ? lfi_bind_size(&lfi_call, (__int128)(", n,
             n);
    size_expression(&w->before, &scope, count, true);
    text_add(&w->before, "), ");
    if (is_void(target))
        text_add(&w->before, "1) : 0;\n");
    else
        text_add(&w->before, "sizeof *%s) : 0;\n", n);
    if (element != ELEMENT_RECORD) {
        if (in)
            text_add(
                &w->before,
                "    uint64_t lfi_at_%s = lfi_bind_in(&lfi_call, (const void *)%s, lfi_size_%s);\n",
                n, n, n);
        else
            text_add(&w->before,
                     "    uint64_t lfi_at_%s = %s ? lfi_bind_take%s(&lfi_call, lfi_size_%s) : 0;\n",
                     n, n, element == ELEMENT_ADDRESS ? "_addresses" : "", n);
        if (in && out && element == ELEMENT_ADDRESS && jumps(b))
            text_add(&w->after,
                     "        if (lfi_at_%s)\n            lfi_bind_gone_all(&lfi_call, (const void "
                     "*)%s, lfi_size_%s / 8);\n",
                     n, n, n);
        if (out) {
            text_add(&w->after,
                     "        if (lfi_at_%s)\n            lfi_bind_read(&lfi_call, (void *)%s, "
                     "lfi_at_%s, lfi_size_%s);\n",
                     n, n, n, n);
            if (element == ELEMENT_BOOL)
                text_add(&w->always,
                         "    if (lfi_at_%s)\n        lfi_bind_bools((unsigned char *)%s, "
                         "lfi_size_%s);\n",
                         n, n, n);
            if (element == ELEMENT_ADDRESS)
                text_add(&w->always,
                         "    if (lfi_at_%s)\n        lfi_bind_pointers(&lfi_call, (void *)%s, "
                         "lfi_size_%s / 8);\n",
                         n, n, n);
            if (element == ELEMENT_ADDRESS && jumps(b))
                text_add(&w->always,
                         "    if (lfi_at_%s)\n        lfi_bind_renew_all(&lfi_call, (void *)%s, "
                         "lfi_size_%s / 8);\n",
                         n, n, n);
        }
        return;
    }
    struct record *record = record_of(b, target);
    const char *s = record->spelling, *r = record->name, *p = b->prefix;
    text_add(&w->before, "    uint64_t lfi_count_%s = lfi_size_%s / sizeof *%s;\n", n, n, n);
    text_add(&w->before,
             "    %s *lfi_image_%s = %s ? (%s *)lfi_bind_host(&lfi_call, lfi_size_%s) : NULL;\n", s,
             n, n, s, n);
    text_add(
        &w->before,
        "    struct %s_side_%s *lfi_side_%s = %s ? (struct %s_side_%s *)lfi_bind_host(&lfi_call,\n"
        "        lfi_count_%s * sizeof *lfi_side_%s) : NULL;\n",
        p, r, n, n, p, r, n, n);
    if (kept)
        text_add(&w->before,
                 "    uint64_t lfi_at_%s = lfi_bind_keep(&lfi_call, %s, sizeof *%s);\n"
                 "    if (lfi_at_%s)\n        lfi_bind_read(&lfi_call, lfi_image_%s, lfi_at_%s, "
                 "lfi_size_%s);\n",
                 n, n, n, n, n, n, n);
    else
        text_add(&w->before,
                 "    uint64_t lfi_at_%s = %s ? lfi_bind_take(&lfi_call, lfi_size_%s) : 0;\n", n, n,
                 n);
    if (in)
        text_add(
            &w->before,
            "    for (uint64_t lfi_i = 0; lfi_i < lfi_count_%s && lfi_call.status == 0; lfi_i++)\n"
            "        %s_to_%s(&lfi_call, &lfi_image_%s[lfi_i], &%s[lfi_i], &lfi_side_%s[lfi_i]);\n",
            n, p, r, n, n, n);
    text_add(&w->before,
             "    if (lfi_at_%s)\n        lfi_bind_write(&lfi_call, lfi_at_%s, lfi_image_%s, "
             "lfi_size_%s);\n",
             n, n, n, n);
    if (out)
        text_add(&w->after,
                 "        if (lfi_at_%s)\n            lfi_bind_read(&lfi_call, lfi_image_%s, "
                 "lfi_at_%s, lfi_size_%s);\n"
                 "        for (uint64_t lfi_i = 0; lfi_i < lfi_count_%s && lfi_call.status == 0; "
                 "lfi_i++)\n"
                 "            %s_from_%s(&lfi_call, &%s[lfi_i], &lfi_image_%s[lfi_i], "
                 "&lfi_side_%s[lfi_i]);\n",
                 n, n, n, n, n, p, r, n, n, n);
    if (words_has(a->words, WORD_drop))
        text_add(&w->always, "    lfi_bind_drop(&lfi_call, %s, sizeof *%s);\n", n, n);
    text_add(&w->always, "    free(lfi_image_%s);\n    free(lfi_side_%s);\n", n, n);
}

/* What has bytes in its words of the stack that are no value's: a long double of 80 bits, or two.
 */
static const char *loose_argument(const struct binding *b, CXType type)
{
    if (b->arch->long_double == 10 && kind_of(type) == KIND_LONG_DOUBLE)
        return "lfi_bind_long_double";
    if (b->arch->long_double == 10 && kind_of(type) == KIND_COMPLEX && size_of(type) == 32)
        return "lfi_bind_complex_long_double";
    return NULL;
}

static void argument(struct binding *b, struct wrapper *w, struct function *f, unsigned i)
{
    struct parameter *a = &f->parameters[i];
    struct text why = {0};
    enum pass pass = pass_of(b, a->type, a->words, f->name, a->name, &why);
    const char *comma = i ? ", " : "", *n = a->name;
    text_free(&why);
    const char *loose = pass == PASS_VALUE ? loose_argument(b, a->type) : NULL;
    text_add(&w->types, "%s%s", comma, loose ? "struct " : "");
    if (loose)
        text_add(&w->types, "%s", loose);
    else
        raw_type(&w->types, a->type, pass, f->by_address[i]);
    text_add(&w->arguments, "%s", comma);
    switch (pass) {
    case PASS_VALUE:
        if (loose)
            text_add(&w->arguments, "%s(%s)", loose, n);
        else
            to_raw(&w->arguments, a->type, n);
        break;
    case PASS_RECORD: {
        struct record *record = record_of(b, a->type);
        text_add(&w->before,
                 "    %s lfi_image_%s;\n    struct %s_side_%s lfi_side_%s;\n"
                 "    memset(&lfi_image_%s, 0, sizeof lfi_image_%s);\n"
                 "    %s_to_%s(&lfi_call, &lfi_image_%s, &%s, &lfi_side_%s);\n",
                 record->spelling, n, b->prefix, record->name, n, n, n, b->prefix, record->name, n,
                 n, n);
        if (f->by_address[i]) {
            text_add(&w->before,
                     "    uint64_t lfi_at_%s = lfi_bind_in(&lfi_call, &lfi_image_%s, sizeof "
                     "lfi_image_%s);\n",
                     n, n, n);
            text_add(&w->arguments, "lfi_at_%s", n);
        } else {
            text_add(&w->arguments, "lfi_image_%s", n);
        }
        break;
    }
    case PASS_STRING:
        text_add(&w->before,
                 "    uint64_t lfi_at_%s = lfi_bind_string(&lfi_call, (const char *)%s);\n", n, n);
        text_add(&w->arguments, "lfi_at_%s", n);
        break;
    case PASS_STRINGS:
        text_add(&w->before,
                 "    uint64_t lfi_at_%s = lfi_bind_strings(&lfi_call, (const char *const *)%s);\n",
                 n, n);
        text_add(&w->arguments, "lfi_at_%s", n);
        break;
    case PASS_HANDLE:
        text_add(&w->before,
                 "    uint64_t lfi_at_%s = lfi_bind_handle(&lfi_call, (const void *)%s, \"%s\");\n",
                 n, n, handle_kind(a->words));
        text_add(&w->arguments, "lfi_at_%s", n);
        break;
    case PASS_CALLBACK: {
        struct function *callback = callback_of(b, a->type, f->name, a->name);
        text_add(&w->before,
                 "    uint64_t lfi_at_%s = lfi_bind_callback(&lfi_call, (lfi_gate_fn *)%s,\n"
                 "        (lfi_gate_fn *)%s_thunk_%s, ",
                 n, n, b->prefix, callback->name);
        write_shape(&w->before, &callback->shape, true);
        text_add(&w->before, ");\n");
        text_add(&w->arguments, "lfi_at_%s", n);
        break;
    }
    case PASS_LONGJMP:
        text_add(&w->before,
                 "    uint64_t lfi_at_%s = lfi_bind_longjmp(&lfi_call, (lfi_gate_fn *)%s);\n", n,
                 n);
        text_add(&w->arguments, "lfi_at_%s", n);
        break;
    case PASS_COPY:
        copy_argument(b, w, f, a);
        text_add(&w->arguments, "lfi_at_%s", n);
        break;
    case PASS_PRIVATE:
        text_add(&w->before, "    (void)%s;\n", n);
        text_add(&w->arguments, "0");
        break;
    default:
        text_add(&w->arguments, "(uint64_t)(uintptr_t)%s", n);
        if (words_has(a->words, WORD_drop) && jumps(b))
            text_add(&w->always, "    lfi_bind_gone(&lfi_call, (uint64_t)(uintptr_t)%s);\n", n);
        break;
    }
}

/* Which objects a call gets, and from where. */
static void emit_objects(struct binding *b, struct text *t, struct function *f)
{
    struct text list = {0}, why = {0};
    size_t count = 0;
    for (unsigned i = 0; i < f->count; i++) {
        struct parameter *a = &f->parameters[i];
        if (kind_of(a->type) == KIND_POINTER &&
            pass_of(b, a->type, a->words, f->name, a->name, &why) == PASS_ADDRESS)
            text_add(&list, "%s(uint64_t)(uintptr_t)%s", count++ ? ", " : "", a->name);
    }
    if (count)
        text_add(t, "    const uint64_t lfi_objects[] = {%s};\n", list.bytes);
    text_add(t, "    lfi_bind_objects(&lfi_call, %s, %zu, LFI_CALLER_STACK());\n",
             count ? "lfi_objects" : "NULL", count);
    text_free(&list);
    text_free(&why);
}

static void emit_wrapper(struct binding *b, struct text *t, struct function *f, size_t index)
{
    struct wrapper w = {0};
    const char *p = b->prefix;
    bool nothing = is_void(f->result);
    for (unsigned i = 0; i < f->count; i++)
        argument(b, &w, f, i);
    prototype(b, t, f, p);
    text_add(t, "\n{\n    struct lfi_bind_call lfi_call = LFI_BIND_CALL(&lfi_box->bind);\n");
    if (jumps(b))
        emit_objects(b, t, f);
    if (!nothing)
        zero(t, f->result, "lfi_result",
             words_has(f->words, WORD_fails) ? f->words->value[WORD_fails] : NULL);
    text_add(t, "%s", w.before.bytes ? w.before.bytes : "");
    struct text why = {0}, raw = {0};
    enum pass pass = pass_of(b, f->result, f->result_words, f->name, "return", &why);
    text_free(&why);
    raw_type(&raw, f->result, pass, false);
    text_add(t,
             "    if (lfi_call.status == 0) {\n        %s%s((%s (*)(%s))lfi_bind_gate(&lfi_call, "
             "lfi_box->address[%zu],\n            ",
             nothing ? "" : raw.bytes, nothing ? "" : " lfi_raw = ", raw.bytes,
             f->count ? w.types.bytes : "void", index);
    text_free(&raw);
    write_shape(t, &f->shape, false);
    text_add(t, "))(%s);\n", w.arguments.bytes ? w.arguments.bytes : "");
    text_add(t, "        lfi_bind_returned(&lfi_call);\n%s", w.after.bytes ? w.after.bytes : "");
    if (!nothing) {
        char *type = spelling(clang_getUnqualifiedType(f->result));
        text_add(t, "        if (lfi_call.status == 0)\n            ");
        switch (pass) {
        case PASS_STRING:
            text_add(t, "lfi_result = (%s)lfi_bind_intern(&lfi_call, lfi_raw);\n", type);
            break;
        case PASS_HANDLE:
            text_add(t, "lfi_result = (%s)lfi_bind_lookup(&lfi_call, lfi_raw, \"%s\");\n", type,
                     handle_kind(f->result_words));
            break;
        case PASS_CALLBACK:
            text_add(t,
                     "lfi_result = (%s)lfi_bind_function(&lfi_call, lfi_raw,\n"
                     "                (lfi_gate_fn *)%s_thunk_%s);\n",
                     type, p, callback_of(b, f->result, f->name, "return")->name);
            break;
        case PASS_JMP_BUF:
            text_add(t,
                     "lfi_result = (%s)lfi_bind_jmp_buf(&lfi_call, (uint64_t)(uintptr_t)%s, "
                     "lfi_raw);\n",
                     type, f->count ? f->parameters[0].name : "0");
            break;
        case PASS_RECORD: {
            struct record *record = record_of(b, f->result);
            text_add(t, "%s_from_%s(&lfi_call, &lfi_result, &lfi_raw, NULL);\n", p, record->name);
            break;
        }
        case PASS_ADDRESS:
            text_add(t, "lfi_result = (%s)(uintptr_t)lfi_bind_object(&lfi_call, lfi_raw, %ld);\n",
                     type,
                     kind_of(f->result) == KIND_POINTER && size_of(target_of(f->result)) > 0
                         ? size_of(target_of(f->result))
                         : 1);
            if (jumps(b))
                text_add(t, "        lfi_bind_renew(&lfi_call, lfi_raw);\n");
            break;
        default:
            text_add(t, "lfi_result = ");
            from_raw(t, f->result, "lfi_raw");
            text_add(t, ";\n");
        }
        free(type);
    }
    text_add(t, "    }\n%s", w.always.bytes ? w.always.bytes : "");
    text_add(t, "    %s_last = lfi_bind_end(&lfi_call);\n", p);
    if (!nothing &&
        (pass == PASS_RECORD || pass == PASS_ADDRESS || pass == PASS_HANDLE ||
         pass == PASS_STRING) &&
        !words_has(f->words, WORD_fails))
        text_add(t, "    if (%s_last != 0)\n        memset(&lfi_result, 0, sizeof lfi_result);\n",
                 p);
    text_add(t, "%s}\n\n", nothing ? "" : "    return lfi_result;\n");
    text_free(&w.before);
    text_free(&w.after);
    text_free(&w.always);
    text_free(&w.arguments);
    text_free(&w.types);
}

/* A function that the box calls: arguments come over, the host's function runs, and back. */
static void emit_thunk(struct binding *b, struct text *t, struct function *f)
{
    struct text values = {0}, before = {0}, arguments = {0}, after = {0}, raw = {0};
    for (unsigned i = 0; i < f->count; i++) {
        struct parameter *a = &f->parameters[i];
        struct text why = {0}, value = {0};
        enum pass pass = pass_of(b, a->type, a->words, f->name, a->name, &why);
        char *type = spelling(clang_getUnqualifiedType(a->type));
        const char *n = a->name;
        text_free(&why);
        text_add(&raw, "%s", i ? ", " : "");
        raw_type(&raw, a->type, pass, f->by_address[i]);
        text_add(&raw, " lfi_%u", i);
        text_add(&value, "lfi_%u", i);
        text_add(&arguments, "%s%s", i ? ", " : "", n);
        size_t start = before.size;
        text_add(&before, "    ");
        if (pass != PASS_COPY && pass != PASS_RECORD)
            declare(&before, clang_getUnqualifiedType(a->type), n);
        switch (pass) {
        case PASS_HANDLE:
            text_add(&before, " = (%s)lfi_bind_lookup(&lfi_call, lfi_%u, \"%s\");\n", type, i,
                     handle_kind(a->words));
            break;
        case PASS_STRING:
            text_add(
                &before,
                " = (%s)lfi_bind_track(&lfi_call, lfi_bind_fetch_string(&lfi_call, lfi_%u));\n",
                type, i);
            break;
        case PASS_STRINGS:
            text_add(
                &before,
                " = (%s)lfi_bind_track(&lfi_call, lfi_bind_fetch_strings(&lfi_call, lfi_%u));\n",
                type, i);
            break;
        case PASS_RECORD: {
            struct record *record = record_of(b, a->type);
            text_add(&before, "%s %s;\n", record->spelling, n);
            if (f->by_address[i]) {
                text_add(
                    &before,
                    "    %s lfi_image_%s;\n    memset(&lfi_image_%s, 0, sizeof lfi_image_%s);\n"
                    "    lfi_bind_read(&lfi_call, &lfi_image_%s, lfi_%u, sizeof lfi_image_%s);\n",
                    record->spelling, n, n, n, n, i, n);
                text_free(&value);
                text_add(&value, "lfi_image_%s", n);
            }
            text_add(&before,
                     "    memset(&%s, 0, sizeof %s);\n    %s_from_%s(&lfi_call, &%s, &%s, NULL);\n",
                     n, n, b->prefix, record->name, n, value.bytes);
            break;
        }
        case PASS_COPY: {
            CXType target = target_of(a->type);
            enum element element = element_of(b, target);
            const char *count =
                words_has(a->words, WORD_size_is) ? a->words->value[WORD_size_is] : "1";
            bool out = words_has(a->words, WORD_out) || words_has(a->words, WORD_inout);
            bool in = words_has(a->words, WORD_in) || words_has(a->words, WORD_inout);
            struct record *record = element == ELEMENT_RECORD ? record_of(b, target) : NULL;
            struct scope scope = {.function = f};
            text_add(&before, "uint64_t lfi_size_%s = lfi_bind_size(&lfi_call, (__int128)(", n);
            size_expression(&before, &scope, count, true);
            text_add(&before, "), ");
            if (is_void(target))
                text_add(&before, "1);\n    ");
            else {
                char *unit = spelling(clang_getUnqualifiedType(target));
                text_add(&before, "sizeof(%s));\n    ", unit);
                free(unit);
            }
            if (words_has(a->words, WORD_size_is))
                text_add(&before, "lfi_bind_there(&lfi_call, lfi_%u, lfi_size_%s);\n    ", i, n);
            declare(&before, clang_getUnqualifiedType(a->type), n);
            text_add(
                &before,
                " = (%s)lfi_bind_track(&lfi_call, lfi_bind_%s(&lfi_call, lfi_%u, lfi_size_%s));\n",
                type, in ? "fetch" : "room", i, n);
            if (in && element == ELEMENT_BOOL)
                text_add(&before,
                         "    if (%s)\n        lfi_bind_bools((unsigned char *)(uintptr_t)%s, "
                         "lfi_size_%s);\n",
                         n, n, n);
            if (in && element == ELEMENT_ADDRESS)
                text_add(&before,
                         "    if (%s)\n        lfi_bind_pointers(&lfi_call, (void *)(uintptr_t)%s, "
                         "lfi_size_%s / 8);\n",
                         n, n, n);
            if (record) { /* each element becomes the host's in its place */
                text_add(&before,
                         "    for (uint64_t lfi_i = 0; %s && lfi_i < lfi_size_%s / sizeof *%s; "
                         "lfi_i++) {\n"
                         "        %s lfi_image, *lfi_element = (%s *)(uintptr_t)&%s[lfi_i];\n"
                         "        memcpy(&lfi_image, lfi_element, sizeof lfi_image);\n"
                         "        memset(lfi_element, 0, sizeof *lfi_element);\n"
                         "        %s_from_%s(&lfi_call, lfi_element, &lfi_image, NULL);\n    }\n",
                         n, n, n, record->spelling, record->spelling, n, b->prefix, record->name);
            }
            if (out && record)
                text_add(&after,
                         "    for (uint64_t lfi_i = 0; %s && lfi_i < lfi_size_%s / sizeof *%s; "
                         "lfi_i++) {\n"
                         "        %s lfi_image;\n        struct %s_side_%s lfi_side;\n"
                         "        memset(&lfi_image, 0, sizeof lfi_image);\n"
                         "        %s_to_%s(&lfi_call, &lfi_image, &%s[lfi_i], &lfi_side);\n"
                         "        lfi_bind_write(&lfi_call, lfi_%u + lfi_i * sizeof lfi_image, "
                         "&lfi_image, sizeof lfi_image);\n    }\n",
                         n, n, n, record->spelling, b->prefix, record->name, b->prefix,
                         record->name, n, i);
            else if (out)
                text_add(
                    &after,
                    "    if (%s)\n        lfi_bind_write(&lfi_call, lfi_%u, %s, lfi_size_%s);\n", n,
                    i, n, n);
            break;
        }
        case PASS_ADDRESS:
            text_add(&before, " = (%s)(uintptr_t)lfi_bind_object(&lfi_call, lfi_%u, %ld);\n", type,
                     i,
                     kind_of(a->type) == KIND_POINTER && size_of(target_of(a->type)) > 0
                         ? size_of(target_of(a->type))
                         : 1);
            break;
        case PASS_PRIVATE:
            text_add(&before, " = (%s)0;\n    (void)lfi_%u;\n", type, i);
            break;
        default:
            text_add(&before, " = ");
            from_raw(&before, a->type, value.bytes);
            text_add(&before, ";\n");
            break;
        }
        if (pass == PASS_VALUE && before.size > start) { /* sizes of others are made of these */
            text_bytes(&values, before.bytes + start, before.size - start);
            before.size = start;
            before.bytes[start] = 0;
        }
        text_free(&value);
        free(type);
    }
    struct text why = {0};
    enum pass pass = pass_of(b, f->result, f->result_words, f->name, "return", &why);
    bool nothing = is_void(f->result);
    text_free(&why);
    text_add(t, "static ");
    raw_type(t, f->result, pass, false);
    text_add(t,
             " %s_thunk_%s(%s)\n{\n"
             "    struct lfi_bind_slot *lfi_slot = (struct lfi_bind_slot *)lfi_callback_data();\n"
             "    struct lfi_bind_call lfi_call = LFI_BIND_CALL(lfi_slot->bind);\n"
             "    lfi_bind_enter(&lfi_call, (const char *)__builtin_frame_address(0));\n%s%s",
             b->prefix, f->name, f->count ? raw.bytes : "void", values.bytes ? values.bytes : "",
             before.bytes ? before.bytes : "");
    if (!nothing)
        zero(t, f->result, "lfi_result", NULL);
    text_add(t, "    if (lfi_call.status == 0)\n        %s((", nothing ? "" : "lfi_result = ");
    char *pointer = spelling(clang_getUnqualifiedType(f->pointer));
    text_add(t, "%s%s)lfi_slot->function)(%s);\n%s", pointer,
             clang_getCanonicalType(f->pointer).kind == CXType_Pointer ? "" : " *",
             arguments.bytes ? arguments.bytes : "", after.bytes ? after.bytes : "");
    free(pointer);
    if (pass == PASS_HANDLE)
        text_add(t,
                 "    uint64_t lfi_number = lfi_bind_handle(&lfi_call, (const void *)lfi_result, "
                 "\"%s\");\n",
                 handle_kind(f->result_words));
    if (pass == PASS_RECORD) {
        struct record *record = record_of(b, f->result);
        text_add(t,
                 "    %s lfi_image;\n    struct %s_side_%s lfi_side;\n    memset(&lfi_image, 0, "
                 "sizeof lfi_image);\n"
                 "    %s_to_%s(&lfi_call, &lfi_image, &lfi_result, &lfi_side);\n",
                 record->spelling, b->prefix, record->name, b->prefix, record->name);
    }
    text_add(t, "    lfi_bind_end_callback(&lfi_call);\n");
    if (!nothing) {
        text_add(t, "    return ");
        if (pass == PASS_HANDLE)
            text_add(t, "lfi_number");
        else if (pass == PASS_RECORD)
            text_add(t, "lfi_image");
        else if (pass == PASS_ADDRESS)
            text_add(t, "(uint64_t)(uintptr_t)lfi_result");
        else
            to_raw(t, f->result, "lfi_result");
        text_add(t, ";\n");
    }
    text_add(t, "}\n\n");
    text_free(&values);
    text_free(&before);
    text_free(&arguments);
    text_free(&after);
    text_free(&raw);
}

/* ------------------------------------------------------------------------------ the file */

/* The bytes as a string literal: compilers read that many times faster than a list of numbers. */
static void emit_image(struct text *t, const char *image, size_t size)
{
    text_add(t, "static const char lfi_image[] __attribute__((aligned(16))) =");
    bool digits = false; /* an octal escape that a digit must not follow */
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)image[i];
        if (i % 64 == 0) {
            text_bytes(t, i ? "\"\n    \"" : "\n    \"", i ? 7 : 6);
            digits = false;
        }
        if (c == '"' || c == '\\' || c == '?' || c < ' ' || c > '~' || (digits && isdigit(c))) {
            text_add(t, "\\%o", c);
            digits = c < 0100; /* fewer than three digits */
        } else {
            char plain = (char)c;
            text_bytes(t, &plain, 1);
            digits = false;
        }
    }
    text_add(t, "%s\";\n", size ? "" : "\n    \"");
}

static void emit_drop_in(struct binding *b, struct text *t, struct function *f)
{
    const char *p = b->prefix;
    prototype(b, t, f, NULL);
    text_add(t, "\n{\n    ");
    if (jumps(b))
        text_add(t, "lfi_bind_caller = LFI_CALLER_STACK();\n    ");
    bool nothing = is_void(f->result);
    if (!nothing) {
        declare(t, clang_getUnqualifiedType(f->result), "lfi_result");
        text_add(t, " = ");
    }
    text_add(t, "(%s_%s)(%s_process()", p, f->bound, p);
    for (unsigned i = 0; i < f->count; i++)
        text_add(t, ", %s", f->parameters[i].name);
    text_add(t, ");\n");
    if (!words_has(f->words, WORD_fails))
        text_add(t, "    %s_check(\"%s\");\n", p, f->name);
    if (f->no_return)
        text_add(t, "    __builtin_trap(); /* the library says that it does not return */\n");
    text_add(t, "%s}\n\n", nothing ? "" : "    return lfi_result;\n");
}

/* What PREFIX.c begins with: the instance's type, and the names of its functions. */
void emit_names(struct binding *b, struct text *t)
{
    const char *p = b->prefix;
    made_by(t, "The library in its box.");
    text_add(t, "#if !defined(%s)\n#error \"this binding is for %s\"\n#endif\n", b->arch->macro,
             b->arch->title);
    text_add(t,
             "#ifndef _GNU_SOURCE\n#define _GNU_SOURCE 1\n#endif\n#include \"%s.h\"\n\n#include "
             "<stddef.h>\n\n#include <lfi/bind.h>\n\n",
             p);
    text_add(t, "struct %s {\n    struct lfi_bind bind;\n    uint64_t address[%zu];\n};\n\n", p,
             b->count ? b->count : 1);
    if (!b->symbols)
        text_add(t, "static __thread int %s_last;\n\n", p);
    text_add(t, "static const char *const %s_names[] = {\n", p);
    for (size_t i = 0; i < b->count; i++)
        text_add(t, "    \"%s\",\n", b->functions[i].name);
    text_add(t, "%s};\n\n", b->count ? "" : "    NULL,\n");
}

void emit_instance(struct binding *b, struct text *t, const char *image, size_t size,
                   const char *load_path)
{
    const char *p = b->prefix;
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)image[i]) * 0x100000001b3;
    if (!load_path)
        emit_image(t, image, size);
    text_add(t,
             "\nint %s_open(struct %s **box, const struct lfi_library_options *options, struct "
             "lfi_error *error)\n{\n"
             "    struct lfi_library *library;\n    *box = NULL;\n    int status = ",
             p, p);
    if (load_path)
        text_add(t, "lfi_bind_open_path(&library, \"%s\", %zu, 0x%llx, options, error);\n",
                 load_path, size, (unsigned long long)hash);
    else
        text_add(t, "lfi_library_open_bytes(&library, \"%s\", lfi_image, %zu, options, error);\n",
                 p, size);
    text_add(
        t,
        "    if (status != 0)\n        return status;\n"
        "    *box = (struct %s *)calloc(1, sizeof **box);\n"
        "    if (!*box) {\n        lfi_library_free(library);\n        return -ENOMEM;\n    }\n"
        "    lfi_bind_init(&(*box)->bind, library);\n"
        "    for (size_t i = 0; i < %zu; i++)\n"
        "        (*box)->address[i] = lfi_library_symbol(library, %s_names[i]);\n",
        p, b->count, p);
    if (b->symbols)
        text_add(t,
                 "    for (size_t i = 0; i < %zu; i++)\n"
                 "        if ((*box)->address[i] == 0) {\n            %s_free(*box);\n"
                 "            *box = NULL;\n"
                 "            return lfi_bind_error(error, -ENOSYS, %s_names[i], \"the library "
                 "has no such function\");\n        }\n",
                 b->count, p, p);
    text_add(
        t,
        "    return 0;\n}\n\n"
        "int %s_free(struct %s *box)\n{\n    if (!box)\n        return 0;\n"
        "    int status = lfi_library_free(box->bind.library);\n    if (status != 0)\n        "
        "return status;\n"
        "    lfi_bind_finish(&box->bind);\n    free(box);\n    return 0;\n}\n\n"
        "struct lfi_library *%s_library(struct %s *box)\n{\n    return box->bind.library;\n}\n",
        p, p, p, p);
}

void emit_process(struct binding *b, struct text *t)
{
    const char *p = b->prefix;
    text_add(t,
             "\n/* ------ The library's own names, of one instance of the process. */\n\n"
             "/* A host that wants other options defines this. */\n"
             "__attribute__((weak)) const struct lfi_library_options *%s_options(void)\n{\n    "
             "return NULL;\n}\n\n"
             "static struct %s *%s_instance;\n\n",
             p, p, p);
    if (b->symbols)
        text_add(t,
                 "/* No result says that a call failed: without a function of the host's options "
                 "it ends the process. */\n"
                 "static void %s_failed(struct lfi_library *library, const struct "
                 "lfi_library_failure *failure,\n    void *data)\n{\n"
                 "    (void)library, (void)data;\n"
                 "    fprintf(stderr, \"%s: %%s\\n\", failure->report);\n    abort();\n}\n\n",
                 p, p);
    text_add(t, "static void %s_start(void)\n{\n    struct lfi_error error;\n", p);
    if (b->symbols)
        text_add(t,
                 "    struct lfi_library_options options;\n"
                 "    memset(&options, 0, sizeof options);\n"
                 "    if (%s_options())\n        options = *%s_options();\n"
                 "    if (!options.failed)\n        options.failed = %s_failed;\n",
                 p, p, p);
    text_add(t,
             "    if (%s_open(&%s_instance, %s%s%s, &error) != 0) {\n"
             "        fprintf(stderr, \"%s: %%s\\n\", error.message);\n        abort();\n    "
             "}\n}\n\n"
             "struct %s *%s_process(void)\n{\n    static pthread_once_t once = PTHREAD_ONCE_INIT;\n"
             "    pthread_once(&once, %s_start);\n    return %s_instance;\n}\n\n",
             p, p, b->symbols ? "&" : p, b->symbols ? "" : "_",
             b->symbols ? "options" : "options()", p, p, p, p, p);
    if (!b->symbols)
        text_add(
            t,
            "/* A call failed whose result cannot say so (fails()). */\n"
            "static LFI_BIND_UNUSED void %s_check(const char *function)\n{\n    if (%s_last == "
            "0)\n        return;\n"
            "    const struct lfi_library_failure *failure = "
            "lfi_library_failed(%s_instance->bind.library);\n"
            "    fprintf(stderr, \"%s: %%s: %%s\\n\", function, failure ? failure->report : "
            "strerror(-%s_last));\n    abort();\n}\n\n",
            p, p, p, p, p);
}

void emit_source(struct binding *b, struct text *t, const char *image, size_t size,
                 const char *load_path)
{
    const char *p = b->prefix;
    struct text records = {0}, thunks = {0}, wrappers = {0};
    for (size_t i = 0; i < b->count; i++)
        if (!b->functions[i].why && !words_has(b->functions[i].words, WORD_custom))
            emit_wrapper(b, &wrappers, &b->functions[i], i);
    for (size_t i = 0; i < b->callback_count; i++)
        if (!b->callbacks[i]->why)
            emit_thunk(b, &thunks, b->callbacks[i]);

    emit_names(b, t);
    for (size_t i = 0; i < b->callback_count; i++) {
        struct function *f = b->callbacks[i];
        if (f->why)
            continue;
        text_add(t, "static LFI_BIND_UNUSED ");
        raw_type(t, f->result, PASS_VALUE, false);
        text_add(t, " %s_thunk_%s(", p, f->name);
        for (unsigned k = 0; k < f->count; k++) {
            text_add(t, "%s", k ? ", " : "");
            raw_type(t, f->parameters[k].type, PASS_VALUE, f->by_address[k]);
        }
        text_add(t, "%s);\n", f->count ? "" : "void");
    }
    text_add(t, "\n");
    for (size_t i = 0; i < b->record_count; i++)
        if (!b->records[i]->why)
            emit_record(b, t, b->records[i]);
    if (thunks.bytes)
        text_bytes(t, thunks.bytes, thunks.size);
    if (wrappers.bytes)
        text_bytes(t, wrappers.bytes, wrappers.size);

    emit_instance(b, t, image, size, load_path);
    text_add(
        t,
        "\nint %s_status(void)\n{\n    return %s_last;\n}\n\n"
        "void %s_forget(struct %s *box, const void *user_data)\n{\n    lfi_bind_forget(&box->bind, "
        "user_data);\n}\n",
        p, p, p, p);
    if (b->drop_in) {
        emit_process(b, t);
        for (size_t i = 0; i < b->count; i++)
            if (!b->functions[i].why && !words_has(b->functions[i].words, WORD_custom))
                emit_drop_in(b, t, &b->functions[i]);
    }
    text_free(&records);
    text_free(&thunks);
    text_free(&wrappers);
}
