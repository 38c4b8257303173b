// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Messages of error().
#include <errno.h>
#include <error.h>
#include <stdio.h>

static void name(void)
{
    fprintf(stderr, "(name) ");
}

int main(void)
{
    printf("standard output comes first\n");
    error(0, 0, "plain %d", 1);
    error(0, ENOENT, "with a %s", "reason");
    error_at_line(0, 0, "file.c", 12, "at a line");
    error_one_per_line = 1;
    error_at_line(0, 0, "file.c", 13, "once");
    error_at_line(0, 0, "file.c", 13, "not twice");
    error_at_line(0, EISDIR, NULL, 14, "no file");
    error_print_progname = name;
    error(0, 0, "message %u", error_message_count);
    error(3, EPERM, "and out");
    return 0;
}
