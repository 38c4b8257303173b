// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What happens between parsing and the end, in this order (context.h has the map). */
#ifndef REWRITER_PASSES_H
#define REWRITER_PASSES_H

#include "statement.h"

struct rewriter;
struct symbol;

/* bytes.c: data among instructions that is instructions becomes them. */
void decode_bytes(struct rewriter *r);

/* data.c: marks data that moves out of sections of code; `.inst` becomes an instruction. */
void move_data(struct rewriter *r);
/*
 * May the data at `index`, to which no code leads, be code all the same: a short `.byte` at a label
 * that looks like a function?
 */
bool data_is_code(const struct rewriter *r, uint32_t index);
bool is_surely_data(const struct statement *s); /* a short `.byte` may be an instruction */
bool is_entry(const struct statement *s);       /* a label that code can run on from */

/* labels.c: finds the landing pads of exception tables. */
void find_taken_labels(struct rewriter *r);
bool label_needs_bundle(const struct rewriter *r, const struct symbol *symbol);

/* emit.c: writes all statements. */
void emit_statements(struct rewriter *r);

/* watch.c: what became of a statement, whose output began at `start`. */
void watch_statement(struct rewriter *r, uint32_t index, size_t start);

/*
 * Ends the fragment that the assembler works on, without a byte of output. LLVM 19 takes the
 * difference of two labels for known where only instructions stand between them, and forgets the
 * padding of bundles. And a label moves after the padding of the instruction that follows: that of
 * a branch target must, that of a .cfi directive must not, or the padding belongs to the old frame.
 */
void set_apart(struct rewriter *r);

#endif
