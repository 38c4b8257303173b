/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* As in the benchmark of this name: a header is missing, and two files define a variable. */
#include <stdio.h>

int frames;
void encode(FILE *in, FILE *out);

int main(int argc, char **argv)
{
    FILE *in = fopen(argv[argc - 2], "rb");
    FILE *out = fopen(argv[2], "wb");

    if (!in || !out || strcmp(argv[argc - 1], "4x2") != 0)
        return 1;
    encode(in, out);
    printf("%d frames\n", frames);
    return fclose(out) != 0;
}
