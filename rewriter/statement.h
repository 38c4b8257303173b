// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A statement of assembly, and the classes of directives. */
#ifndef REWRITER_STATEMENT_H
#define REWRITER_STATEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

#define NO_STATEMENT UINT32_MAX

struct section;

enum statement_kind {
    STATEMENT_LABEL,
    STATEMENT_DIRECTIVE,
    STATEMENT_ASSIGNMENT,
    STATEMENT_INSN,
    STATEMENT_MARKER, /* # 12 "file.c" */
    STATEMENT_RAW,    /* an instruction between .lfi_rewrite_disable and .lfi_rewrite_enable */
    STATEMENT_DROPPED,
};

/* Classes of directives, by what they mean to the rewriter (directives.def). */
enum directive {
    DIRECTIVE_OTHER, /* passes unchanged */
    DIRECTIVE_DATA,  /* puts values into the section */
    DIRECTIVE_STRING,
    DIRECTIVE_SPACE,
    DIRECTIVE_ALIGN,
    DIRECTIVE_SECTION,
    DIRECTIVE_PUSH,
    DIRECTIVE_POP,
    DIRECTIVE_PREVIOUS,
    DIRECTIVE_SUBSECTION,
    DIRECTIVE_GLOBAL,
    DIRECTIVE_TYPE,
    DIRECTIVE_SET,
    DIRECTIVE_CFI,
    DIRECTIVE_LOC,
    DIRECTIVE_FILE,
    DIRECTIVE_NOPS,
    DIRECTIVE_INST, /* an instruction as a number */
    DIRECTIVE_DISABLE,
    DIRECTIVE_ENABLE,
    DIRECTIVE_EXPAND, /* needs an assembler: macros, conditionals */
    DIRECTIVE_REFUSED,
    DIRECTIVE_DROPPED,
};

enum moved {
    MOVED_NOT,
    MOVED_CONSTANTS, /* read-only data */
    MOVED_ADDRESSES, /* data that a loader relocates */
};

struct statement {
    const char *at;          /* its text, without comments */
    struct section *section; /* that it stands in: a subsection is one of its own */
    const char *where; /* its place in the input; differs from `at` where a comment was cut out */
    uint32_t size;
    uint32_t line;
    uint8_t kind;      /* enum statement_kind */
    uint8_t directive; /* enum directive, for directives */
    bool in_code;
    bool reached;  /* execution runs on to it from the previous instruction of its section */
    uint8_t moved; /* enum moved: the first statement of data that data.c moves */
    bool last_moved;
    union {
        struct symbol *symbol; /* labels */
        void *insn;            /* instructions: the architecture's own structure */
        uint32_t name_size;    /* directives and assignments: the first word */
    };
};

static inline bool is_section_directive(const struct statement *s)
{
    return s->directive >= DIRECTIVE_SECTION && s->directive <= DIRECTIVE_SUBSECTION;
}

/* The first word of a directive or an assignment. */
static inline struct span statement_name(const struct statement *s)
{
    return (struct span){s->at, s->name_size};
}

/* The text after it. */
static inline struct span statement_arguments(const struct statement *s)
{
    return span_trim((struct span){s->at + s->name_size, s->size - s->name_size});
}

/* Is it a directive that puts data into code? */
static inline bool is_data(const struct statement *s)
{
    return s->kind == STATEMENT_DIRECTIVE && s->in_code &&
           (s->directive == DIRECTIVE_DATA || s->directive == DIRECTIVE_STRING ||
            (s->directive == DIRECTIVE_SPACE && !span_is(statement_name(s), ".org")));
}

#endif
