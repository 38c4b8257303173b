// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Text that grows. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_bytes(struct text *text, const char *bytes, size_t size)
{
    if (text->size + size + 1 > text->room) {
        size_t room = 2 * (text->size + size) + 256;
        char *more = text->failed ? NULL : realloc(text->bytes, room);
        if (!more) {
            text->failed = true;
            return;
        }
        text->bytes = more;
        text->room = room;
    }
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
    text->bytes[text->size] = 0;
}

void text_add(struct text *text, const char *format, ...)
{
    char *line;
    va_list values;
    va_start(values, format);
    int size = vasprintf(&line, format, values);
    va_end(values);
    if (size < 0) {
        text->failed = true;
        return;
    }
    text_bytes(text, line, (size_t)size);
    free(line);
}

void text_free(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}
