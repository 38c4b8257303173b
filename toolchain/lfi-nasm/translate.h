// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * lfi-nasm: preprocessed NASM assembly in, Intel-syntax GNU assembly out.
 *
 *   token.c      a line in words
 *   value.c      expressions: sums of symbols, registers and a number
 *   symbol.c     symbols, their scopes, sections, and how far apart two places may be
 *   directive.c  [section], [global] and the like
 *   data.c       db, times, resb, incbin
 *   words.c      registers, prefixes
 *   insn.c       instructions and their operands; doubled.def
 *   translate.c  lines, labels, passes
 *   check.c      the translation against the object that nasm itself makes; object.c reads both
 *   nasm.c       the user's own nasm; constants.c asks it for values that -E does not know
 *
 * The text is read several times. Each pass knows what the one before found out: where labels are,
 * as far as that can be known, because the length of an instruction in the box is not that of nasm.
 * Distances in data are numbers; those in code stay differences of symbols, for the assembler.
 */
#ifndef LFI_NASM_TRANSLATE_H
#define LFI_NASM_TRANSLATE_H

#include <stdarg.h>
#include <stdio.h>

#include "token.h"

/* Growing text. `failed`: there was no memory. */
struct text {
    char *at;
    size_t size, room;
    bool failed;
};

void text_add(struct text *text, const char *bytes, size_t size);
__attribute__((format(printf, 2, 3))) void text_print(struct text *text, const char *format, ...);

/* A place in a section: bytes before it, at least and at most. */
struct place {
    struct section *section; /* NULL: not known */
    int64_t low, high;
    unsigned unbounded; /* pieces before it of which not even the most is known */
    unsigned order;     /* number of pieces before it */
};

#define UNBOUNDED INT32_MAX /* no section has more */

struct section {
    struct section *next;
    char *name, *attributes; /* attributes: as GNU as has them */
    bool code, bss, begun;
    int64_t align;
    struct place end;     /* so far, in this pass */
    int64_t aligned;      /* the end is, to this */
    struct symbol *start; /* $$ */
};

#define MAX_TERMS 8

struct term {
    struct symbol *symbol;
    int64_t times;
};

struct part {
    const struct reg *reg;
    int64_t times;
};

enum relation { RELATION_NONE, RELATION_PLT, RELATION_GOT, RELATION_OTHER };

struct value {
    int64_t number;
    unsigned term_count, part_count;
    struct term terms[MAX_TERMS];
    struct part parts[4];
    enum relation relation;
    const char *relation_name; /* as GNU as has it: GOTPCREL */
    bool unknown;              /* depends on what this pass does not know yet */
    bool of_code;              /* unknown for ever: depends on the length of instructions */
};

/*
 * A difference between places in code, which has another value in nasm's object. The label
 * MARK_LABEL with the number of the mark stands before the data or the instruction that it is in.
 */
#define MARK_LABEL "L$check.%u"

struct mark {
    const char *plus, *minus; /* names as in the output */
    int64_t times, number;
};

enum symbol_kind { SYMBOL_UNKNOWN, SYMBOL_LABEL, SYMBOL_EQU, SYMBOL_EXTERN, SYMBOL_COMMON };

struct symbol {
    char *name; /* with its scope */
    char *text; /* as GNU as reads it; NULL until asked for */
    enum symbol_kind kind;
    unsigned pass; /* that last defined it */
    bool global, weak;
    bool used;                   /* something refers to it */
    bool before_code;            /* an instruction stands behind the label */
    struct value value;          /* of an equ */
    struct place place, earlier; /* of a label: in this pass, and in the one before */
};

struct translation {
    /* Set by the caller. */
    const char *input; /* the preprocessed text */
    size_t size;
    const char *file;            /* the name of the source until a %line says another */
    const char *prefix, *suffix; /* of global names, or "" */
    bool name_files;             /* .file before each line, for messages */
    bool quiet;                  /* no messages */
    bool check; /* for check.c: marks, and [symbol] stays absolute, as nasm has it */

