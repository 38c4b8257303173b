// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Outputs that appear whole or not at all. */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

static bool open_temporary(struct output *output, mode_t mode)
{
    output->fd = mkostemp(output->temporary, O_CLOEXEC);
    if (output->fd < 0)
        return false;
    if (mode == OUTPUT_MODE) { /* mkostemp() makes files private; an output has the usual rights */
        mode_t mask = umask(0);
        umask(mask);
        mode = 0666 & ~mask;
    }
    if (fchmod(output->fd, mode) == 0)
        return true;
    int error = errno;
    output_discard(output);
    errno = error;
    return false;
}

static bool name_temporary(struct output *output, const char *prefix)
{
    int size = snprintf(output->temporary, PATH_MAX, "%s.lfi-XXXXXX", prefix);
    if (size < PATH_MAX)
        return true;
    errno = ENAMETOOLONG;
    return false;
}

/*
 * What cannot be replaced: written to directly, or by another program into a temporary elsewhere.
 */
static bool open_special(struct output *output, enum output_use use, bool folder)
{
    if (folder) {
        errno = EISDIR;
        return false;
    }
    if (use == OUTPUT_WRITE) {
        output->fd = open(output->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        return output->fd >= 0;
    }
    const char *temporaries = getenv("TMPDIR");
    char prefix[PATH_MAX];
    int size = snprintf(prefix, PATH_MAX, "%s/output", temporaries ? temporaries : "/tmp");
    errno = ENAMETOOLONG;
    return size < PATH_MAX && name_temporary(output, prefix) && open_temporary(output, OUTPUT_MODE);
}

bool output_open(struct output *output, const char *path, enum output_use use, mode_t mode)
{
    struct stat status;
    output->path = path;
    output->target[0] = output->temporary[0] = 0;
    output->fd = -1;
    bool exists = stat(path, &status) == 0, good;
    if (use == OUTPUT_WRITE && strcmp(path, "-") == 0) {
        output->fd = STDOUT_FILENO;
        return true;
    }
    if (exists && !S_ISREG(status.st_mode)) {
        good = open_special(output, use, S_ISDIR(status.st_mode));
    } else {
        /* A rename would replace a link; its target is what is meant. */
        if (!realpath(path, output->target)) {
            int size = snprintf(output->target, PATH_MAX, "%s", path);
            if (size >= PATH_MAX) {
                errno = ENAMETOOLONG;
                return false;
            }
        }
        good = name_temporary(output, output->target) && open_temporary(output, mode);
    }
    if (good && use == OUTPUT_NAME) {
        close(output->fd);
        output->fd = -1;
    }
    return good;
}

static bool copy(const char *from, const char *to)
{
    struct file file;
    if (!file_read(from, &file))
        return false;
    int out = open(to, O_WRONLY | O_CLOEXEC);
    bool good = out >= 0 && file_write(out, file.bytes, file.size);
    int error = errno;
    free(file.bytes);
    if (out >= 0)
        close(out);
    errno = error;
    return good;
}

bool output_commit(struct output *output)
{
    bool good = output->fd < 0 || close(output->fd) == 0;
    output->fd = -1;
    if (!output->temporary[0])
        return good;
    if (output->target[0])
        good = good && rename(output->temporary, output->target) == 0;
    else
        good = good && copy(output->temporary, output->path);
    if (!good || !output->target[0]) {
        int error = errno;
        unlink(output->temporary);
        errno = error;
    }
    return good;
}

void output_discard(struct output *output)
{
    if (output->fd >= 0)
        close(output->fd);
    output->fd = -1;
    if (output->temporary[0])
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

bool output_printed(void)
{
    return fflush(stdout) == 0 && !ferror(stdout);
}
