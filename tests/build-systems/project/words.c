// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "words.h"

#include <ctype.h>
#include <stdbool.h>

size_t words_count(const char *text)
{
    size_t count = 0;
    for (bool in = false; *text; text++) {
        bool letter = isalpha((unsigned char)*text);
        count += letter && !in;
        in = letter;
    }
    return count;
}