    /* The result. */
    struct text out;
    unsigned errors;
    struct mark *marks; /* where it is for a check */
    unsigned mark_count;

    /* While it runs. */
    struct symbol **table;
    size_t symbol_count, table_size;
    struct section *sections, *section; /* section NULL: absolute */
    int64_t absolute, absolute_start;   /* $ and $$ there */
    struct tokens tokens;
    struct text statement; /* the present one, before it goes to `out` */
    struct symbol nothing; /* where there is no memory for one */
    struct symbol *here;   /* $ of the present statement */
    const char *scope;
    char scope_name[512];
    char line_file[4096];
    unsigned line, line_step, statement_number, here_number, set_number, pass;
    unsigned waiting; /* numbers that this pass did not know */
    bool last, relative, failed_line;
    const char *pending;       /* a prefix on a line of its own */
    struct symbol *labels[16]; /* of the present place, to say what stands behind them */
    unsigned label_count;
};

/* False: out of memory, or errors were printed. */
bool translate(struct translation *t);
void translation_free(struct translation *t);

/* Says what cannot be translated, and why. */
__attribute__((format(printf, 2, 3))) void refuse(struct translation *t, const char *why, ...);

/* symbol.c */
struct symbol *symbol_find(struct translation *t, const char *name, size_t size);
struct symbol *symbol_named(struct translation *t, const struct token *token); /* in its scope */
const char *symbol_text(struct translation *t, struct symbol *symbol);
struct symbol *symbol_here(struct translation *t);
void symbol_define(struct translation *t, struct symbol *symbol);
void advance(struct translation *t, int64_t low, int64_t high);
struct section *section_find(struct translation *t, const char *name, size_t size);

struct distance {
    bool known; /* both in the same section, and in this order or the other */
    int64_t low, high;
};

struct distance distance(const struct symbol *from, const struct symbol *to);

/* value.c: the expression at *at, which then is behind it. False if it was refused. */
bool value_read(struct translation *t, const struct token **at, struct value *value);
bool value_is_number(const struct value *value);
/* Takes differences for their numbers where these are known; in code too if `code`. */
void value_settle(struct value *value, bool code);
/* Whether it is a number, or why not yet or never. */
bool value_number(struct translation *t, struct value *value, int64_t *number, const char *what);
/* Prints number and symbols, as GNU as reads it. False if it was refused. */
bool value_print(struct translation *t, struct text *out, const struct value *value);
int64_t value_symbols(const struct value *value); /* how many addresses it is: 0 or 1 can be had */

/* words.c */
struct reg {
    char name[8];
    enum { REG_8, REG_16, REG_32, REG_64, REG_MM, REG_VECTOR, REG_MASK, REG_ST, REG_OTHER } kind;
};

const struct reg *reg_find(const struct token *token);
bool is_segment(const struct token *token);
bool is_prefix(const struct token *token);
bool is_nullary(const struct token *token);

/* insn.c */
/* Refuses an address behind a label of code. */
bool into_code(struct translation *t, const struct value *value);
void translate_insn(struct translation *t, const struct token *at);

/* data.c: false if the token begins no such statement. */
bool is_data(const struct token *token);
void translate_data(struct translation *t, const struct token *at);
void align_here(struct translation *t, int64_t align, int64_t fill);
/* A number with a fraction, as its bytes. False if it is none, or was refused. */
bool float_read(struct translation *t, const struct token **at, int size, unsigned char *bytes);
bool align_pattern(struct translation *t, const struct token *at, const struct token *end,
                   int64_t *align);

/* directive.c */
bool is_directive(const struct token *at);
void translate_directive(struct translation *t, const struct token *at);
/* The section before any directive. */
void section_default(struct translation *t, struct section *section);

/* translate.c */
void translate_statement(struct translation *t, const struct token *at);
void finish_statement(struct translation *t);

#endif
