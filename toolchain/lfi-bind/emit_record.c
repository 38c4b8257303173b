// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Structures: two functions of PREFIX.c for each, to the box's copy and back from it. */
#include "emit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

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

static void move(struct text *t, const char *to, const char *from, const char *path)
{
    text_add(t, "    LFI_BIND_MOVE(%s, %s, %s);\n", to, from, path);
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

void emit_record(struct binding *b, struct text *t, struct record *record)
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
