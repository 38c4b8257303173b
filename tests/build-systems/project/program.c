// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Prints what configuring found, and counts the words of its arguments. */
#include <stdio.h>

#include "config.h"
#include "words.h"

int main(int argc, char **argv)
{
    printf("target: %s\n", words_target());
    printf("runs while configuring: %s\n", RUNS ? "yes" : "no");
    printf("zlib of the host: %s\n", HAVE_ZLIB ? "yes" : "no");
    for (int i = 1; i < argc; i++)
        printf("%zu %s\n", words_count(argv[i]), argv[i]);
    return 0;
}
