// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Values in C: their types in registers, prototypes. */
#include "emit.h"

#include <stdlib.h>
#include <string.h>

void declare_function(struct binding *b, struct text *t, struct function *f, const char *prefix)
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

bool leaves_by_jump(const struct binding *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (!b->functions[i].why && words_has(b->functions[i].result_words, WORD_jmp_buf))
            return true;
    return false;
}

const char *handle_kind(const struct words *words)
{
    const char *kind = words_has(words, WORD_user_data) ? words->value[WORD_user_data] : NULL;
    return kind ? kind : "";
}

void raw_type(struct text *t, CXType type, bool by_address)
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
}

void to_raw(struct text *t, CXType type, const char *value)
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

void from_raw(struct text *t, CXType type, const char *raw)
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

void declare_zero(struct text *t, CXType type, const char *name, const char *value)
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
