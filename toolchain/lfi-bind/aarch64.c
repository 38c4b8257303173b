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

static const char enter[] = ".globl NAME\n"
                            ".type NAME, %function\n"
                            ".p2align 2\n"
                            "NAME:\n"
                            "\t.cfi_startproc\n"
                            "\thint #34\n"
                            "\tmovz w16, #(INDEX & 0xffff)\n"
                            "\tmovk w16, #(INDEX >> 16), lsl #16\n"
                            "\tb PREFIX_pass_registers\n"
                            "\t.cfi_endproc\n"
                            ".size NAME, . - NAME\n";

static const char pass[] = ".type PREFIX_pass_registers, %function\n"
                           ".p2align 2\n"
                           "PREFIX_pass_registers:\n"
                           "\t.cfi_startproc\n"
                           "\tstp x29, x30, [sp, #-224]!\n"
                           "\t.cfi_def_cfa_offset 224\n"
                           "\t.cfi_offset 29, -224\n"
                           "\t.cfi_offset 30, -216\n"
                           "\tmov x29, sp\n"
                           "\tstp x0, x1, [sp, #16]\n"
                           "\tstp x2, x3, [sp, #32]\n"
                           "\tstp x4, x5, [sp, #48]\n"
                           "\tstp x6, x7, [sp, #64]\n"
                           "\tstr x8, [sp, #80]\n"
                           "\tstp q0, q1, [sp, #96]\n"
                           "\tstp q2, q3, [sp, #128]\n"
                           "\tstp q4, q5, [sp, #160]\n"
                           "\tstp q6, q7, [sp, #192]\n"
                           "\tmov w0, w16\n"
                           "\tbl PREFIX_pass\n"
                           "\tmov x16, x0\n"
                           "\tldp x0, x1, [sp, #16]\n"
                           "\tldp x2, x3, [sp, #32]\n"
                           "\tldp x4, x5, [sp, #48]\n"
                           "\tldp x6, x7, [sp, #64]\n"
                           "\tldr x8, [sp, #80]\n"
                           "\tldp q0, q1, [sp, #96]\n"
                           "\tldp q2, q3, [sp, #128]\n"
                           "\tldp q4, q5, [sp, #160]\n"
                           "\tldp q6, q7, [sp, #192]\n"
                           "\tldp x29, x30, [sp], #224\n"
                           "\t.cfi_def_cfa_offset 0\n"
                           "\t.cfi_restore 29\n"
                           "\t.cfi_restore 30\n"
                           "\tbr x16\n"
                           "\t.cfi_endproc\n"
                           ".size PREFIX_pass_registers, . - PREFIX_pass_registers\n";

const struct arch arch_aarch64 = {"aarch64", "AArch64", "__aarch64__", 16,   8,
                                  false,     enter,     pass,          shape};
