// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* C types as libclang has them. */
#include "types.h"

#include <stdlib.h>
#include <string.h>

char *take(CXString string)
{
    const char *text = clang_getCString(string);
    char *copy = strdup(text ? text : "");
    clang_disposeString(string);
    return copy;
}

char *name_of(CXCursor declaration)
{
    char *name = take(clang_getCursorSpelling(declaration));
    if (strchr(name, '(')) /* "union u::(anonymous at file.h:1:2)" */
        *name = 0;
    return name;
}

char *spelling(CXType type)
{
    char *name = take(clang_getTypeSpelling(type));
    for (char *at = name; (at = strstr(at, "_Bool")); at++) /* C and C++ have bool */
        if (at == name || strchr(" (,", at[-1])) {
            memmove(at, at + 1, strlen(at));
            *at = 'b';
        }
    return name;
}

CXType type_canonical(CXType type)
{
    return clang_getUnqualifiedType(clang_getCanonicalType(type));
}

static bool is_function_type(CXType type)
{
    return type.kind == CXType_FunctionProto || type.kind == CXType_FunctionNoProto;
}

enum kind kind_of(CXType type)
{
    type = type_canonical(type);
    switch (type.kind) {
    case CXType_Void:
        return KIND_VOID;
    case CXType_Bool:
        return KIND_BOOL;
    case CXType_Char_U:
    case CXType_UChar:
    case CXType_Char16:
    case CXType_Char32:
    case CXType_UShort:
    case CXType_UInt:
    case CXType_ULong:
    case CXType_ULongLong:
    case CXType_Char_S:
    case CXType_SChar:
    case CXType_WChar:
    case CXType_Short:
    case CXType_Int:
    case CXType_Long:
    case CXType_LongLong:
        return KIND_INTEGER;
    case CXType_Int128:
    case CXType_UInt128:
        return KIND_WIDE;
    case CXType_Enum:
        return KIND_ENUM;
    case CXType_Float:
        return KIND_FLOAT;
    case CXType_Double:
        return KIND_DOUBLE;
    case CXType_LongDouble:
        return KIND_LONG_DOUBLE;
    case CXType_Complex:
        return KIND_COMPLEX;
    case CXType_Pointer:
        return is_function_type(type_canonical(clang_getPointeeType(type))) ? KIND_FUNCTION
                                                                            : KIND_POINTER;
    case CXType_Record:
        return clang_getTypeDeclaration(type).kind == CXCursor_UnionDecl ? KIND_UNION : KIND_RECORD;
    case CXType_ConstantArray:
    case CXType_IncompleteArray:
        return KIND_ARRAY;
    default:
        return is_function_type(type) ? KIND_FUNCTION : KIND_OTHER;
    }
}

bool is_signed(CXType type)
{
    type = type_canonical(type);
    if (type.kind == CXType_Enum)
        type = type_canonical(clang_getEnumDeclIntegerType(clang_getTypeDeclaration(type)));
    switch (type.kind) {
    case CXType_Char_S:
    case CXType_SChar:
    case CXType_WChar:
    case CXType_Short:
    case CXType_Int:
    case CXType_Long:
    case CXType_LongLong:
        return true;
    default:
        return false;
    }
}

long size_of(CXType type)
{
    return (long)clang_Type_getSizeOf(type_canonical(type));
}

CXType target_of(CXType type)
{
    if (clang_getPointeeType(type).kind != CXType_Invalid)
        return clang_getPointeeType(type);
    if (clang_getArrayElementType(type).kind != CXType_Invalid)
        return clang_getArrayElementType(type);
    type = clang_getCanonicalType(type);
    CXType target = clang_getPointeeType(type);
    return target.kind != CXType_Invalid ? target : clang_getArrayElementType(type);
}

long size_of_target(CXType type)
{
    long size = kind_of(type) == KIND_POINTER ? size_of(target_of(type)) : 0;
    return size > 0 ? size : 1;
}

bool is_void(CXType type)
{
    return type_canonical(type).kind == CXType_Void;
}

bool is_incomplete(CXType type)
{
    type = type_canonical(type);
    return type.kind == CXType_Record && clang_Type_getSizeOf(type) < 0;
}

bool is_const(CXType type)
{
    return clang_isConstQualifiedType(clang_getCanonicalType(type));
}

