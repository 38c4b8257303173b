// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Output through a buffer. */
#include "writer.h"

#include <stdlib.h>

bool writer_start(struct writer *w, lfi_rewrite_sink_fn *sink, void *data)
{
    *w = (struct writer){.buffer = malloc(WRITER_SIZE), .sink = sink, .sink_data = data};
    return w->buffer != NULL;
}

static void flush(struct writer *w)
{
    if (w->used && !w->failed && !w->sink(w->sink_data, w->buffer, w->used))
        w->failed = true;
    w->flushed += w->used;
    w->used = 0;
}

void writer_finish(struct writer *w)
{
    flush(w);
    free(w->buffer);
    w->buffer = NULL;
}

void put_bytes_slowly(struct writer *w, const char *bytes, size_t size)
{
    while (size > WRITER_SIZE - w->used) {
        size_t part = WRITER_SIZE - w->used;
        memcpy(w->buffer + w->used, bytes, part);
        w->used = WRITER_SIZE;
        flush(w);
        bytes += part;
        size -= part;
    }
    if (size)
        memcpy(w->buffer + w->used, bytes, size);
    w->used += size;
}

void put_number(struct writer *w, int64_t value)
{
    char digits[24];
    char *p = digits + sizeof digits;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do
        *--p = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--p = '-';
    put_bytes(w, p, (size_t)(digits + sizeof digits - p));
}
