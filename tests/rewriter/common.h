// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What the rewriter's tests share: files, and rewriting into memory. */
#ifndef REWRITER_TESTS_COMMON_H
#define REWRITER_TESTS_COMMON_H

#include <lfi/rewriter.h>

#include <errno.h>
#include <stdio.h>
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

/*
 * For instructions as bytes; `data` is the triple. Without LLVM's programs of version 19 on this
 * machine the test is skipped.
 */
static inline bool text_decode(void *data, const char *text, size_t size, char **out,
                               size_t *out_size)
{
    const char *const assembler[] = {"clang-19", "-cc1as", "-triple", data, "-filetype",
                                     "obj",      "-o",     "-",       "-",  NULL};
    static const char *const disassembler[] = {"llvm-objdump-19", "-d", "-", NULL};
    if (lfi_decode(assembler, disassembler, text, size, out, out_size))
        return true;
    if (errno != ENOENT)
        return false;
    puts("skipped: no clang-19 or llvm-objdump-19");
    exit(77);
}

static inline enum lfi_rewrite_status rewrite_with(lfi_rewrite_decode_fn *decode, const char *arch,
                                                   const char *in, size_t size, unsigned mode,
                                                   struct text *out, struct text *messages)
{
    char triple[64];
    snprintf(triple, sizeof triple, "%s-linux-musl", arch);
    struct lfi_rewrite_options options = {.name = "in.s",
                                          .arch = arch,
                                          .mode = mode,
                                          .sink = text_add,
                                          .sink_data = out,
                                          .report = text_report,
                                          .report_data = messages,
                                          .decode = decode,
                                          .decode_data = triple};
    return lfi_rewrite(in, size, &options);
}

static inline enum lfi_rewrite_status rewrite_text(const char *arch, const char *in, size_t size,
                                                   unsigned mode, struct text *out,
                                                   struct text *messages)
{
    return rewrite_with(NULL, arch, in, size, mode, out, messages);
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
