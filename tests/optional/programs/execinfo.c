// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who called: of a function, in a thread, in a signal handler. Prints the functions' names, or with
// an argument what backtrace_symbols() says of the first function that is not main's.
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEEP __attribute__((noinline, used))

enum { MOST = 64 };

// The function's name in a line of backtrace_symbols(), or "?".
static const char *name_in(const char *line, char *name, size_t size)
{
    const char *start = strchr(line, '(');
    const char *end = start ? strchr(start, '+') : NULL;
    if (!end || end == start + 1) {
        return "?";
    }
    snprintf(name, size, "%.*s", (int)(end - start - 1), start + 1);
    return name;
}

static void print(void *const *frames, int count)
{
    char **lines = backtrace_symbols(frames, count);
    for (int i = 0; i < count; i++) {
        char name[100];
        printf(" %s", name_in(lines[i], name, sizeof name));
        if (strstr(lines[i], "(main+")) {
            break; // what called main is the C library's
        }
    }
    printf("\n");
    free(lines);
}

static void remove_spaces(char *text)
{
    char *end = text;
    for (; *text; text++) {
        if (*text != ' ') {
            *end++ = *text;
        }
    }
    *end = '\0';
}

KEEP void innermost(int raw)
{
    void *frames[MOST];
    int count = backtrace(frames, MOST);
    if (raw) {
        backtrace_symbols_fd(frames, 2, STDOUT_FILENO);
        return;
    }
    print(frames, count);
    printf("at most 2: %d, none: %d, same callers: %d\n", backtrace(frames, 2),
           backtrace(frames, 0),
           backtrace(frames + 2, MOST - 2) == count && frames[1] == frames[3]);

    // The same lines through a file; glibc leaves a space out there.
    char text[1000] = "";
    char **lines = backtrace_symbols(frames, 2);
    int ends[2];
    if (pipe(ends) == 0) {
        backtrace_symbols_fd(frames, 2, ends[1]);
        read(ends[0], text, sizeof text - 1);
    }
    char wanted[1000];
    snprintf(wanted, sizeof wanted, "%s\n%s\n", lines[0], lines[1]);
    remove_spaces(text);
    remove_spaces(wanted);
    printf("fd: %s", strcmp(text, wanted) == 0 ? "the same\n" : text);
    free(lines);
}
KEEP void middle(int raw)
{
    innermost(raw);
    __asm__ volatile("");
}
KEEP void outer(int raw)
{
    middle(raw);
    __asm__ volatile("");
}

// glibc goes on behind a handler, with what was interrupted; here it ends.
KEEP void handler(int number)
{
    (void)number;
    void *frames[MOST];
    printf("handler:");
    print(frames, backtrace(frames, MOST) > 0);
}
KEEP void interrupted(void)
{
    raise(SIGUSR1);
    __asm__ volatile("");
}

KEEP void *in_thread(void *argument)
{
    void *frames[MOST];
    printf("thread:");
    print(frames, backtrace(frames, MOST) > 0);
    return argument;
}

int main(int argc, char **argv)
{
    (void)argv;
    setvbuf(stdout, NULL, _IONBF, 0);
    outer(argc > 1);
    if (argc > 1) {
        return 0;
    }
    signal(SIGUSR1, handler);
    interrupted();
    pthread_t thread;
    pthread_create(&thread, NULL, in_thread, NULL);
    pthread_join(thread, NULL);

    void *places[] = {(void *)outer, (void *)&argc, NULL};
    char **lines = backtrace_symbols(places, 3);
    char name[100];
    printf("a function: %s, a variable: %s, null: %s\n", name_in(lines[0], name, sizeof name),
           lines[1][0] == '[' ? "address" : lines[1], lines[2][0] == '[' ? "address" : lines[2]);
    free(lines);
    return 0;
}
