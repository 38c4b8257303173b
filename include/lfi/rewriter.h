// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * liblfi-rewriter: turns GNU assembly of x86-64 (AT&T syntax) or AArch64 into assembly whose
 * machine code the verifier accepts.
 *
 * The forms that it writes are those of docs/abi.md. Of x86-64, the output is for LLVM's assembler
 * up to version 22 (it uses `.bundle_align_mode`), followed by lfi-postlink after the link; of
 * AArch64, for any assembler of LLVM from 19 on.
 *
 * Thread safety: no state between calls; several threads may rewrite at once.
 */
#ifndef LFI_REWRITER_H
#define LFI_REWRITER_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum lfi_rewrite_status {
    LFI_REWRITE_OK,     /* all of the output went to the sink */
    LFI_REWRITE_FAILED, /* at least one error was reported; ignore what reached the sink */
    /*
     * The text uses what only an assembler can expand (macros, conditionals, repetition, includes,
     * Intel syntax). Nothing was written and nothing reported. Call lfi_expand() and rewrite what
     * it gives with `expanded` set.
     */
    LFI_REWRITE_EXPAND,
};

/* What a person is told: `file:line:column: error: text`, the line, a caret under the column. */
struct lfi_rewrite_message {
    const char *file;   /* options.name; after expansion too */
    unsigned line;      /* in that file, from 1; 0 where no line is meant */
    unsigned column;    /* from 1, in bytes; 0 where none is meant */
    const char *origin; /* the file that a `.loc` or a line marker names for this place, or NULL */
    unsigned origin_line; /* the line in it */
    const char *text;     /* what is wrong and what to do */
    const char *source;   /* the line itself, without its end; not terminated by a zero */
    size_t source_size;
};

/* The message and its strings live only during the call. */
typedef void lfi_rewrite_report_fn(void *data, const struct lfi_rewrite_message *message);

/*
 * Receives the output in order, in pieces of about 64 KiB, called from the same thread. Returns
 * false where it could not be written: rewriting stops with LFI_REWRITE_FAILED, and the sink has
 * to report why.
 */
typedef bool lfi_rewrite_sink_fn(void *data, const char *text, size_t size);

/* What is needed to number the lines of assembly that has no line numbers. */
struct lfi_rewrite_lines {
    const char *file; /* that the text came from; file_size bytes */
    size_t file_size;
    const char *directory; /* that names of files are relative to */
    unsigned dwarf;        /* the version of DWARF, 4 or 5 */
};

/*
 * Finds in the text, as it is before expansion, the file that it came from (the first line marker,
 * else `name`), and leaves pointers to text or name in lines. Returns false where the text has line
 * numbers or other debug information of its own.
 */
bool lfi_rewrite_lines_find(struct lfi_rewrite_lines *lines, const char *text, size_t size,
                            const char *name);

/*
 * Assembles text[0..size) and disassembles the object: what lfi_decode() gives. Returns false after
 * reporting why it could not.
 */
typedef bool lfi_rewrite_decode_fn(void *data, const char *text, size_t size, char **out,
                                   size_t *out_size);

/* What the rewriter does to a statement, and why: static storage. */
struct lfi_rewrite_change {
    const char *name, *why;
};

/* A statement, and what became of it: bytes of the output as the sink receives them. */
struct lfi_rewrite_step {
    unsigned line;      /* in the text, from 1 */
    const char *before; /* the statement without comments; not terminated by a zero */
    size_t before_size;
    bool label;                              /* it is the name of one, without the colon */
    size_t start, end;                       /* [start, end) of the output */
    const struct lfi_rewrite_change *change; /* what the change is, if the text is another */
};

/* The step lives only during the call. */
typedef void lfi_rewrite_watch_fn(void *data, const struct lfi_rewrite_step *step);

