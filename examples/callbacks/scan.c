// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The library, with state of each thread. */
#include "scan.h"

#include <ctype.h>

static _Thread_local size_t longest_word;

size_t scan(const char *text, size_t size, found_fn *found, void *data)
{
    size_t count = 0;
    for (size_t at = 0; at < size;) {
        size_t end = at;
        while (end < size && isalpha((unsigned char)text[end]))
            end++;
        if (end == at) {
            at++;
            continue;
        }
        if (end - at > longest_word)
            longest_word = end - at;
        count++;
        if (found(data, at, end - at))
            break;
        at = end;
    }
    return count;
}

size_t longest(void)
{
    return longest_word;
}
