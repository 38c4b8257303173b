// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <string.h>

int main(void)
{
    char line[100];
    int lines = 0;
    size_t bytes = 0;
    while (fgets(line, sizeof line, stdin)) {
        lines++;
        bytes += strlen(line);
        if (lines == 2)
            printf("second: %s", line);
    }
    printf("%d lines, %zu bytes, end %d\n", lines, bytes, feof(stdin) != 0);
}
