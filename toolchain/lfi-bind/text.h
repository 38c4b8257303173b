// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Text that grows. Without memory it stays as it is, and `failed` is set. */
#ifndef LFI_BIND_TEXT_H
#define LFI_BIND_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
    char *bytes; /* ends in a zero byte, or NULL: empty */
    size_t size, room;
    bool failed;
};

void text_bytes(struct text *text, const char *bytes, size_t size);
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_free(struct text *text);

#endif
