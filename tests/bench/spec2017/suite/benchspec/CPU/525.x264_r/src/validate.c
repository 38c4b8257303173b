/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Compares what the benchmark wrote with the original. */
#include <stdio.h>

int main(int argc, char **argv)
{
    FILE *made = fopen(argv[1], "rb");
    FILE *original = fopen(argv[argc - 1], "rb");
    int same = 0, all = 0, c;

    if (!made || !original)
        return 1;
    while ((c = getc(made)) != EOF) {
        same += (c ^ 0x20) == getc(original);
        all++;
    }
    printf("%.4f\n", all ? (double)same / all : 0.0);
    return 0;
}
