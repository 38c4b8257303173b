// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The symbols and sections of a file. */
#ifndef REWRITER_SYMBOLS_H
#define REWRITER_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

struct rewriter;

/* A name, or one definition of a numeric label. */
struct symbol {
    struct span name;
    uint32_t hash;
    uint32_t statement; /* where it is defined; NO_STATEMENT if not here */
    bool branched;      /* a direct branch goes to it */
    bool taken;         /* its address is used by something other than a direct branch */
    bool function;      /* .type @function */
    bool global;
    bool weak;    /* another file may define it */
    bool in_code; /* defined in a section of code */
    bool placed;  /* data.c moved what it names, as `.Llfi_tableN`; it stays in the code */
    bool set;     /* by .set: */
    struct symbol *same_as; /* the symbol that it was set to; NULL if it is more than a name */
};

/* The definitions of a numeric label, in the table of symbols under its digits. */
struct numeric {
    struct symbol symbol;       /* only its name and hash */
    struct symbol *last, *next; /* what `Nb` and `Nf` name where the parser is */
};

struct symbols {
    struct symbol **slots;
    uint32_t capacity, count;
};

/* What the rewriter needs to know of a section. */
struct section {
    struct span name; /* with the number, for a subsection */
    uint32_t hash;
    struct section *whole; /* the section that a subsection is of; else itself */
    bool code;
    bool open; /* execution runs on after the last instruction so far */
    bool debug;
    bool exceptions; /* .gcc_except_table */
    uint32_t later;  /* while statements are walked from the end: the last that was seen */
};

struct sections {
    struct section **slots;
    uint32_t capacity, count;
};

struct symbol *symbol_get(struct rewriter *r, struct span name);
/* `1f`, `1b` or a name; NULL for what is neither. */
struct symbol *symbol_reference(struct rewriter *r, struct span name);
struct symbol *symbol_define(struct rewriter *r, struct span name, uint32_t statement);
/* `.set name, value` */
void symbol_set(struct rewriter *r, struct span name, struct span value);
/* The symbol that `s` is another name of, by .set; itself if of none, NULL if that is not known. */
const struct symbol *symbol_meant(const struct symbol *s);
/* Marks every symbol that the expression names. */
void symbols_take(struct rewriter *r, struct span expression);
struct section *section_get(struct rewriter *r, struct span name);
/* Subsection `number` of the section that `part` is, or is a part of. */
struct section *subsection_get(struct rewriter *r, struct section *part, int64_t number);
void symbols_free(struct rewriter *r);

#endif
