// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Statements to labels, directives, assignments and instructions. */
#ifndef REWRITER_PARSER_H
#define REWRITER_PARSER_H

#include "statement.h"

struct rewriter;

/* Fills r->statements from r->text; false if there was an error or r->expand is set. */
bool parse_file(struct rewriter *r);

/* A new one at the end, not filled in; NULL without memory. */
struct statement *add_statement(struct rewriter *r);

enum directive directive_class(struct span name);

/* Splits at commas outside of parentheses and quotes; false when there are no more. */
bool next_argument(struct span *rest, struct span *argument);

/* The value of an expression of literal numbers; false if it is not one. */
bool literal_value(struct span text, int64_t *value);

#endif
