// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What a binding is made of: the functions that the headers declare, and how each of their values
 * crosses the boundary. */
#ifndef LFI_BIND_MODEL_H
#define LFI_BIND_MODEL_H

#include "process.h"
#include "text.h"
#include "types.h"
#include "words.h"

struct parameter {
    char *name; /* argN where the header has none */
    CXType type;
    const struct words *words; /* or NULL */
};

/* A function, or the type of a callback. */
struct function {
    char *name;  /* as the library has it; of a callback its typedef, or FUNCTION_PARAMETER */
    char *bound; /* without what is stripped */
    CXType type, result;
    CXType pointer; /* of a callback: the type of the pointer */
    struct parameter *parameters;
    unsigned count;
    const struct words *words, *result_words;
    bool variadic, no_return;
    char *why; /* what is not decided, or NULL */
    bool *by_address;
    struct shape shape;
};

/* A structure that is copied field by field. */
struct record {
    char *spelling, *name; /* name: an identifier */
    CXType type;
    char *why;
    bool side; /* has memory of its own in the box, besides itself */
    bool visiting;
};

struct binding {
    const struct arch *arch;
    const char *prefix, *strip;
    bool drop_in;
    bool symbols; /* functions are names with a shape, without types */
    const char *const *headers;
    size_t header_count;
    const char *const *definitions; /* NAME or NAME=VALUE, of -D */
    size_t definition_count;
    struct annotations annotations;
    struct function *functions;
    size_t count, room;
    struct function **callbacks;
    size_t callback_count;
    struct record **records;
    size_t record_count;
    struct words **attributes; /* words that headers hold */
    size_t attribute_count;
    bool failed;
    CXIndex index;
    CXTranslationUnit unit;
};

enum pass {
    PASS_UNDECIDED,
    PASS_VALUE,
    PASS_RECORD,
    PASS_ADDRESS,
    PASS_COPY,
    PASS_STRING,
    PASS_STRINGS,
    PASS_CALLBACK,
    PASS_HANDLE,
    PASS_PRIVATE,
    PASS_LONGJMP,
    PASS_JMP_BUF,
};

enum element { ELEMENT_NONE, ELEMENT_PLAIN, ELEMENT_BOOL, ELEMENT_ADDRESS, ELEMENT_RECORD };

/* Parses the headers with these arguments for clang, and fills `functions`. False after printing.
 */
bool model_read(struct binding *binding, const char *const *arguments, int count);
void model_free(struct binding *binding);

/* How a value crosses; PASS_UNDECIDED with the reason in `why`. `owner` names it in messages. */
enum pass pass_of(struct binding *binding, CXType type, const struct words *words,
                  const char *owner, const char *member, struct text *why);
enum element element_of(struct binding *binding, CXType element);
struct record *record_of(struct binding *binding, CXType type);
struct function *callback_of(struct binding *binding, CXType type, const char *owner,
                             const char *member);
const struct words *field_words(struct binding *binding, CXType record, CXCursor field);
/* Of a union: whether it is known which of its bytes cross, or all do (`whole`). */
bool union_decided(struct binding *binding, CXType type, const struct words *words, CXType owner,
                   bool *whole);
/* What an array is of, of any number of dimensions; of others, itself. */
CXType innermost(CXType type);
bool is_plain(CXType type); /* any bytes are a value of it, and it holds no pointers */
bool is_unnamed(CXType type);

/* The files. */
void emit_header(struct binding *binding, struct text *text);
void emit_source(struct binding *binding, struct text *text, const char *image, size_t size,
                 const char *load_path);
void emit_cpp(struct binding *binding, struct text *text);

/* Parts of them: the instance (image, open, free), and that of the process (drop-in). */
void emit_names(struct binding *binding, struct text *text);
void emit_instance(struct binding *binding, struct text *text, const char *image, size_t size,
                   const char *load_path);
void emit_process(struct binding *binding, struct text *text);

/* --symbols: the functions of a file with a name in each line, or all that `inputs` define for
 * others, as llvm-nm says. False after printing. */
bool symbols_read(struct binding *binding, const char *path);
bool symbols_list(struct binding *binding, const char *nm, const struct arguments *files);
void emit_symbols_header(struct binding *binding, struct text *text);
void emit_symbols_source(struct binding *binding, struct text *text, const char *image, size_t size,
                         const char *load_path);

/* Whether it is a name in C. */
bool is_name(const char *name);

#endif
