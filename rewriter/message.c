// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Reports errors, with the line and a caret under the place. */
#include "context.h"

#include <stdarg.h>
#include <stdio.h>

static void report(struct rewriter *r, const struct statement *s, const char *at, const char *text)
{
    char origin[256];
    const char *begin = r->text.at, *end = begin + r->text.size;
    if (!at || at < begin || at > end)
        at = s->where;
    const char *line = at, *stop = at;
    while (line > begin && line[-1] != '\n')
        line--;
    while (stop < end && *stop != '\n')
        stop++;
    uint32_t number = s->line;
    for (const char *p = s->where; p < at; p++)
        number += *p == '\n';

    struct lfi_rewrite_message message = {
        .file = r->options->name ? r->options->name : "<stdin>",
        .line = number,
        .column = (unsigned)(at - line) + 1,
        .text = text,
        .source = line,
        .source_size = (size_t)(stop - line),
    };
    if (r->origin.file.size) {
        snprintf(origin, sizeof origin, "%.*s", (int)r->origin.file.size, r->origin.file.at);
        message.origin = origin;
        message.origin_line = r->origin.marker_at
                                  ? r->origin.line + number - r->origin.marker_at - 1
                                  : r->origin.line;
    }
    r->options->report(r->options->report_data, &message);
}

void report_error(struct rewriter *r, const struct statement *s, const char *at, const char *format,
                  ...)
{
    if (++r->errors > MAX_ERRORS || !r->options->report)
        return;
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args); // NOLINT(clang-analyzer-valist.Uninitialized)
    va_end(args);
    if (!r->hold) {
        report(r, s, at, text);
        return;
    }
    struct held_message *m = &r->held[r->held_count++];
    m->statement = *s;
    m->at = at;
    size_t size = strlen(text) + 1;
    m->text = arena_alloc(&r->arena, size);
    memcpy(m->text, text, size);
}

void report_held(struct rewriter *r)
{
    uint32_t next = 0;
    for (unsigned i = 0; i < r->held_count; i++) {
        const struct held_message *m = &r->held[i];
        for (; next < r->count && r->statements[next].where < m->statement.where; next++)
            note_origin(r, &r->statements[next]);
        report(r, &m->statement, m->at, m->text);
    }
    r->held_count = 0;
}

void lfi_rewrite_print(void *data, const struct lfi_rewrite_message *m)
{
    fprintf(stderr, "%s: %s:", (const char *)data, m->file);
    if (m->line)
        fprintf(stderr, "%u:%u:", m->line, m->column);
    fprintf(stderr, " error: %s", m->text);
    if (m->origin && m->origin_line)
        fprintf(stderr, " (from %s:%u)", m->origin, m->origin_line);
    else if (m->origin)
        fprintf(stderr, " (from %s; -g says the line)", m->origin);
    fputc('\n', stderr);
    if (!m->source)
        return;
    fprintf(stderr, "%.*s\n", (int)m->source_size, m->source);
    for (unsigned i = 0; i + 1 < m->column && i < m->source_size; i++)
        fputc(m->source[i] == '\t' ? '\t' : ' ', stderr);
    fputs("^\n", stderr);
}
