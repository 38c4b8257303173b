// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A program for runtime.c, which is no Linux: all that it can do is make the calls of calls.h. From
 * musl it takes but syscall(), which puts a number and arguments where a system call has them.
 */
#include <string.h>
#include <unistd.h>

#include "calls.h"

static void print(const char *text)
{
    syscall(CALL_PRINT, text, strlen(text));
}

/* The loader calls this with the number of the host's arguments. */
void _start(int arguments)
{
    for (int i = 0; i < 3; i++) {
        char line[] = "call number ?\n";
        line[12] = (char)('0' + syscall(CALL_NEXT));
        print(line);
    }
    if (syscall(CALL_PRINT, (char *)1, 100) != 0)
        print("there is no text at 1\n");
    if (arguments > 0)
        *(volatile char *)8 = 1; /* a mistake */
    syscall(CALL_STOP, 7);
}
