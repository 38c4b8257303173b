// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What the rewriter's tests share: files, and rewriting into memory. */
#ifndef REWRITER_TESTS_COMMON_H
#define REWRITER_TESTS_COMMON_H

#include <lfi/rewriter.h>

#include <stdlib.h>
#include <string.h>

struct text {
    char *at;
    size_t size;
};

static inline bool text_add(void *data, const char *bytes, size_t size)
{
    struct text *t = data;
    char *grown = realloc(t->at, t->size + size + 1);
    if (!grown)
        abort();
    memcpy(grown + t->size, bytes, size);
    t->at = grown;
    t->size += size;
    t->at[t->size] = 0;
    return true;
}

/* Messages as `line:column: text`, one a line. */
static inline void text_report(void *data, const struct lfi_rewrite_message *m)
{
    char line[1024];
    int n = snprintf(line, sizeof line, "%u:%u: %s\n", m->line, m->column, m->text);
    text_add(data, line, (size_t)n);
}

static inline enum lfi_rewrite_status rewrite_text(const char *arch, const char *in, size_t size,
                                                   unsigned mode, struct text *out,
                                                   struct text *messages)
{
    struct lfi_rewrite_options options = {.name = "in.s",
                                          .arch = arch,
                                          .mode = mode,
                                          .sink = text_add,
                                          .sink_data = out,
                                          .report = text_report,
                                          .report_data = messages};
    return lfi_rewrite(in, size, &options);
}

static inline bool read_file(const char *name, struct text *t)
{
    char buffer[65536];
    size_t n;
    FILE *f = fopen(name, "r");
    *t = (struct text){0};
    if (!f)
        return false;
    while ((n = fread(buffer, 1, sizeof buffer, f)) > 0)
        text_add(t, buffer, n);
    fclose(f);
    return true;
}

#endif
