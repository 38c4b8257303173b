// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The C++ file of a binding: PREFIX.hpp, on <lfi/bind.hpp>. Pointers are those of the box there, so
 * it needs no annotations. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

/* A type as a template's argument: "int (*)(int)". A typedef of a function becomes its pointer. */
static void type_name(struct text *t, CXType type)
{
    char *name = spelling(clang_getUnqualifiedType(type));
    bool adjusted =
        kind_of(type) == KIND_FUNCTION && clang_getCanonicalType(type).kind != CXType_Pointer;
    text_add(t, "%s%s", name, adjusted ? " *" : "");
    free(name);
}

struct listing {
    struct text *members, *starts;
    const char *spelling;
};

static bool list_field(CXCursor field, void *data)
{
    struct listing *l = data;
    char *name = name_of(field);
    CXType type = clang_getCursorType(field);
    enum kind kind = kind_of(innermost(type));
    bool unnamed = (kind == KIND_RECORD || kind == KIND_UNION) && is_unnamed(innermost(type));
    if (*name && !clang_Cursor_isBitField(field) && kind_of(type) != KIND_OTHER && !unnamed &&
        !(kind_of(type) == KIND_ARRAY && size_of(type) < 0)) {
        text_add(l->members, "    tainted_volatile<");
        type_name(l->members, type);
        text_add(l->members, ", BOX> %s;\n", name);
        text_add(l->starts, "%s%s(box, address + %lld)", l->starts->size ? ",\n          " : "",
                 name, clang_Cursor_getOffsetOfField(field) / 8);
    }
    free(name);
    return true;
}

/* BOX stands for the class in what list_field() wrote. */
static void add_members(struct text *t, const char *members, const char *prefix)
{
    for (const char *at; (at = strstr(members, "BOX")); members = at + 3) {
        text_bytes(t, members, (size_t)(at - members));
        text_add(t, "::boxed::%s::sandbox", prefix);
    }
    text_add(t, "%s", members);
}

/* The structures that pointers of the functions lead to, each once. */
static void find_records(struct binding *b, CXType type, int depth)
{
    while (kind_of(type) == KIND_POINTER || kind_of(type) == KIND_ARRAY)
        type = target_of(type);
    bool record = kind_of(type) == KIND_RECORD || kind_of(type) == KIND_UNION;
    if (record && !is_incomplete(type) && depth < 4)
        record_of(b, type);
}

static bool find_in_field(CXCursor field, void *data)
{
    find_records(data, clang_getCursorType(field), 0);
    return true;
}

/* Which bits of a structure cross: those of values, but for fields that are private. */
struct crossing {
    struct binding *b;
    CXType owner, type;
    unsigned char *mask;
    long at; /* bits */
    bool good;
};

static bool cross_field(CXCursor field, void *data)
{
    struct crossing *c = data;
    CXType type = clang_getCursorType(field), element = innermost(type);
    const struct words *words = field_words(c->b, c->type, field);
    long at = c->at + (long)clang_Cursor_getOffsetOfField(field), size = size_of(element);
    if (words_has(words, WORD_private))
        return true;
    if (clang_Cursor_isBitField(field)) {
        mark_bits(c->mask, at, named_bits(field));
        return true;
    }
    for (long i = 0; c->good && size > 0 && i < size_of(type) / size; i++, at += 8 * size) {
        struct crossing inner = *c;
        inner.type = element;
        inner.at = at;
        bool whole = false;
        if (kind_of(element) == KIND_RECORD)
            each_field(element, cross_field, &inner);
        else if (kind_of(element) == KIND_UNION)
            inner.good = union_decided(c->b, element, words, c->owner, &whole);
        if (whole)
            mark_bits(c->mask, at, 8 * size);
        else if (kind_of(element) != KIND_RECORD)
            inner.good = inner.good && mark_values(c->b->arch, element, c->mask, at);
        c->good = inner.good;
    }
    return c->good;
}

