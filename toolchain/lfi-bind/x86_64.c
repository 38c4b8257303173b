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

static const char enter[] = ".globl NAME\n"
                            ".type NAME, @function\n"
                            ".p2align 4\n"
                            "NAME:\n"
                            "\t.cfi_startproc\n"
                            "\tendbr64\n"
                            "\tmovl $INDEX, %r11d\n"
                            "\tjmp PREFIX_pass_registers\n"
                            "\t.cfi_endproc\n"
                            ".size NAME, . - NAME\n";

static const char pass[] = ".type PREFIX_pass_registers, @function\n"
                           ".p2align 4\n"
                           "PREFIX_pass_registers:\n"
                           "\t.cfi_startproc\n"
                           "\tpushq %rbp\n"
                           "\t.cfi_def_cfa_offset 16\n"
                           "\t.cfi_offset %rbp, -16\n"
                           "\tmovq %rsp, %rbp\n"
                           "\t.cfi_def_cfa_register %rbp\n"
                           "\tsubq $176, %rsp\n"
                           "\tmovq %rdi, (%rsp)\n"
                           "\tmovq %rsi, 8(%rsp)\n"
                           "\tmovq %rdx, 16(%rsp)\n"
                           "\tmovq %rcx, 24(%rsp)\n"
                           "\tmovq %r8, 32(%rsp)\n"
                           "\tmovq %r9, 40(%rsp)\n"
                           "\tmovaps %xmm0, 48(%rsp)\n"
                           "\tmovaps %xmm1, 64(%rsp)\n"
                           "\tmovaps %xmm2, 80(%rsp)\n"
                           "\tmovaps %xmm3, 96(%rsp)\n"
                           "\tmovaps %xmm4, 112(%rsp)\n"
                           "\tmovaps %xmm5, 128(%rsp)\n"
                           "\tmovaps %xmm6, 144(%rsp)\n"
                           "\tmovaps %xmm7, 160(%rsp)\n"
                           "\tmovl %r11d, %edi\n"
                           "\tcall PREFIX_pass\n"
                           "\tmovq %rax, %r11\n"
                           "\tmovq (%rsp), %rdi\n"
                           "\tmovq 8(%rsp), %rsi\n"
                           "\tmovq 16(%rsp), %rdx\n"
                           "\tmovq 24(%rsp), %rcx\n"
                           "\tmovq 32(%rsp), %r8\n"
                           "\tmovq 40(%rsp), %r9\n"
                           "\tmovaps 48(%rsp), %xmm0\n"
                           "\tmovaps 64(%rsp), %xmm1\n"
                           "\tmovaps 80(%rsp), %xmm2\n"
                           "\tmovaps 96(%rsp), %xmm3\n"
                           "\tmovaps 112(%rsp), %xmm4\n"
                           "\tmovaps 128(%rsp), %xmm5\n"
                           "\tmovaps 144(%rsp), %xmm6\n"
                           "\tmovaps 160(%rsp), %xmm7\n"
                           "\tleave\n"
                           "\t.cfi_def_cfa %rsp, 8\n"
                           "\t.cfi_restore %rbp\n"
                           "\tjmp *%r11\n"
                           "\t.cfi_endproc\n"
                           ".size PREFIX_pass_registers, . - PREFIX_pass_registers\n";

const struct arch arch_x86_64 = {"x86_64", "x86-64", "__x86_64__", 10, 6, true, enter, pass, shape};
