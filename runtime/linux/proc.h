// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The names in procfs that speak of a process. Those of the host's own process are answered for the
 * program in the box: its descriptors, its file, its arguments. Thread safe.
 */
#ifndef LFI_LINUX_PROC_H
#define LFI_LINUX_PROC_H

#include <limits.h>
#include <stdbool.h>

enum linux_proc_kind {
    LINUX_PROC_OTHER, /* nothing that is changed here */
    LINUX_PROC_EXE,   /* links that the kernel follows without a path */
    LINUX_PROC_CWD,
    LINUX_PROC_ROOT,
    LINUX_PROC_FD,    /* PID/fd/N */
    LINUX_PROC_MAGIC, /* map_files, ns */
    LINUX_PROC_CMDLINE,
    LINUX_PROC_ENVIRON,
};

struct linux_proc_name {
    enum linux_proc_kind kind;
    bool own; /* of this process or one of its threads */
    int fd;   /* of LINUX_PROC_FD */
};

/* `path` is the kernel's own name of a file in procfs, wherever that is mounted. */
struct linux_proc_name linux_proc_parse(const char *path);

/* Whether an open file lies in procfs. */
bool linux_proc_holds(int fd);

/* A sealed file of memory that holds the strings of a list, each with its final zero: a descriptor
 * or a negative errno value. */
int linux_proc_list(char *const *list);

/* What of the box the own process's names stand for. */
struct linux_fdtable;
struct linux_own {
    struct linux_fdtable *files;
    char *const *argv, *const *envp;
    char *const *program; /* *program: its path in the box, or NULL */
    void *data;
    int (*directory)(void *data, char path[PATH_MAX]); /* the working directory, in normal form */
};

#endif