/* What of a structure or union goes into the box: runs of bytes with the same bits. */
static void emit_values(struct binding *b, struct text *t, struct record *record)
{
    long size = size_of(record->type);
    unsigned char *mask = calloc(1, (size_t)(size > 0 ? size : 0) + 1);
    struct crossing crossing = {b, record->type, record->type, mask, 0, true};
    bool whole = false;
    if (!mask) {
        b->failed = true;
        return;
    }
    if (kind_of(record->type) == KIND_RECORD)
        each_field(record->type, cross_field, &crossing);
    else if (!union_decided(b, record->type, NULL, record->type, &whole))
        crossing.good = false;
    else if (whole)
        mark_bits(mask, 0, 8 * size);
    else
        crossing.good = mark_values(b->arch, record->type, mask, 0);
    if (crossing.good) {
        text_add(t,
                 "template <> struct values<%s, ::boxed::%s::sandbox> {\n"
                 "    static constexpr bool known = true;\n"
                 "    static constexpr bind::run runs[] = {",
                 record->spelling, b->prefix);
        bool any = false;
        for (long from = 0, to; from < size; from = to) {
            for (to = from + 1; to < size && mask[to] == mask[from];)
                to++;
            if (mask[from] != 0)
                text_add(t, "%s{%ld, %ld, 0x%x}", any ? ", " : "", from, to - from, mask[from]);
            any |= mask[from] != 0;
        }
        text_add(t, "%s};\n};\n", any ? "" : "{0, 0, 0}");
    }
    free(mask);
}

/* The bytes of a structure that are bool. */
static bool mark_bool(CXCursor field, void *data)
{
    struct crossing *c = data;
    CXType type = clang_getCursorType(field), element = innermost(type);
    long at = c->at + (long)clang_Cursor_getOffsetOfField(field), size = size_of(element);
    for (long i = 0; !clang_Cursor_isBitField(field) && size > 0 && i < size_of(type) / size;
         i++, at += 8 * size) {
        struct crossing inner = *c;
        inner.at = at;
        if (kind_of(element) == KIND_RECORD)
            each_field(element, mark_bool, &inner);
        else if (kind_of(element) == KIND_BOOL)
            mark_bits(c->mask, at, 8);
    }
    return true;
}

static void emit_bools(struct binding *b, struct text *t, struct record *record)
{
    long size = size_of(record->type);
    unsigned char *mask = calloc(1, (size_t)(size > 0 ? size : 0) + 1);
    struct crossing crossing = {.mask = mask};
    const char *comma = "";
    if (!mask) {
        b->failed = true;
        return;
    }
    each_field(record->type, mark_bool, &crossing);
    for (long from = 0, to; from < size; from = to) {
        for (to = from + 1; to < size && mask[to] == mask[from];)
            to++;
        if (mask[from] == 0)
            continue;
        if (!*comma)
            text_add(t,
                     "template <> struct bools<%s, ::boxed::%s::sandbox> {\n"
                     "    static constexpr bool any = true;\n"
                     "    static constexpr bind::run runs[] = {",
                     record->spelling, b->prefix);
        text_add(t, "%s{%ld, %ld, 0xff}", comma, from, to - from);
        comma = ", ";
    }
    if (*comma)
        text_add(t, "};\n};\n");
    free(mask);
}

static bool emit_method(struct binding *b, struct text *t, struct function *f, size_t index)
{
    bool *by_address = calloc(f->count + 1, sizeof *by_address);
    CXType *types = calloc(f->count + 1, sizeof *types);
    struct shape shape;
    bool good = by_address && types && !f->variadic;
    for (unsigned i = 0; good && i < f->count; i++)
        types[i] = f->parameters[i].type;
    good = good && shape_of(&shape, b->arch, f->result, types, f->count, by_address);
    for (unsigned i = 0; good && i < f->count; i++)
        good = !by_address[i];
    free(by_address);
    free(types);
    if (!good) {
        text_add(t, "    /* %s: its arguments cannot be passed from C++ */\n", f->name);
        return false;
    }
    text_add(t, "    ");
    if (is_void(f->result)) {
        text_add(t, "void");
    } else {
        text_add(t, "tainted<");
        type_name(t, f->result);
        text_add(t, ">");
    }
    text_add(t, " (%s)(", f->bound);
    for (unsigned i = 0; i < f->count; i++) {
        text_add(t, "%sconst tainted<", i ? ", " : "");
        type_name(t, f->parameters[i].type);
        text_add(t, "> &%s", f->parameters[i].name);
    }
    text_add(t, ")\n    {\n        return this->call<");
    type_name(t, f->result);
    text_add(t, ">(address_[%zu], ", index);
    write_shape(t, &shape, false);
    for (unsigned i = 0; i < f->count; i++)
        text_add(t, ", %s", f->parameters[i].name);
    text_add(t, ");\n    }\n");
    return true;
}

