/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Makes the benchmark's input. */
#include <ctype.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    FILE *in = fopen(argv[2], "r");
    FILE *out = fopen(argv[argc - 1], "w");
    int c;

    if (!in || !out)
        return 1;
    while ((c = getc(in)) != EOF)
        putc(toupper(c), out);
    return fclose(out) != 0;
}
