// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Recognizes the names in procfs that speak of the host process, and makes the files it answers
 * with. */
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* The components of a path, from its end: part 0 is the last. */
enum { PARTS = 5 };
struct parts {
    const char *text[PARTS];
    size_t length[PARTS];
};

static struct parts split(const char *path)
{
    struct parts parts = {{0}, {0}};
    const char *end = path + strlen(path);
    for (int i = 0; i < PARTS && end > path; i++) {
        const char *start = end;
        while (start > path && start[-1] != '/')
            start--;
        parts.text[i] = start;
        parts.length[i] = (size_t)(end - start);
        end = start > path ? start - 1 : path;
    }
    return parts;
}

static bool is(const struct parts *parts, int i, const char *name)
{
    return i < PARTS && parts->text[i] && parts->length[i] == strlen(name) &&
           !memcmp(parts->text[i], name, parts->length[i]);
}

/* A number as procfs writes them, or -1. */
static int number(const struct parts *parts, int i)
{
    if (i >= PARTS || !parts->text[i] || parts->length[i] == 0 || parts->length[i] > 9)
        return -1;
    int value = 0;
    for (size_t k = 0; k < parts->length[i]; k++) {
        char digit = parts->text[i][k];
        if (digit < '0' || digit > '9')
            return -1;
        value = value * 10 + (digit - '0');
    }
    return value;
}

struct linux_proc_name linux_proc_parse(const char *path)
{
    static const struct {
        const char *name;
        enum linux_proc_kind kind;
    } names[] = {
        {"exe", LINUX_PROC_EXE},         {"cwd", LINUX_PROC_CWD},         {"root", LINUX_PROC_ROOT},
        {"cmdline", LINUX_PROC_CMDLINE}, {"environ", LINUX_PROC_ENVIRON},
    };
    struct linux_proc_name result = {LINUX_PROC_OTHER, false, -1};
    struct parts parts = split(path);
    int at = 1; /* the part that is a process or a thread */
    if (is(&parts, 1, "fd")) {
        result.fd = number(&parts, 0);
        result.kind = result.fd < 0 ? LINUX_PROC_OTHER : LINUX_PROC_FD;
        at = 2;
    } else if (is(&parts, 1, "map_files") || is(&parts, 1, "ns")) {
        result.kind = LINUX_PROC_MAGIC;
        at = 2;
    } else {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            if (is(&parts, 0, names[i].name))
                result.kind = names[i].kind;
        }
    }
    int process = number(&parts, at);
    if (process >= 0 && is(&parts, at + 1, "task") && number(&parts, at + 2) >= 0)
        process = number(&parts, at + 2);
    if (process <= 0)
        return (struct linux_proc_name){LINUX_PROC_OTHER, false, -1};
    result.own = process == (int)getpid() || !syscall(SYS_tgkill, getpid(), process, 0);
    return result;
}

bool linux_proc_holds(int fd)
{
    struct statfs system;
    return !fstatfs(fd, &system) && system.f_type == PROC_SUPER_MAGIC;
}

int linux_proc_list(char *const *list)
{
    int fd = memfd_create("proc", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    bool failed = fd < 0;
    for (; !failed && list && *list; list++) {
        const char *at = *list;
        size_t left = strlen(at) + 1;
        while (left && !failed) {
            ssize_t count = write(fd, at, left);
            failed = count <= 0;
            at += failed ? 0 : count;
            left -= failed ? 0 : (size_t)count;
        }
    }
    if (failed || lseek(fd, 0, SEEK_SET) ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)) {
        if (fd >= 0)
            close(fd);
        return -ENOMEM;
    }
    return fd;
}
