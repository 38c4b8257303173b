// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What the files of emit_*.c give each other: pieces of PREFIX.c. */
#ifndef LFI_BIND_EMIT_H
#define LFI_BIND_EMIT_H

#include "model.h"

/* ------ Values (emit_value.c). */

/* "int (NAME)(struct P *lfi_box, int a)"; without the box where `prefix` is NULL. */
void declare_function(struct binding *b, struct text *t, struct function *f, const char *prefix);

/* A variable `name` that is `value`, or all zero if that is NULL. */
void declare_zero(struct text *t, CXType type, const char *name, const char *value);

/* The type by which a value crosses in a register. */
void raw_type(struct text *t, CXType type, bool by_address);

/* C's value -> register. */
void to_raw(struct text *t, CXType type, const char *value);

/* Register -> the type's value. */
void from_raw(struct text *t, CXType type, const char *raw);

/* What a user_data points to, in the words of the annotations. */
const char *handle_kind(const struct words *words);

/* Whether the library leaves functions by longjmp(). */
bool leaves_by_jump(const struct binding *b);

/* ------ Sizes (emit_size.c). */

/* What an expression's names may be: parameters of a function, or fields. */
struct scope {
    const struct function *function;
    bool callback; /* the function is one */
    CXType record; /* if there is no function */
    const char *path;
};

/*
 * A size, where names of fields become those of the host's structure. Numbers are made wide before
 * anything is done to them: in their own types a product may wrap, and the size be too small.
 */
void size_expression(struct text *t, const struct scope *scope, const char *expression, bool wide);

/* Why an expression of parameters is no size; NULL: it is one. */
const char *size_problem(const struct function *function, const char *expression);

/* ------ Whole definitions. */

/* A structure's two functions: to the box's copy, and back from it. */
void emit_record(struct binding *b, struct text *t, struct record *record);

/* A function that the host calls; `index` is its own in the list of names. */
void emit_wrapper(struct binding *b, struct text *t, struct function *f, size_t index);

/* A function that the box calls: arguments come over, the host's function runs, and back. */
void emit_thunk(struct binding *b, struct text *t, struct function *f);

#endif
