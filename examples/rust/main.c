// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Calls words.rs; with an argument, in a way that makes it panic. */
#include <stdio.h>
#include <string.h>

size_t words(const char *text, size_t size, char *out, size_t room);
unsigned char fails(size_t index);

int main(int count, char **arguments)
{
    static const char text[] = "the box, the host and the wall";
    char out[200];
    (void)arguments;
    fwrite(out, 1, words(text, strlen(text), out, sizeof out), stdout);
    fflush(stdout);
    return count > 1 ? fails((size_t)count + 2) : 0;
}
