// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The output: a buffer in front of the caller's sink. */
#ifndef REWRITER_WRITER_H
#define REWRITER_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lfi/rewriter.h>

#include "span.h"

#define WRITER_SIZE ((size_t)64 * 1024)

struct writer {
    char *buffer;
    size_t used;
    size_t flushed; /* bytes that the sink has got */
    bool failed;
    lfi_rewrite_sink_fn *sink;
    void *sink_data;
};

bool writer_start(struct writer *w, lfi_rewrite_sink_fn *sink, void *data);
void writer_finish(struct writer *w);

/* Text of at most eight bytes, padded to eight: copied as one word. */
struct short_text {
    char bytes[8];
    uint8_t size;
};

void put_bytes_slowly(struct writer *w, const char *bytes, size_t size);
void put_number(struct writer *w, int64_t value);

/* How much was written so far. */
static inline size_t writer_offset(const struct writer *w)
{
    return w->flushed + w->used;
}

static inline void put_bytes(struct writer *w, const char *bytes, size_t size)
{
    if (size <= WRITER_SIZE - w->used && size) {
        memcpy(w->buffer + w->used, bytes, size);
        w->used += size;
    } else {
        put_bytes_slowly(w, bytes, size);
    }
}

static inline void put_short(struct writer *w, const struct short_text *t)
{
    if (WRITER_SIZE - w->used >= sizeof t->bytes) {
        memcpy(w->buffer + w->used, t->bytes, sizeof t->bytes);
        w->used += t->size;
    } else {
        put_bytes_slowly(w, t->bytes, t->size);
    }
}

static inline void put(struct writer *w, const char *text)
{
    put_bytes(w, text, strlen(text));
}

static inline void put_span(struct writer *w, struct span s)
{
    put_bytes(w, s.at, s.size);
}

#endif
