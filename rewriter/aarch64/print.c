// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Instructions of output, which are only counted while the rewriter analyses. */
#include "aarch64.h"

#include <stdarg.h>
#include <stdio.h>

static void put_formatted(struct rewriter *r, const char *format, va_list arguments)
{
    char small[256], *text = small;
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(small, sizeof small, format, arguments);
    if (size >= (int)sizeof small) { /* names of symbols can be long */
        text = arena_alloc(&r->arena, (size_t)size + 1);
        vsnprintf(text, (size_t)size + 1, format, again);
    }
    va_end(again);
    if (size > 0)
        put_bytes(&r->out, text, (size_t)size);
}

void put_op(struct rewriter *r, const char *format, ...)
{
    va_list arguments;
    r->guards->words++;
    if (r->guards->dry)
        return;
    va_start(arguments, format);
    put_bytes(&r->out, "\t", 1);
    put_formatted(r, format, arguments);
    put_bytes(&r->out, "\n", 1);
    va_end(arguments);
}

void put_original(struct rewriter *r, const struct statement *s)
{
    const struct aarch64_insn *in = s->insn;
    r->guards->words++;
    if (r->guards->dry)
        return;
    put_bytes(&r->out, "\t", 1);
    if (in->text.size)
        put_span(&r->out, in->text);
    else
        put_bytes(&r->out, s->at, s->size);
    put_bytes(&r->out, "\n", 1);
}

void put_access(struct rewriter *r, const struct aarch64_insn *in, const char *mnemonic,
                const char *format, ...)
{
    va_list arguments;
    r->guards->words++;
    if (r->guards->dry)
        return;
    va_start(arguments, format);
    put_bytes(&r->out, "\t", 1);
    if (mnemonic)
        put(&r->out, mnemonic);
    else
        put_span(&r->out, in->mnemonic);
    put_bytes(&r->out, "\t", 1);
    put_span(&r->out, in->head);
    put_formatted(r, format, arguments);
    put_bytes(&r->out, "\n", 1);
    va_end(arguments);
}

void put_text(struct rewriter *r, const char *text)
{
    if (!r->guards->dry)
        put(&r->out, text);
}

void refuse(struct rewriter *r, const struct statement *s, const char *format, ...)
{
    char text[256];
    va_list arguments;
    if (r->guards->dry)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    report_error(r, s, s->where, "%s", text);
}
