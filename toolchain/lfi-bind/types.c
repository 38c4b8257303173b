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

static CXType canonical(CXType type)
{
    return clang_getUnqualifiedType(clang_getCanonicalType(type));
}

static bool is_function_type(CXType type)
{
    return type.kind == CXType_FunctionProto || type.kind == CXType_FunctionNoProto;
}

enum kind kind_of(CXType type)
{
    type = canonical(type);
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
        return is_function_type(canonical(clang_getPointeeType(type))) ? KIND_FUNCTION
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
    type = canonical(type);
    if (type.kind == CXType_Enum)
        type = canonical(clang_getEnumDeclIntegerType(clang_getTypeDeclaration(type)));
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
    return (long)clang_Type_getSizeOf(canonical(type));
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

bool is_void(CXType type)
{
    return canonical(type).kind == CXType_Void;
}

bool is_incomplete(CXType type)
{
    type = canonical(type);
    return type.kind == CXType_Record && clang_Type_getSizeOf(type) < 0;
}

bool is_const(CXType type)
{
    return clang_isConstQualifiedType(clang_getCanonicalType(type));
}

bool is_char(CXType type)
{
    type = canonical(type);
    return type.kind == CXType_Char_S || type.kind == CXType_Char_U || type.kind == CXType_SChar ||
           type.kind == CXType_UChar;
}

bool is_file(CXType type)
{
    char *name = spelling(canonical(type));
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
    clang_Type_visitFields(canonical(record), visit_field, &visit);
}

/* ------------------------------------------------------------------- x86-64: psABI 3.2.3 */

enum class { CLASS_NONE, CLASS_INTEGER, CLASS_SSE, CLASS_X87, CLASS_MEMORY };

struct eightbytes {
    enum class class[2];
    long at; /* offset of what is being looked at */
};

static void merge(enum class *into, enum class class)
{
    if (*into == CLASS_NONE || class == CLASS_MEMORY)
        *into = class;
    else if (*into != CLASS_MEMORY && *into != class)
        *into = class == CLASS_INTEGER || *into == CLASS_INTEGER ? CLASS_INTEGER : CLASS_MEMORY;
}

static void classify(struct eightbytes *words, CXType type);

static bool classify_field(CXCursor field, void *data)
{
    struct eightbytes *words = data, inner = *words;
    long long bits = clang_Cursor_getOffsetOfField(field);
    if (bits < 0)
        return true;
    if (clang_Cursor_isBitField(field)) {
        long first = words->at + (long)bits / 8;
        long last = words->at + ((long)bits + clang_getFieldDeclBitWidth(field) - 1) / 8;
        if (first < 16 && last < 16 && clang_getFieldDeclBitWidth(field) > 0) {
            merge(&words->class[first / 8], CLASS_INTEGER);
            merge(&words->class[last / 8], CLASS_INTEGER);
        }
        return true;
    }
    inner.at += (long)bits / 8;
    CXType type = clang_getCursorType(field);
    long align = (long)clang_Type_getAlignOf(canonical(type));
    if (align > 0 && inner.at % align != 0)
        merge(&words->class[0], CLASS_MEMORY); /* packed */
    classify(&inner, type);
    memcpy(words->class, inner.class, sizeof inner.class);
    return true;
}

/* Of what lies within 16 bytes. */
static void classify(struct eightbytes *words, CXType type)
{
    long at = words->at;
    switch (kind_of(type)) {
    case KIND_BOOL:
    case KIND_INTEGER:
    case KIND_ENUM:
    case KIND_POINTER:
    case KIND_FUNCTION:
        merge(&words->class[at / 8 & 1], CLASS_INTEGER);
        break;
    case KIND_WIDE:
        merge(&words->class[0], CLASS_INTEGER);
        merge(&words->class[1], CLASS_INTEGER);
        break;
    case KIND_FLOAT:
    case KIND_DOUBLE:
        merge(&words->class[at / 8 & 1], CLASS_SSE);
        break;
    case KIND_LONG_DOUBLE:
        merge(&words->class[0], CLASS_X87);
        merge(&words->class[1], CLASS_X87);
        break;
    case KIND_COMPLEX:
        merge(&words->class[at / 8 & 1], size_of(type) > 16 ? CLASS_MEMORY : CLASS_SSE);
        merge(&words->class[(at + size_of(type) - 1) / 8 & 1], CLASS_SSE);
        break;
    case KIND_RECORD:
    case KIND_UNION:
        each_field(type, classify_field, words);
        break;
    case KIND_ARRAY: {
        CXType element = target_of(type);
        long count = size_of(element) > 0 ? size_of(type) / size_of(element) : 0;
        for (long i = 0; i < count && i < 16; i++) {
            words->at = at + i * size_of(element);
            classify(words, element);
        }
        words->at = at;
        break;
    }
    default:
        merge(&words->class[0], CLASS_MEMORY);
        break;
    }
}

static void words_on_stack(struct shape *shape, CXType type)
{
    if (clang_Type_getAlignOf(canonical(type)) > 8)
        shape->words += shape->words & 1;
    shape->words += (unsigned)((size_of(type) + 7) / 8);
}

/* The number of registers of each kind; false: in memory. */
static bool registers_x86_64(CXType type, unsigned *integers, unsigned *vectors, unsigned *x87)
{
    struct eightbytes words = {{CLASS_NONE, CLASS_NONE}, 0};
    long size = size_of(type);
    *integers = *vectors = *x87 = 0;
    if (kind_of(type) == KIND_COMPLEX && size == 32) {
        *x87 = 2;
        return true;
    }
    if (size > 16)
        return false;
    classify(&words, type);
    if (words.class[0] == CLASS_MEMORY || words.class[1] == CLASS_MEMORY)
        return false;
    if (words.class[0] == CLASS_X87) {
        *x87 = 1;
        return true;
    }
    for (long i = 0; i < (size + 7) / 8; i++) {
        if (words.class[i] == CLASS_X87)
            return false;
        *integers += words.class[i] == CLASS_INTEGER;
        *vectors += words.class[i] == CLASS_SSE;
    }
    return true;
}

static bool shape_x86_64(struct shape *shape, CXType result, const CXType *arguments,
                         unsigned count)
{
    unsigned integers, vectors, x87;
    if (!is_void(result)) {
        if (registers_x86_64(result, &integers, &vectors, &x87)) {
            shape->x87 = x87;
            shape->result_integers = integers;
            shape->result_vectors = vectors;
        } else {
            shape->memory = size_of(result);
            shape->integers = 1;
        }
    }
    for (unsigned i = 0; i < count; i++) {
        if (registers_x86_64(arguments[i], &integers, &vectors, &x87) && x87 == 0 &&
            shape->integers + integers <= 6 && shape->vectors + vectors <= 8) {
            shape->integers += integers;
            shape->vectors += vectors;
        } else {
            words_on_stack(shape, arguments[i]);
        }
    }
    return true;
}

/* --------------------------------------------------------------------- AArch64: AAPCS64 6.8 */

struct members {
    unsigned count;
    enum kind kind;
    bool mixed;
};

static void count_members(struct members *members, CXType type);

static bool count_field(CXCursor field, void *data)
{
    if (clang_Cursor_isBitField(field))
        ((struct members *)data)->mixed = true;
    else
        count_members(data, clang_getCursorType(field));
    return true;
}

static void count_members(struct members *members, CXType type)
{
    enum kind kind = kind_of(type);
    unsigned count = 1;
    switch (kind) {
    case KIND_COMPLEX:
        kind = size_of(type) == 8    ? KIND_FLOAT
               : size_of(type) == 16 ? KIND_DOUBLE
                                     : KIND_LONG_DOUBLE;
        count = 2;
        break;
    case KIND_FLOAT:
    case KIND_DOUBLE:
    case KIND_LONG_DOUBLE:
        break;
    case KIND_RECORD:
        each_field(type, count_field, members);
        return;
    case KIND_ARRAY: {
        long size = size_of(target_of(type));
        for (long i = 0; size > 0 && i < size_of(type) / size && i < 5; i++)
            count_members(members, target_of(type));
        return;
    }
    default: /* unions of floating-point members are rare: not passed in vector registers here */
        members->mixed = true;
        return;
    }
    if (members->count > 0 && members->kind != kind)
        members->mixed = true;
    members->kind = kind;
    members->count += count;
}

/* The members of a homogeneous floating-point aggregate; 0 if it is none. */
static unsigned homogeneous(CXType type, bool *wide)
{
    struct members members = {0};
    count_members(&members, type);
    if (members.mixed || members.count > 4)
        return 0;
    *wide |= members.kind == KIND_LONG_DOUBLE && members.count > 0;
    return members.count;
}

static bool shape_aarch64(struct shape *shape, CXType result, const CXType *arguments,
                          unsigned count, bool *by_address)
{
    if (!is_void(result)) {
        unsigned vectors = homogeneous(result, &shape->wide);
        if (vectors > 0)
            shape->result_vectors = vectors;
        else if (size_of(result) > 16)
            shape->memory = size_of(result);
        else
            shape->result_integers = (unsigned)((size_of(result) + 7) / 8);
    }
    bool integers_full = false, vectors_full = false;
    for (unsigned i = 0; i < count; i++) {
        CXType type = arguments[i];
        unsigned vectors = homogeneous(type, &shape->wide);
        if (vectors > 0) {
            if (!vectors_full && shape->vectors + vectors <= 8) {
                shape->vectors += vectors;
                continue;
            }
            vectors_full = true;
            words_on_stack(shape, type);
            continue;
        }
        by_address[i] = size_of(type) > 16;
        unsigned integers = by_address[i] ? 1 : (unsigned)((size_of(type) + 7) / 8);
        bool pair = !by_address[i] && clang_Type_getAlignOf(canonical(type)) == 16;
        unsigned first = shape->integers + (pair ? shape->integers & 1 : 0);
        if (!integers_full && first + integers <= 8) {
            shape->integers = first + integers;
            continue;
        }
        integers_full = true;
        if (by_address[i])
            shape->words++;
        else
            words_on_stack(shape, type);
    }
    return true;
}

bool shape_of(struct shape *shape, enum arch arch, CXType result, const CXType *arguments,
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
    bool done = arch == ARCH_X86_64 ? shape_x86_64(shape, result, arguments, count)
                                    : shape_aarch64(shape, result, arguments, count, by_address);
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
