// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* For restricted.sh: tells what a box sees. cat FILE | write FILE | list DIR | env NAME | pwd | exe
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fail(const char *what)
{
    printf("%s: %s\n", what, strerror(errno));
    return 1;
}

int main(int argc, char **argv)
{
    char line[4096];
    const char *command = argc > 1 ? argv[1] : "", *name = argc > 2 ? argv[2] : "";
    if (!strcmp(command, "cat")) {
        FILE *file = fopen(name, "r");
        if (!file)
            return fail(name);
        while (fgets(line, sizeof line, file))
            fputs(line, stdout);
        fclose(file);
    } else if (!strcmp(command, "write")) {
        FILE *file = fopen(name, "w");
        if (!file)
            return fail(name);
        fputs("written in the box\n", file);
        fclose(file);
    } else if (!strcmp(command, "list")) {
        DIR *directory = opendir(name);
        if (!directory)
            return fail(name);
        for (struct dirent *entry; (entry = readdir(directory));)
            puts(entry->d_name);
        closedir(directory);
    } else if (!strcmp(command, "env")) {
        puts(getenv(name) ? getenv(name) : "not set");
    } else if (!strcmp(command, "pwd")) {
        puts(getcwd(line, sizeof line) ? line : strerror(errno));
    } else if (!strcmp(command, "closed")) { /* which of 0, 1 and 2 are, and what open returns */
        int status = 0;
        for (int fd = 0; fd < 3; fd++)
            status |= (fcntl(fd, F_GETFD) < 0) << fd;
        return status + 10 * open(name, O_RDONLY);
    } else if (!strcmp(command, "exe")) {
        ssize_t length = readlink("/proc/self/exe", line, sizeof line - 1);
        printf("%.*s\n", (int)(length < 0 ? 0 : length), line);
    } else {
        return 2;
    }
    return 0;
}