void emit_cpp(struct binding *b, struct text *t)
{
    const char *p = b->prefix;
    for (size_t i = 0; i < b->count; i++) {
        find_records(b, b->functions[i].result, 0);
        for (unsigned k = 0; k < b->functions[i].count; k++)
            find_records(b, b->functions[i].parameters[k].type, 0);
    }
    text_add(t,
             "/* The library in its box, for C++17 (docs/lfi-bind.md of LFI).\n"
             " * Made by lfi-bind: do not edit. */\n"
             "#ifndef LFI_BOUND_%s_HPP\n#define LFI_BOUND_%s_HPP\n\n#include \"%s.h\"\n\n"
             "#include <lfi/bind.hpp>\n\nnamespace boxed::%s\n{\nclass sandbox;\n"
             "template <class T> using tainted = lfi::tainted<T, sandbox>;\n"
             "template <class T> using tainted_volatile = lfi::tainted_volatile<T, sandbox>;\n"
             "template <class F> using callback = lfi::callback<F, sandbox>;\n} // namespace "
             "boxed::%s\n\n"
             "namespace lfi\n{\n",
             p, p, p, p, p);
    for (size_t i = 0; i < b->record_count; i++) {
        struct record *record = b->records[i];
        struct text members = {0}, starts = {0};
        struct listing listing = {&members, &starts, record->spelling};
        bool is_record = kind_of(record->type) == KIND_RECORD;
        if (!is_unnamed(record->type) && (is_record || kind_of(record->type) == KIND_UNION))
            emit_values(b, t, record);
        if (!is_unnamed(record->type) && is_record)
            emit_bools(b, t, record);
        if (is_record)
            each_field(record->type, find_in_field, b);
        if (!is_unnamed(record->type) && is_record) {
            each_field(record->type, list_field, &listing);
            text_add(t, "template <> struct fields<%s, ::boxed::%s::sandbox> {\n", record->spelling,
                     p);
            add_members(t, members.bytes ? members.bytes : "", p);
            text_add(
                t,
                "    fields(::boxed::%s::sandbox *box, uint64_t address)\n        %s%s\n    {\n"
                "        (void)box, (void)address;\n    }\n};\n",
                p, starts.size ? ": " : "", starts.bytes ? starts.bytes : "");
        }
        text_free(&members);
        text_free(&starts);
    }
    text_add(t,
             "} // namespace lfi\n\nnamespace boxed::%s\n{\n"
             "/* One instance. Throws lfi::box_error if the library does not verify or start. */\n"
             "class sandbox : public lfi::sandbox<sandbox>\n{\n  public:\n"
             "    explicit sandbox(const lfi_library_options *options = nullptr)\n    {\n"
             "        lfi_error error;\n        int status = %s_open(&box_, options, &error);\n"
             "        if (status != 0)\n            throw lfi::box_error(status, error.message);\n"
             "        library_ = %s_library(box_);\n"
             "        static const char *const names[] = {\n",
             p, p, p);
    for (size_t i = 0; i < b->count; i++)
        text_add(t, "            \"%s\",\n", b->functions[i].name);
    text_add(t,
             "        };\n        for (size_t i = 0; i < %zu; i++)\n"
             "            address_[i] = lfi_library_symbol(library_, names[i]);\n    }\n"
             "    ~sandbox() { %s_free(box_); }\n    struct ::%s *c() { return box_; }\n\n",
             b->count, p, p);
    for (size_t i = 0; i < b->count; i++)
        emit_method(b, t, &b->functions[i], i);
    text_add(
        t,
        "\n  private:\n    struct ::%s *box_ = nullptr;\n    uint64_t address_[%zu] = {};\n};\n"
        "} // namespace boxed::%s\n\n#endif\n",
        p, b->count ? b->count : 1, p);
}
