// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Where x86-64 puts arguments and results: psABI 3.2.3. */
#include <string.h>

#include "types.h"

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
    long align = (long)clang_Type_getAlignOf(type_canonical(type));
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

/* The number of registers of each kind; false: in memory. */
static bool registers(CXType type, unsigned *integers, unsigned *vectors, unsigned *x87)
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

static bool shape(struct shape *shape, CXType result, const CXType *arguments, unsigned count,
                  bool *by_address)
{
    (void)by_address;
    unsigned integers, vectors, x87;
    if (!is_void(result)) {
        if (registers(result, &integers, &vectors, &x87)) {
            shape->x87 = x87;
            shape->result_integers = integers;
            shape->result_vectors = vectors;
        } else {
            shape->memory = size_of(result);
            shape->integers = 1;
        }
    }
    for (unsigned i = 0; i < count; i++) {
        if (registers(arguments[i], &integers, &vectors, &x87) && x87 == 0 &&
            shape->integers + integers <= 6 && shape->vectors + vectors <= 8) {
            shape->integers += integers;
            shape->vectors += vectors;
        } else {
            shape_stack(shape, arguments[i]);
        }
    }
    return true;
}

const struct arch arch_x86_64 = {"x86_64", "x86-64", "__x86_64__", 10, shape};
