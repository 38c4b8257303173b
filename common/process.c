// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Running other programs. */
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

void arguments_add(struct arguments *arguments, const char *argument)
{
    if (arguments->count + 2 > arguments->room) {
        size_t room = arguments->room ? 2 * arguments->room : 32;
        const char **list = realloc(arguments->list, room * sizeof *list);
        if (!list) {
            arguments->failed = true;
            return;
        }
        arguments->list = list;
        arguments->room = room;
    }
    arguments->list[arguments->count++] = argument;
    arguments->list[arguments->count] = NULL;
}

void arguments_add_all(struct arguments *arguments, const struct arguments *others)
{
    for (size_t i = 0; i < others->count; i++)
        arguments_add(arguments, others->list[i]);
    arguments->failed |= others->failed;
}

void arguments_free(struct arguments *arguments)
{
    free(arguments->list);
    *arguments = (struct arguments){0};
}

pid_t process_start(const char *const command[], int input, int output, int error)
{
    const int streams[] = {
        [STDIN_FILENO] = input, [STDOUT_FILENO] = output, [STDERR_FILENO] = error};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes; /* signals that we ignore are not ignored by the program */
    sigset_t defaults;
    pid_t pid = -1;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed) {
        errno = failed;
        return -1;
    }
    for (int stream = 0; stream < 3 && !failed; stream++)
        if (streams[stream] >= 0)
            failed = posix_spawn_file_actions_adddup2(&actions, streams[stream], stream);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    if (!failed)
        failed =
            posix_spawnp(&pid, command[0], &actions, &attributes, (char *const *)command, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (failed) {
        errno = failed;
        return -1;
    }
    return pid;
}

pid_t process_start_arguments(const struct arguments *arguments, int input, int output, int error)
{
    if (!arguments->failed)
        return process_start(arguments->list, input, output, error);
    errno = ENOMEM;
    return -1;
}

int process_finish(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
