// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The state of one rewriting run. What happens to a file, in order:
 *
 *   rewrite.c   the driver: runs the passes, returns the result
 *   lexer.c     text to statements without comments
 *   parser.c    statements to labels, directives, assignments and instructions (ARCH/operands.c),
 *               and on the way
 *   symbols.c     the symbols, those whose address is taken, the sections
 *   bytes.c     makes data that is instructions what it is
 *   data.c      moves data out of code
 *   labels.c    which labels must start a bundle
 *   guards/     (architectures with an address register) what is known of registers, where guards
 *               go, how large the code becomes
 *   emit.c      writes the statements; instructions through ARCH/rewrite.c; watch.c tells whoever
 *               asks what became of them, and what that is called (changes.def)
 *
 * and what they share:
 *
 *   arch.h      the face of an architecture
 *   lines.c     line numbers for assembly that comes without them
 *   message.c   errors; origin.c where in the source they are
 *   writer.c    output; arena.c memory; span.h pieces of text
 *   expand.c    lfi_expand(): macros, before all of this; syntax.c dialects, before that
 *   main.c      lfi-rewrite, the program; show.c its --diff and --stats
 */
#ifndef REWRITER_CONTEXT_H
#define REWRITER_CONTEXT_H

#include <lfi/abi.h>
#include <lfi/rewriter.h>

#include "arch.h"
#include "arena.h"
#include "message.h"
#include "statement.h"
#include "symbols.h"
#include "writer.h"

enum { OWNED_STATEMENTS, OWNED_BYTES, OWNED_DECODED, OWNED_COUNT };

struct rewriter {
    const struct lfi_rewrite_options *options;
    const struct arch *arch;
    void *arch_state;
    struct guards *guards; /* guards/; NULL for architectures without an address register */
    struct span text;
    struct arena arena;
    struct statement *statements;
    uint32_t count, capacity;
    struct symbols symbols;
    struct sections sections;
    struct writer out;
    bool aligned;     /* the output stands at the start of a bundle */
    bool apart;       /* no instruction was written since set_apart() */
    bool frame_moved; /* a .cfi directive was written since the last instruction */
    bool expand;
    bool data_in_code;
    unsigned errors;
    bool hold; /* messages are held back */
    unsigned held_count;
    struct held_message held[MAX_ERRORS];
    struct origin origin;
    bool file_with_sum, file_without; /* seen: a `.file` with and one without `md5` */
    struct lines *lines;              /* lines.c */
    void *owned[OWNED_COUNT];         /* bytes.c: freed at the end, wherever that comes */
};

#endif
