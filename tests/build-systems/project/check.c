// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The test program of the project. */
#include <stdio.h>
#include <string.h>

#include "words.h"

static const struct {
    const char *text;
    size_t count;
} cases[] = {
    {"", 0}, {" ", 0}, {"word", 1}, {" a few  words, all told ", 5}, {"1+1", 0},
};

/* Arguments come from CMake only: they must be as CMakeLists.txt has them. */
int main(int argc, char **argv)
{
    int failures =
        argc != 1 && !(argc == 3 && strchr(argv[1], ';') != NULL && strcmp(argv[2], "") == 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t count = words_count(cases[i].text);
        if (count != cases[i].count) {
            printf("'%s': %zu words, not %zu\n", cases[i].text, count, cases[i].count);
            failures++;
        }
    }
    return failures != 0;
}
