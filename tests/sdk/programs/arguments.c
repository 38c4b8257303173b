// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        printf("%d: '%s'\n", i, argv[i]);
    const char *value = getenv("LFI_TEST_VALUE");
    printf("%d %s %s\n", argc, value ? value : "unset", argv[argc] ? "more" : "end");
    return setenv("NEW", "value", 1) || !getenv("NEW");
}