bool is_char(CXType type)
{
    type = type_canonical(type);
    return type.kind == CXType_Char_S || type.kind == CXType_Char_U || type.kind == CXType_SChar ||
           type.kind == CXType_UChar;
}

bool is_file(CXType type)
{
    char *name = spelling(type_canonical(type));
    bool file = strcmp(name, "struct _IO_FILE") == 0;
    free(name);
    return file;
}

CXType function_of(CXType type)
{
    type = clang_getCanonicalType(type);
    return is_function_type(type) ? type : clang_getCanonicalType(clang_getPointeeType(type));
}

void declare(struct text *text, CXType type, const char *name)
{
    char *all = spelling(type);
    char *inside = strstr(all, "(*");
    char *array = strchr(all, '[');
    if (inside) {
        size_t stars = strspn(inside + 1, "*");
        text_bytes(text, all, (size_t)(inside - all) + 1 + stars);
        text_add(text, "%s%s", name, inside + 1 + stars);
    } else if (array) {
        text_bytes(text, all, (size_t)(array - all));
        text_add(text, " %s%s", name, array);
    } else {
        bool pointer = all[0] && all[strlen(all) - 1] == '*';
        text_add(text, "%s%s%s", all, pointer ? "" : " ", name);
    }
    free(all);
}

struct visit {
    field_fn *each;
    void *data;
};

static enum CXVisitorResult visit_field(CXCursor field, CXClientData data)
{
    struct visit *visit = data;
    return visit->each(field, visit->data) ? CXVisit_Continue : CXVisit_Break;
}

void each_field(CXType record, field_fn *each, void *data)
{
    struct visit visit = {each, data};
    clang_Type_visitFields(type_canonical(record), visit_field, &visit);
}

/* ----------------------------------------------------------------------------- padding */

struct filling {
    const struct arch *arch;
    long bits, size; /* of values; of a union that its members must have */
    bool tight;
};

long named_bits(CXCursor field)
{
    char *name = name_of(field);
    long bits = *name ? clang_getFieldDeclBitWidth(field) : 0;
    free(name);
    return bits;
}

static bool fill(CXCursor field, void *data)
{
    struct filling *filling = data;
    CXType type = clang_getCursorType(field);
    if (clang_Cursor_isBitField(field)) {
        filling->bits += named_bits(field);
        filling->tight &= filling->size == 0;
        return filling->tight;
    }
    filling->bits += 8 * size_of(type);
    filling->tight &=
        is_tight(filling->arch, type) && (filling->size == 0 || size_of(type) == filling->size);
    return filling->tight;
}

bool is_tight(const struct arch *arch, CXType type)
{
    struct filling filling = {arch, 0, 0, true};
    switch (kind_of(type)) {
    case KIND_LONG_DOUBLE:
    case KIND_COMPLEX:
        return size_of(type) < 16 || (kind_of(type) == KIND_COMPLEX && size_of(type) == 16) ||
               arch->long_double == 16;
    case KIND_ARRAY:
        return is_tight(arch, target_of(type));
    case KIND_RECORD:
        each_field(type, fill, &filling);
        return filling.tight && filling.bits == 8 * size_of(type);
    case KIND_UNION:
        filling.size = size_of(type);
        each_field(type, fill, &filling);
        return filling.tight;
    default:
        return true;
    }
}

struct marking {
    const struct arch *arch;
    unsigned char *mask;
    long at, size; /* bytes of a union; 0: of a structure */
    bool good, first;
};

void mark_bits(unsigned char *mask, long at, long bits)
{
    for (; bits > 0 && at % 8 != 0; at++, bits--)
        mask[at / 8] |= (unsigned char)(1 << at % 8);
    if (bits >= 8)
        memset(mask + at / 8, 0xff, (size_t)bits / 8);
    for (at += bits / 8 * 8, bits %= 8; bits > 0; at++, bits--)
        mask[at / 8] |= (unsigned char)(1 << at % 8);
}

