// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* C types as libclang has them: what they are, how they are written, and where the calling
 * conventions put their values. */
#ifndef LFI_BIND_TYPES_H
#define LFI_BIND_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include <clang-c/Index.h>

#include "text.h"

enum kind {
    KIND_VOID,
    KIND_BOOL,
    KIND_INTEGER, /* up to 64 bits */
    KIND_WIDE,    /* __int128 */
    KIND_ENUM,
    KIND_FLOAT,
    KIND_DOUBLE,
    KIND_LONG_DOUBLE,
    KIND_COMPLEX,
    KIND_POINTER,
    KIND_FUNCTION, /* a pointer to a function */
    KIND_RECORD,   /* struct */
    KIND_UNION,
    KIND_ARRAY,
    KIND_OTHER, /* vectors, va_list, ... */
};

enum kind kind_of(CXType type);
bool is_signed(CXType type);
long size_of(CXType type);

/* Without qualifiers and names. */
CXType type_canonical(CXType type);

/* What a pointer or an array is of. */
CXType target_of(CXType type);

/* The size of what a pointer points to; 1 where that is not known, or it is no pointer. */
long size_of_target(CXType type);

/* void, or a structure that is declared and not defined. */
bool is_void(CXType type);
bool is_incomplete(CXType type);
bool is_const(CXType type);
bool is_char(CXType type);
bool is_file(CXType type); /* FILE of the C library */

/* The function type behind a pointer to a function, or of a function. */
CXType function_of(CXType type);

/* A copy of libclang's string, from malloc. */
char *take(CXString string);
char *spelling(CXType type);

/* The name of what was declared, from malloc; "" where there is none. */
char *name_of(CXCursor declaration);

/* "int (*name)(void)" of "int (*)(void)". */
void declare(struct text *text, CXType type, const char *name);

/* The fields of a structure, in order. False ends it. */
typedef bool field_fn(CXCursor field, void *data);
void each_field(CXType record, field_fn *each, void *data);

/* Where the arguments of a call go. */
struct shape {
    unsigned integers, vectors, words; /* words: 8 bytes of the stack */
    bool wide;                         /* vectors of 16 bytes */
    unsigned x87;                      /* results in st(0), st(1) */
    long memory;                       /* bytes of a result in memory */
    unsigned result_integers, result_vectors;
};

/* One more argument on the stack. */
void shape_stack(struct shape *shape, CXType type);

/* An architecture: ARCH.c, a line of arch.def. */
struct arch {
    const char *name;  /* as in a triple */
    const char *title; /* as people write it */
    const char *macro; /* that its compilers define */
    long long_double;  /* bytes of a long double that are its value */
    unsigned integers; /* registers for integers and pointers */
    bool x87;          /* long double is returned there */
    /*
     * For --symbols, assembly. `enter`: the function NAME, which has the number INDEX. `pass`,
     * which it goes to: asks PREFIX_pass(INDEX) for the gate, with all registers for arguments
     * kept, and goes there, as if the caller had.
     */
    const char *enter, *pass;
    bool (*shape)(struct shape *shape, CXType result, const CXType *arguments, unsigned count,
                  bool *by_address);
};
#define ARCH(name) extern const struct arch arch_##name;
#include "arch.def"
#undef ARCH

/* That of a target, or NULL. */
const struct arch *arch_of(const char *triple);

/* Whether every bit of it is a value's: there is no padding in it. */
bool is_tight(const struct arch *arch, CXType type);

/* Of a bit-field; one without a name is padding. */
long named_bits(CXCursor field);

/* Sets `bits` bits of the mask, from bit `at` on. */
void mark_bits(unsigned char *mask, long at, long bits);

/* Marks in `mask` the bits of a type, from bit `at` on, that are a value's. False if a union's
 * members differ in that: then it depends on which is set. */
bool mark_values(const struct arch *arch, CXType type, unsigned char *mask, long at);

/* False if it cannot be passed. by_address[i]: the argument goes as the address of a copy, as those
 * of more than 16 bytes on AArch64. */
bool shape_of(struct shape *shape, const struct arch *arch, CXType result, const CXType *arguments,
              unsigned count, bool *by_address);
void write_shape(struct text *text, const struct shape *shape, bool callback);

#endif
