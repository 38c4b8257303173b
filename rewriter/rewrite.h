// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What the parts of the rewriter share: the statements of a file, its symbols, the output, and
 * the interface of an architecture.
 *
 *   lexer.c    text       -> statement texts without comments
 *   parser.c   statement  -> label, directive, assignment or instruction (by the architecture)
 *   data.c     between the passes: moves data out of code
 *   labels.c   pass 1: which labels must start a bundle
 *   rewrite.c  pass 2: walks the statements and writes them, instructions through the architecture
 *   lines.c    line numbers for assembly that comes without
 */
#ifndef REWRITER_REWRITE_H
#define REWRITER_REWRITE_H

#include "arena.h"
#include "lfi/abi.h"
#include "lfi/rewriter.h"
#include "span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct insn; /* an architecture's own */
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
    bool in_code; /* defined in a section of code */
};

#define NO_STATEMENT UINT32_MAX

struct symbols {
    struct symbol **slots;
    uint32_t capacity, count;
    struct {
        struct symbol *last, *next; /* what `Nb` and `Nf` name at this point of pass 1 */
    } numeric[100];
};

enum statement_kind {
    STATEMENT_LABEL,
    STATEMENT_DIRECTIVE,
    STATEMENT_ASSIGNMENT,
    STATEMENT_INSN,
    STATEMENT_MARKER, /* # 12 "file.c" */
    STATEMENT_RAW,    /* an instruction between .lfi_rewrite_disable and .lfi_rewrite_enable */
    STATEMENT_DROPPED,
};

struct statement {
    const char *at;    /* its text, without comments */
    const char *where; /* its place in the input; differs from `at` where a comment was cut out */
    uint32_t size;
    uint32_t line;
    uint8_t kind;      /* enum statement_kind */
    uint8_t directive; /* enum directive, for directives */
    bool in_code;
    bool reached;  /* the instruction before it in its section runs on to it */
    uint8_t moved; /* enum moved: the first statement of data that data.c moves */
    bool last_moved;
    union {
        struct symbol *symbol; /* labels */
        struct insn *insn;     /* instructions */
        uint32_t name_size;    /* directives and assignments: the first word */
    };
};

enum moved {
    MOVED_NOT,
    MOVED_CONSTANTS, /* read-only data */
    MOVED_ADDRESSES, /* data that a loader relocates */
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
    DIRECTIVE_EXPAND, /* only an assembler can do it */
    DIRECTIVE_REFUSED,
    DIRECTIVE_DROPPED,
};

/* What the rewriter needs to know of a section. */
struct section {
    struct span name;
    uint32_t hash;
    bool code;
    bool open; /* execution runs on behind the last instruction so far */
    bool debug;
    bool exceptions; /* .gcc_except_table */
};

struct writer {
    char *buffer;
    size_t used;
    bool failed;
    lfi_rewrite_sink_fn *sink;
    void *sink_data;
};

struct arch {
    const char *name;
    unsigned bundle_shift;   /* 0: no bundles */
    bool hash_comments;      /* does `#` begin a comment anywhere in a line? */
    bool alignment_in_bytes; /* what `.align` counts; else it is `.p2align` */
    /* Makes rewriter.arch_state; finish() may be NULL. */
    void (*start)(struct rewriter *r);
    void (*finish)(struct rewriter *r);
    /*
     * Parses the instruction text of one statement and marks the symbols that it takes the
     * address of. Returns NULL after reporting, or where *prefix_only was set: the statement is
     * nothing but prefixes, which belong to the next one.
     */
    struct insn *(*parse)(struct rewriter *r, struct statement *s, struct span text,
                          bool *prefix_only);
    /* Looks at the whole text, before anything is written; may be NULL. */
    void (*prepare)(struct rewriter *r);
    /* Does execution never run on behind it? */
    bool (*is_end)(const struct insn *in);
    /* Writes what becomes of statement `index`, an instruction. */
    void (*rewrite)(struct rewriter *r, uint32_t index);
    /* The text of the instruction that data among instructions encodes; NULL if it knows none. */
    const char *(*encoded)(struct rewriter *r, const struct statement *s);
    /* Writes data that stands between instructions; false if it is none that it knows. */
    bool (*rewrite_data)(struct rewriter *r, uint32_t index);
    /* Is told of each `.cfi_` directive; may be NULL. */
    void (*note_cfi)(struct rewriter *r, const struct statement *s);
};

extern const struct arch lfi_rewrite_x86_64, lfi_rewrite_aarch64;

struct rewriter {
    const struct lfi_rewrite_options *options;
    const struct arch *arch;
    void *arch_state;
    struct span text;
    struct arena arena;
    struct statement *statements;
    uint32_t count, capacity;
    struct symbols symbols;
    struct section **section_slots;
    uint32_t section_capacity, section_count;
    struct writer out;
    bool aligned;     /* the output stands at the start of a bundle */
    bool apart;       /* no instruction was written since set_apart() */
    bool frame_moved; /* a .cfi directive was, behind an instruction */
    bool expand;
    bool data_in_code;
    unsigned errors;
    /* While parsing, messages wait: the file may turn out to need expansion, then none counts. */
    bool hold;
    unsigned held_count;
    struct held_message {
        struct statement statement;
        const char *at;
        char *text;
    } held[20];
    struct span loc_file; /* the file and line that .loc or a marker named last */
    unsigned loc_line;
    bool file_with_sum, file_without; /* were met: a `.file` with and one without `md5` */
    uint32_t marker_at;               /* the line of the last marker; 0 if there was none */
    struct lines *lines;              /* lines.c */
};

