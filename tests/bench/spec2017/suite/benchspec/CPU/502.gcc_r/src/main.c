/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* As in the benchmark of this name: variables and functions that several files define, and inline
 * as before C99. */
#include <stdio.h>

int counter;
extern inline int twice(int x)
{
    return 2 * x;
}
int twice(int x)
{
    return 2 * x;
}
int twins(void)
{
    return 1;
}
int other(void);

int main(int argc, char **argv)
{
    FILE *out = fopen(argv[argc - 1], "w");

    counter = twice(20);
    if (!out || fprintf(out, "%d %s\n", other() + twins(), argv[1]) < 0)
        return 1;
    return fclose(out) != 0;
}