static bool mark_field(CXCursor field, void *data)
{
    struct marking *marking = data;
    CXType type = clang_getCursorType(field);
    long offset = (long)clang_Cursor_getOffsetOfField(field);
    unsigned char *mask = marking->size ? calloc(1, (size_t)marking->size) : marking->mask;
    long at = marking->size ? 0 : marking->at;
    if (!mask || offset < 0)
        marking->good = false;
    else if (clang_Cursor_isBitField(field))
        mark_bits(mask, at + offset, named_bits(field));
    else
        marking->good &= mark_values(marking->arch, type, mask, at + offset);
    if (marking->size && mask) {
        if (marking->first)
            memcpy(marking->mask, mask, (size_t)marking->size);
        marking->good &= memcmp(marking->mask, mask, (size_t)marking->size) == 0;
        marking->first = false;
        free(mask);
    }
    return marking->good;
}

bool mark_values(const struct arch *arch, CXType type, unsigned char *mask, long at)
{
    struct marking marking = {arch, mask, at, 0, true, true};
    long size = size_of(type);
    if (size <= 0)
        return true;
    if (is_tight(arch, type)) {
        mark_bits(mask, at, 8 * size);
        return true;
    }
    switch (kind_of(type)) {
    case KIND_LONG_DOUBLE:
        mark_bits(mask, at, 8 * arch->long_double);
        return true;
    case KIND_COMPLEX:
        mark_bits(mask, at, 8 * arch->long_double);
        mark_bits(mask, at + 4 * size, 8 * arch->long_double);
        return true;
    case KIND_ARRAY: {
        CXType element = target_of(type);
        for (long i = 0; marking.good && i < size / size_of(element); i++)
            marking.good = mark_values(arch, element, mask, at + 8 * i * size_of(element));
        return marking.good;
    }
    case KIND_RECORD:
        each_field(type, mark_field, &marking);
        return marking.good;
    default: { /* a union */
        unsigned char *own = calloc(1, (size_t)size);
        marking.mask = own;
        marking.size = size;
        if (own)
            each_field(type, mark_field, &marking);
        for (long i = 0; own && i < 8 * size; i++)
            if (own[i / 8] >> i % 8 & 1)
                mark_bits(mask, at + i, 1);
        free(own);
        return own && marking.good;
    }
    }
}

/* ----------------------------------------------------------------------------- calling conventions
 */

void shape_stack(struct shape *shape, CXType type)
{
    if (clang_Type_getAlignOf(type_canonical(type)) > 8)
        shape->words += shape->words & 1;
    shape->words += (unsigned)((size_of(type) + 7) / 8);
}

static const struct arch *const archs[] = {
#define ARCH(name) &arch_##name,
#include "arch.def"
#undef ARCH
};

const struct arch *arch_of(const char *triple)
{
    for (size_t i = 0; i < sizeof archs / sizeof *archs; i++) {
        size_t size = strlen(archs[i]->name);
        if (strncmp(triple, archs[i]->name, size) == 0 && triple[size] == '-')
            return archs[i];
    }
    return NULL;
}

bool shape_of(struct shape *shape, const struct arch *arch, CXType result, const CXType *arguments,
              unsigned count, bool *by_address)
{
    *shape = (struct shape){0};
    for (unsigned i = 0; i < count; i++) {
        by_address[i] = false;
        enum kind kind = kind_of(arguments[i]);
        if (kind == KIND_OTHER || kind == KIND_VOID || size_of(arguments[i]) < 0)
            return false;
    }
    enum kind kind = kind_of(result);
    if (kind == KIND_OTHER || (kind != KIND_VOID && size_of(result) < 0))
        return false;
    bool done = arch->shape(shape, result, arguments, count, by_address);
    return done && shape->words <= 4095 && shape->memory <= 65536;
}

void write_shape(struct text *text, const struct shape *shape, bool callback)
{
    text_add(text, "LFI_SHAPE(%u, %u, %u)", shape->integers, shape->vectors, shape->words);
    if (shape->wide)
        text_add(text, " | LFI_SHAPE_WIDE");
    if (shape->x87)
        text_add(text, " | LFI_SHAPE_X87(%u)", shape->x87);
    if (shape->memory)
        text_add(text, " | LFI_SHAPE_MEMORY(%ld)", shape->memory);
    if (callback && (shape->result_integers || shape->result_vectors))
        text_add(text, " | LFI_SHAPE_RESULT(%u, %u)", shape->result_integers,
                 shape->result_vectors);
}
