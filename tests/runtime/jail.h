// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Where tests go that make system calls at random: a namespace of its own for users, mounts,
 * processes, network and the rest, whose only files are an empty memory file system and a /proc
 * that cannot be written. No descriptor leads out either: fchmod(0) would change /dev/null, where
 * that is the standard input. Nothing that happens there changes the machine.
 */
#ifndef TEST_JAIL_H
#define TEST_JAIL_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static inline bool jail_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return written;
}

/*
 * A process with threads, such as TSan's, cannot get namespaces: unshare(1) puts it there, as the
 * first one. For an emulator whoever starts it does so (hostile.cmake).
 */
static inline void jail_start_again(char *const argv[])
{
    char program[4096];
    const char *command[32] = {"unshare", "--map-root-user", "--mount", "--pid",        "--net",
                               "--ipc",   "--uts",           "--fork",  "--kill-child", program};
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    if (size <= 0)
        return;
    program[size] = 0;
    for (size_t at = 10, i = 1; argv[i] && at + 1 < sizeof command / sizeof *command; at++, i++)
        command[at] = argv[i];
    execvp(command[0], (char *const *)command);
}

static inline bool jail_map_user(bool first)
{
    if (first)
        return true;
    char users[32], groups[32];
    snprintf(users, sizeof users, "0 %u 1", (unsigned)geteuid());
    snprintf(groups, sizeof groups, "0 %u 1", (unsigned)getegid());
    int namespaces =
        CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
    return !unshare(namespaces) && jail_write("/proc/self/setgroups", "deny") &&
           jail_write("/proc/self/uid_map", users) && jail_write("/proc/self/gid_map", groups);
}

static inline bool jail_mount(void)
{
    const unsigned long safe = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    return !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
           !mount("jail", "/tmp", "tmpfs", safe, "size=256m") && !mkdir("/tmp/proc", 0700) &&
           !mkdir("/tmp/tmp", 0700) &&
           !mount("proc", "/tmp/proc", "proc", safe | MS_RDONLY, NULL) && !chroot("/tmp") &&
           !chdir("/");
}

/* Input is an empty file of the jail, output the pipe; nothing else is open. */
static inline bool jail_close(int output)
{
    int input = open("/tmp/input", O_RDWR | O_CREAT, 0600);
    if (input < 0 || dup2(output, 1) != 1 || dup2(output, 2) != 2 || dup2(input, 0) != 0)
        return false;
    for (int fd = 3; fd < 1024; fd++)
        close(fd);
    return true;
}

/* Writes what comes out of the jail; returns how the child there ended. */
static inline int jail_watch(pid_t child, int output)
{
    char text[4096];
    int status;
    ssize_t size;
    while ((size = read(output, text, sizeof text)) > 0 || (size < 0 && errno == EINTR))
        if (size > 0)
            fwrite(text, 1, (size_t)size, stdout);
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/*
 * Goes on in a child in the jail and returns -1 there; in the parent the child's exit status. 77,
 * by convention a test that is skipped, where there can be no jail.
 */
static inline int jail(char *const argv[])
{
    const bool first = getpid() == 1;
    int status = 0, ends[2];
    fflush(NULL);
    if (pipe(ends))
        return 1;
    pid_t outer = fork(); /* so that the caller's own namespaces stay */
    if (outer > 0) {
        close(ends[1]);
        return jail_watch(outer, ends[0]);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (outer < 0 || !jail_map_user(first)) {
        if (errno == EINVAL)
            jail_start_again(argv);
        printf("skipped: no namespaces here: %s\n", strerror(errno));
        fflush(NULL);
        _exit(77);
    }
    pid_t inner = fork(); /* the first process of the new namespace */
    if (inner > 0) {
        bool ended = waitpid(inner, &status, 0) == inner;
        if (ended && WIFSIGNALED(status))
            printf("killed by signal %d\n", WTERMSIG(status));
        fflush(NULL);
        _exit(ended && WIFEXITED(status) ? WEXITSTATUS(status) : 1);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (inner < 0 || !jail_mount() || !jail_close(ends[1])) {
        printf("skipped: no file system of its own here: %s\n", strerror(errno));
        fflush(NULL);
        _exit(77);
    }
    return -1;
}

#endif