struct lfi_rewrite_options {
    const char *name;          /* of the input, for messages; "<stdin>" if NULL */
    const char *arch;          /* a name that lfi_rewrite_arch() gives, "x86_64" for example */
    unsigned mode;             /* LFI_MODE_FULL, LFI_MODE_STORES or LFI_MODE_JUMPS of <lfi/abi.h> */
    bool align_branch_targets; /* start a bundle at every label in code */
    /*
     * x86-64: functions of other files keep %r11 where this file uses it behind their calls, and
     * this file's functions keep it. All files that call each other must agree (docs/assembly.md).
     */
    bool keep_r11;
    /*
     * x86-64: where instructions that a box does not have are counted, each of which becomes a trap
     * (ud2); NULL: they are errors. For code that asks the processor before it runs them.
     */
    unsigned *trapped;
    bool expanded; /* text comes from lfi_expand(): do not ask for expansion again */
    /*
     * Number the lines: NULL if not, or where lfi_rewrite_lines_find() returned false. Let the
     * expander do it too, for DWARF 5 (clang -cc1as: -debug-info-kind=constructor
     * -dwarf-version=5).
     */
    const struct lfi_rewrite_lines *lines;
    lfi_rewrite_sink_fn *sink;
    void *sink_data;
    /*
     * x86-64: for instructions that are written as bytes; called at most once. NULL: they are
     * refused.
     */
    lfi_rewrite_decode_fn *decode;
    void *decode_data;
    lfi_rewrite_watch_fn *watch; /* receives each statement, in order; NULL for most */
    void *watch_data;
    lfi_rewrite_report_fn *report; /* may be NULL */
    void *report_data;
};

/*
 * Rewrites text[0..size), which need not end with a zero or a newline and does not change. Memory
 * is proportional to size and is freed before the return. At most 20 errors are reported.
 */
enum lfi_rewrite_status lfi_rewrite(const char *text, size_t size,
                                    const struct lfi_rewrite_options *options);

bool lfi_rewrite_knows_arch(const char *arch);

/* The names of the architectures, for index 0, 1, …; NULL after the last. Static storage. */
const char *lfi_rewrite_arch(size_t index);

/*
 * The options that LLVM's assembler (clang -cc1as) needs beside -triple for code of `arch`: up to a
 * NULL, and nothing but that where it needs none or the name is not known. Static storage. They
 * allow all instructions that there are: a compiler does not pass on which ones it may use; on
 * x86-64 they are about nops.
 */
const char *const *lfi_rewrite_assembler(const char *arch);

/* "full", "stores", "jumps" to LFI_MODE_*; -1 for any other name. */
int lfi_rewrite_mode(const char *name);

/* The usual lfi_rewrite_report_fn: writes the message to stderr, `data` is the program's name. */
void lfi_rewrite_print(void *data, const struct lfi_rewrite_message *message);

/*
 * Expands text[0..size) by running an assembler that reads standard input and writes assembly to
 * standard output, for example
 *     clang -cc1as -triple x86_64-linux-musl -filetype asm -o - -
 * `command` is a NULL-terminated argument vector; command[0] is looked up in PATH where it holds
 * no slash. The assembler's own messages go to stderr as they are. SIGPIPE is not raised.
 *
 * Returns true and a malloc()ed buffer in *out, *out_size, which the caller frees; or false, errno
 * set (ECHILD: the assembler ran and failed).
 */
bool lfi_expand(const char *const command[], const char *text, size_t size, char **out,
                size_t *out_size);

/*
 * Before lfi_expand(): LLVM's assembler does not know all forms of .intel_syntax and .att_syntax.
 * Leaves in *out a malloc()ed text that it reads, with the lines of text[0..size), or NULL where
 * the text can stay as it is. `intel`: it begins in Intel syntax. Returns false without memory.
 */
bool lfi_rewrite_plain_syntax(const char *arch, bool intel, const char *text, size_t size,
                              char **out, size_t *out_size);

/*
 * Runs two programs, as lfi_expand() does: an assembler, with text[0..size) on its standard input
 * and the object on its standard output, and a disassembler with the object on its standard input,
 * for example
 *     clang -cc1as -triple x86_64-linux-musl -filetype obj -o - -
 *     llvm-objdump -d -
 * What the latter prints becomes *out, *out_size. Returns and errno as of lfi_expand().
 */
bool lfi_decode(const char *const assembler[], const char *const disassembler[], const char *text,
                size_t size, char **out, size_t *out_size);

#ifdef __cplusplus
}
#endif

#endif
