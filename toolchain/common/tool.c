// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lfi/abi.h>

static const struct {
    const char *name;   /* as --lfi-mode has it */
    const char *vendor; /* as a triple has it */
    int mode;
} modes[] = {
    {"full", "lfi", LFI_MODE_FULL},
    {"stores", "lfi_stores", LFI_MODE_STORES},
    {"jumps", "lfi_jumps", LFI_MODE_JUMPS},
    {"native", "native", MODE_NATIVE},
};

#define MODE_COUNT (sizeof modes / sizeof *modes)

int mode_from_name(const char *name)
{
    for (size_t i = 0; i < MODE_COUNT; i++)
        if (modes[i].mode != MODE_NATIVE && strcmp(name, modes[i].name) == 0)
            return modes[i].mode;
    return INT_MIN;
}

const char *mode_name(int mode)
{
    for (size_t i = 0; i < MODE_COUNT; i++)
        if (modes[i].mode == mode)
            return modes[i].name;
    return "?";
}

bool target_from_triple(struct target *target, const char *triple)
{
    size_t arch = strcspn(triple, "-");
    if (triple[arch] != '-' || arch >= sizeof target->arch ||
        strlen(triple) >= sizeof target->triple)
        return false;
    const char *vendor = triple + arch + 1;
    size_t vendor_size = strcspn(vendor, "-");
    if (strcmp(vendor + vendor_size, "-linux-musl") != 0)
        return false;
    for (size_t i = 0; i < MODE_COUNT; i++) {
        if (strlen(modes[i].vendor) == vendor_size &&
            memcmp(vendor, modes[i].vendor, vendor_size) == 0) {
            memcpy(target->arch, triple, arch);
            target->arch[arch] = 0;
            memcpy(target->triple, triple, strlen(triple) + 1);
            target->mode = modes[i].mode;
            return true;
        }
    }
    return false;
}

bool target_from_name(struct target *target, const char *called)
{
    char name[PATH_MAX];
    size_t size = strlen(called) + 1;
    if (size > sizeof name)
        return false;
    memcpy(name, called, size);
    char *base = strrchr(name, '/');
    char *dash = strrchr(base ? base : name, '-'); /* TRIPLE-as */
    if (dash) {
        *dash = 0;
        if (target_from_triple(target, base ? base + 1 : name))
            return true;
    }
    if (!base)
        return false;
    *base = 0; /* TRIPLE/as */
    char *folder = strrchr(name, '/');
    return target_from_triple(target, folder ? folder + 1 : name);
}

bool target_choose(struct target *target, const char *program, const char *called,
                   const char *triple, int mode)
{
    if (!(triple ? target_from_triple(target, triple) : target_from_name(target, called))) {
        fprintf(stderr,
                "%s: %s: neither the name nor the folder of this program says the target; call it "
                "as TRIPLE-%s, as the SDK's bin has it, or with --lfi-target=TRIPLE\n",
                program, triple ? triple : called, program + strlen("lfi-"));
        return false;
    }
    if (mode == INT_MIN || mode == target->mode)
        return true;
    target->mode = mode;
    for (size_t i = 0; i < MODE_COUNT; i++)
        if (modes[i].mode == mode)
            snprintf(target->triple, sizeof target->triple, "%s-%s-linux-musl", target->arch,
                     modes[i].vendor);
    return true;
}

bool sdk_path(char path[PATH_MAX], const char *inside)
{
    ssize_t size = readlink("/proc/self/exe", path, PATH_MAX - 1);
    if (size < 0)
        return false;
    path[size] = 0;
    for (int up = 0; up < 3; up++) { /* libexec/lfi/NAME */
        char *slash = strrchr(path, '/');
        if (!slash) {
            errno = ENOENT;
            return false;
        }
        *slash = 0;
    }
    size_t used = strlen(path);
    if (used + 1 + strlen(inside) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    path[used] = '/';
    memcpy(path + used + 1, inside, strlen(inside) + 1);
    return true;
}

void arguments_add(struct arguments *arguments, const char *argument)
{
    if (arguments->count + 2 > arguments->room) {
        size_t room = arguments->room ? 2 * arguments->room : 32;
        const char **list = realloc(arguments->list, room * sizeof *list);
        if (!list) {
            fputs("out of memory\n", stderr);
            abort();
        }
        arguments->list = list;
        arguments->room = room;
    }
    arguments->list[arguments->count++] = argument;
    arguments->list[arguments->count] = NULL;
}

pid_t start(const struct arguments *arguments, int input, int error)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (input >= 0)
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    if (error >= 0)
        posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO);
    posix_spawnattr_t attributes; /* whatever we ignore, the program starts as usual */
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    pid_t pid;
    int failed = posix_spawn(&pid, arguments->list[0], &actions, &attributes,
                             (char **)arguments->list, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (failed) {
        errno = failed;
        return -1;
    }
    return pid;
}

int finish(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool output_open(struct output *output, const char *path)
{
    struct stat status;
    output->path = path;
    output->special = stat(path, &status) == 0 && !S_ISREG(status.st_mode);
    int size;
    if (output->special) {
        if (S_ISDIR(status.st_mode)) {
            errno = EISDIR;
            return false;
        }
        const char *folder = getenv("TMPDIR");
        size = snprintf(output->temporary, PATH_MAX, "%s/lfi-XXXXXX", folder ? folder : "/tmp");
    } else {
        /* A rename would replace a link; its target is what is meant. */
        char real[PATH_MAX];
        size = snprintf(output->temporary, PATH_MAX, "%s.lfi-XXXXXX",
                        realpath(path, real) ? real : path);
    }
    if (size >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    int file = mkstemp(output->temporary);
    if (file < 0)
        return false;
    /* mkstemp() makes files private; an output has the usual rights. */
    mode_t mask = umask(0);
    umask(mask);
    fchmod(file, 0666 & ~mask);
    close(file);
    return true;
}

static bool copy(const char *from, const char *to)
{
    char buffer[1 << 16];
    ssize_t size = -1;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = in < 0 ? -1 : open(to, O_WRONLY | O_CLOEXEC);
    while (out >= 0 && (size = read(in, buffer, sizeof buffer)) > 0) {
        for (ssize_t done = 0; done < size;) {
            ssize_t written = write(out, buffer + done, (size_t)(size - done));
            if (written < 0) {
                size = -1;
                break;
            }
            done += written;
        }
        if (size < 0)
            break;
    }
    int error = errno;
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    errno = error;
    return size == 0;
}

bool output_commit(struct output *output)
{
    bool done;
    if (output->special) {
        done = copy(output->temporary, output->path);
    } else {
        char real[PATH_MAX];
        done = rename(output->temporary, realpath(output->path, real) ? real : output->path) == 0;
    }
    if (!done || output->special) {
        int error = errno;
        unlink(output->temporary);
        errno = error;
    }
    return done;
}

void output_discard(struct output *output)
{
    unlink(output->temporary);
}

/* The one piece of global state: a signal handler can be given nothing else. */
static const char *on_signal;

static void clean(int signal)
{
    unlink(on_signal);
    raise(signal); /* SA_RESETHAND: now it ends the program */
}

void output_clean_on_signal(struct output *output)
{
    on_signal = output->temporary;
    struct sigaction action = {.sa_handler = clean, .sa_flags = SA_RESETHAND};
    const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}
