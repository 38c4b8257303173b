// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Errors at a place of the input, and of the source that the input came from. */
#ifndef REWRITER_MESSAGE_H
#define REWRITER_MESSAGE_H

#include "statement.h"

struct rewriter;

/* message.c */
#define MAX_ERRORS 20 /* later ones are counted but not reported */

/* While parsing, messages wait: the file may turn out to need expansion, and then none counts. */
struct held_message {
    struct statement statement;
    const char *at;
    char *text;
};

/* `at` is in the input, or NULL for the statement's own place. */
void report_error(struct rewriter *r, const struct statement *s, const char *at, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));
void report_held(struct rewriter *r);

/* origin.c */
/* The file and line of the source that a `.loc` or a line marker named last. */
struct origin {
    struct span file;
    unsigned line;
    uint32_t marker_at; /* the line of that marker; 0 if it was a `.loc` */
};

/* Remembers what the statement says about the source, if anything, for messages. */
void note_origin(struct rewriter *r, const struct statement *s);

/* `# 12 "file.c"`: the number of the line that follows, and the file. */
unsigned parse_marker(const struct statement *s, struct span *file);

#endif
