// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Where in the source the text came from, by line markers, `.loc` and `.file`. */
#include "context.h"

unsigned parse_marker(const struct statement *s, struct span *file)
{
    const char *p = s->at + 1, *end = s->at + s->size;
    unsigned line = 0;
    while (p < end && (*p < '0' || *p > '9'))
        p++;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        line = line * 10 + (unsigned)(*p - '0');
    while (p < end && *p != '"')
        p++;
    const char *name = p < end ? ++p : p;
    while (p < end && *p != '"')
        p++;
    *file = (struct span){name, (uint32_t)(p - name)};
    return line;
}

/* `.loc file line …`; the names of files are not kept, a `.file` of one string is the fallback. */
static void note_loc(struct rewriter *r, const struct statement *s)
{
    struct span rest = statement_arguments(s);
    const char *p = rest.at, *end = p + rest.size;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    r->origin.marker_at = 0;
    r->origin.line = 0;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        r->origin.line = r->origin.line * 10 + (unsigned)(*p - '0');
}

static void note_file(struct rewriter *r, const struct statement *s)
{
    struct span rest = statement_arguments(s);
    if (rest.size >= 2 && *rest.at == '"' && rest.at[rest.size - 1] == '"')
        r->origin.file = (struct span){rest.at + 1, rest.size - 2};
}

void note_origin(struct rewriter *r, const struct statement *s)
{
    if (s->kind == STATEMENT_MARKER) {
        r->origin.line = parse_marker(s, &r->origin.file);
        r->origin.marker_at = s->line;
    } else if (s->kind == STATEMENT_DIRECTIVE && s->directive == DIRECTIVE_LOC) {
        note_loc(r, s);
    } else if (s->kind == STATEMENT_DIRECTIVE && s->directive == DIRECTIVE_FILE) {
        note_file(r, s);
    }
}
