// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Where AArch64 puts arguments and results: AAPCS64 6.8. */
#include "types.h"

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

static bool shape(struct shape *shape, CXType result, const CXType *arguments, unsigned count,
                  bool *by_address)
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
            shape_stack(shape, type);
            continue;
        }
        by_address[i] = size_of(type) > 16;
        unsigned integers = by_address[i] ? 1 : (unsigned)((size_of(type) + 7) / 8);
        bool pair = !by_address[i] && clang_Type_getAlignOf(type_canonical(type)) == 16;
        unsigned first = shape->integers + (pair ? shape->integers & 1 : 0);
        if (!integers_full && first + integers <= 8) {
            shape->integers = first + integers;
            continue;
        }
        integers_full = true;
        if (by_address[i])
            shape->words++;
        else
            shape_stack(shape, type);
    }
    return true;
}

const struct arch arch_aarch64 = {"aarch64", "AArch64", "__aarch64__", 16, shape};
