// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The names in procfs that speak of a process. Those of the host's own process are answered for the
 * program in the box: its descriptors, its file, its arguments. Thread safe.
 */
#ifndef LFI_LINUX_PROC_H
#define LFI_LINUX_PROC_H

#include <limits.h>
#include <stdbool.h>

enum lfi_proc_kind {
    LFI_PROC_OTHER, /* nothing that is changed here */
    LFI_PROC_EXE,   /* links that the kernel follows without a path */
    LFI_PROC_CWD,
    LFI_PROC_ROOT,
    LFI_PROC_FD,    /* PID/fd/N */
    LFI_PROC_MAGIC, /* map_files, ns */
    LFI_PROC_CMDLINE,
    LFI_PROC_ENVIRON,
};

struct lfi_proc_name {
    enum lfi_proc_kind kind;
    bool own; /* of this process or one of its threads */
    int fd;   /* of LFI_PROC_FD */
};

/* `path` is the kernel's own name of a file in procfs, wherever that is mounted. */
struct lfi_proc_name lfi_proc_parse(const char *path);

/* Whether an open file lies in procfs. */
bool lfi_proc_holds(int fd);

/* A sealed file of memory that holds the strings of a list, each with its final zero: a descriptor
 * or a negative errno value. */
int lfi_proc_list(char *const *list);

/* What of the box the own process's names stand for. */
struct lfi_fdtable;
struct lfi_own {
    struct lfi_fdtable *files;
    char *const *argv, *const *envp;
    char *const *program; /* *program: its path in the box, or NULL */
    void *data;
    int (*directory)(void *data, char path[PATH_MAX]); /* the working directory, in normal form */
};

#endif