/* lexer.c */
struct lexer {
    const char *at, *end;
    uint32_t line;
    struct arena *arena;
    bool hash_comments; /* as in struct arch */
    bool failed;        /* an unterminated string or comment, at `at` */
};
/*
 * The next statement: its text without comments into s->at, size, where, line. Line markers come
 * with kind STATEMENT_MARKER. False at the end.
 */
bool lex_statement(struct lexer *l, struct statement *s);
enum {
    CHAR_NAME = 1,  /* A to Z, a to z, 0 to 9, _ . $ @ and all bytes beyond ASCII */
    CHAR_STOP = 2,  /* a statement may end, or a comment or string begin */
    CHAR_SPLIT = 4, /* what next_argument() looks at */
};
extern const uint8_t char_class[256];
static inline bool is_name_char(char c)
{
    return char_class[(unsigned char)c] & CHAR_NAME;
}

/* parser.c: fills r->statements from r->text; false if there was an error or r->expand is set. */
bool parse_file(struct rewriter *r);
enum directive directive_class(struct span name);
/* The text behind the first word of a directive or an assignment. */
struct span statement_arguments(const struct statement *s);
/* Splits at commas outside of parentheses and quotes; false when there are no more. */
bool next_argument(struct span *rest, struct span *argument);
/* The value of an expression of literal numbers; false if it is none. */
bool literal_value(struct span text, int64_t *value);

/* symbols.c */
struct symbol *symbol_get(struct rewriter *r, struct span name);
/* `1f`, `1b` or a name; NULL for what is neither. */
struct symbol *symbol_reference(struct rewriter *r, struct span name);
struct symbol *symbol_define(struct rewriter *r, struct span name, uint32_t statement);
/* Marks every symbol that the expression names. */
void symbols_take(struct rewriter *r, struct span expression);
struct section *section_get(struct rewriter *r, struct span name);
void symbols_free(struct rewriter *r);

/* data.c: marks what moves out of sections of code; data that is an instruction becomes one. */
void move_data(struct rewriter *r);
bool is_data(const struct statement *s); /* a directive that puts data into code */
static inline bool is_section_directive(const struct statement *s)
{
    return s->directive >= DIRECTIVE_SECTION && s->directive <= DIRECTIVE_PREVIOUS;
}

/* labels.c: pass 1 over directives. */
void find_taken_labels(struct rewriter *r);
bool label_needs_bundle(const struct rewriter *r, const struct symbol *symbol);

/*
 * rewrite.c: ends the fragment that the assembler works on, without a byte of output. LLVM 19 takes
 * the difference of two labels for known where only instructions stand between them, and forgets
 * the padding of bundles. And a label moves behind the padding of the instruction that follows:
 * that of a branch target must, that of a .cfi directive must not, or the padding belongs to the
 * old frame.
 */
void set_apart(struct rewriter *r);

/* lines.c; where options.lines is not set, only checksums of files matter. */
void lines_start(struct rewriter *r);
void lines_instruction(struct rewriter *r, const struct statement *s);
void lines_leave_section(struct rewriter *r);
/* Is told of each `.file` before the first is written. */
void lines_note_file(struct rewriter *r, const struct statement *s);
/* Writes a `.file` or `.loc` that may not pass as it is; false for others. */
bool lines_directive(struct rewriter *r, const struct statement *s);
void lines_finish(struct rewriter *r);
/* `# 12 "file.c"`: the line that follows, and the file */
unsigned parse_marker(const struct statement *s, struct span *file);

/* Remembers what the statement says of the source, if anything: messages name that, too. */
void note_origin(struct rewriter *r, const struct statement *s);

/* writer.c */
bool writer_start(struct writer *w, lfi_rewrite_sink_fn *sink, void *data);
void writer_finish(struct writer *w);
#define WRITER_SIZE ((size_t)64 * 1024)
/* Text of at most eight bytes, padded to eight: copied as one word. */
struct short_text {
    char bytes[8];
    uint8_t size;
};
void put_bytes_slowly(struct writer *w, const char *bytes, size_t size);
static inline void put_bytes(struct writer *w, const char *bytes, size_t size)
{
    if (size <= WRITER_SIZE - w->used && size) {
        memcpy(w->buffer + w->used, bytes, size);
        w->used += size;
    } else {
        put_bytes_slowly(w, bytes, size);
    }
}
static inline void put_short(struct writer *w, const struct short_text *t)
{
    if (WRITER_SIZE - w->used >= sizeof t->bytes) {
        memcpy(w->buffer + w->used, t->bytes, sizeof t->bytes);
        w->used += t->size;
    } else {
        put_bytes_slowly(w, t->bytes, t->size);
    }
}
void put_number(struct writer *w, int64_t value);
static inline void put(struct writer *w, const char *text)
{
    put_bytes(w, text, strlen(text));
}
static inline void put_span(struct writer *w, struct span s)
{
    put_bytes(w, s.at, s.size);
}

/* message.c: reports an error at a place of the input. */
void report_error(struct rewriter *r, const struct statement *s, const char *at, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));
void report_held(struct rewriter *r);

#endif
