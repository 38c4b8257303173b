// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Line numbers for assembly that comes without them (options.lines). Where that is not set, only
 * the checksums of files matter.
 */
#ifndef REWRITER_LINES_H
#define REWRITER_LINES_H

#include "statement.h"

struct rewriter;

void lines_start(struct rewriter *r);
void lines_instruction(struct rewriter *r, const struct statement *s);
void lines_leave_section(struct rewriter *r);
/* Must be called for each `.file` before the first is written. */
void lines_note_file(struct rewriter *r, const struct statement *s);
/* Writes a `.file` or `.loc` that may not pass as it is; false for others. */
bool lines_directive(struct rewriter *r, const struct statement *s);
void lines_finish(struct rewriter *r);

#endif
