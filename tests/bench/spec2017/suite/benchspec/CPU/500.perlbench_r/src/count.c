/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Counts words in its input. As in the benchmark of this name: the platform is a macro, headers are
 * not included that glibc's others would include, and large files have names of their own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if !defined(SPEC_LP64) || !(defined(SPEC_LINUX_X64) || defined(SPEC_LINUX_AARCH64))
#error "the platform is not chosen"
#endif
#ifndef SPEC_NO_USE_STDIO_PTR
#define HOW_MANY(file) ((file)->_IO_read_end - (file)->_IO_read_ptr)
#else
#define HOW_MANY(file) 0
#endif

/* Returns int, and so needs no declaration in old C. */
static bad = 0;

int main(int argc, char **argv)
{
    off64_t size = 0;
    char line[4096];
    int *counts = calloc((size_t)argc, sizeof *counts);
    int file = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat status;

    if (file < 0 || fstat(file, &status) != 0 || !S_ISDIR(status.st_mode))
        bad = 1;
    while (fgets(line, sizeof line, stdin)) {
        size += (off64_t)strlen(line) + HOW_MANY(stdin);
        for (int i = 1; i < argc; i++)
            for (char *at = line; (at = strstr(at, argv[i])); at++)
                counts[i]++;
    }
    for (int i = 1; i < argc; i++)
        printf("%s: %d\n", argv[i], counts[i]);
    printf("%lld bytes\n", (long long)size);
    close(file);
    return bad;
}
