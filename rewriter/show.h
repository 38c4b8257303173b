// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What lfi-rewrite shows instead of the result: --diff and --stats. */
#ifndef REWRITER_SHOW_H
#define REWRITER_SHOW_H

#include <stdio.h>

#include <lfi/rewriter.h>

/* All of the output, and what it was. Zero to begin with. */
struct show {
    char *out;
    size_t size, room;
    struct show_step {
        char *before; /* ends with a zero */
        size_t start, end;
        const struct lfi_rewrite_change *change; /* NULL: none */
    } * steps;
    size_t count, steps_room;
    bool failed; /* without memory */
};

/* The sink and the watcher of lfi_rewrite(); data is the struct show. */
lfi_rewrite_sink_fn show_sink;
lfi_rewrite_watch_fn show_watch;
/* After lfi_rewrite(): finds which statements have changed. */
void show_compare(struct show *show);
void show_free(struct show *show);

/* Before and after side by side; between them what has changed, and what that is called. */
void show_diff(const struct show *show, FILE *to);

/*
 * Assembles text[0..size): to an object, or to assembly with the encoding of each instruction.
 * False: reported.
 */
typedef bool show_assemble_fn(void *data, bool object, const char *text, size_t size, char **out,
                              size_t *out_size);

/* How often each change was made, and what it costs in bytes. False: reported, or no memory. */
bool show_stats(const struct show *show, show_assemble_fn *assemble, void *data, FILE *to);

#endif
