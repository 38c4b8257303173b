// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* An ordinary program with a C library, which makes one call more than Linux has. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CALL_ASK = 5000 }; /* (question, answer, size): the size of the answer */

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char answer[80] = "";
        if (syscall(CALL_ASK, argv[i], answer, sizeof answer) < 0)
            printf("%s? %s\n", argv[i], strerror(errno));
        else
            printf("%s? %s\n", argv[i], answer);
    }
    if (syscall(SYS_getppid) < 0)
        printf("parent: %s\n", strerror(errno));
    return 0;
}
