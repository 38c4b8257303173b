// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Text to statements without comments. */
#ifndef REWRITER_LEXER_H
#define REWRITER_LEXER_H

#include "arena.h"
#include "statement.h"

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

#endif
