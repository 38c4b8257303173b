// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The second wall: what a box that takes over the whole process can still do. The kernel refuses
 * host calls that the runtime does not make (seccomp), and files outside of the boxes' directories
 * (Landlock).
 *
 * Neither is certain to be available, and the first wall does not need them: what the kernel does
 * not have is reported, but is not an error.
 */
#include "filter.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "arch.h"
#include "linux/process.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/*
 * landlock(7), as in the kernel's uapi/linux/landlock.h: headers are older than kernels. The
 * numbers of the calls are the same on all architectures.
 */
enum { LANDLOCK_CREATE_RULESET = 444, LANDLOCK_ADD_RULE = 445, LANDLOCK_RESTRICT_SELF = 446 };
enum { CREATE_RULESET_VERSION = 1, RULE_PATH_BENEATH = 1 };

struct ruleset {
    uint64_t files, network, scoped;
};

struct __attribute__((packed)) beneath {
    uint64_t allowed;
    int32_t parent;
};

#define FS_EXECUTE    (1u << 0)
#define FS_MAKE_CHAR  (1u << 6)
#define FS_MAKE_SOCK  (1u << 9)
#define FS_MAKE_BLOCK (1u << 11)

/* The oldest version that lets a program rename from one directory to another. */
#define LANDLOCK_LEAST 2

/* All that a version can refuse. */
static struct ruleset everything(int version)
{
    unsigned files = version < 3 ? 14 : version < 5 ? 15 : 16;
    return (struct ruleset){
        .files = (1u << files) - 1,
        .network = version < 4 ? 0 : 3, /* to bind and to connect TCP sockets */
        .scoped = version < 6 ? 0 : 3,  /* abstract sockets and signals of other processes */
    };
}

static int allow_beneath(int ruleset, int directory, uint64_t allowed)
{
    const struct beneath rule = {.allowed = allowed, .parent = directory};
    return syscall(LANDLOCK_ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) ? -errno : 0;
}

static int allow_process(int ruleset, const struct lfi_process *process, uint64_t allowed)
{
    const struct linux_paths *paths = &process->paths;
    int error = 0;
    for (int i = 0; i < paths->count && !error; i++)
        error = allow_beneath(ruleset, paths->maps[i].fd, allowed);
    return error;
}

static int allow_named(int ruleset, const char *directory, uint64_t allowed,
                       struct lfi_error *error)
{
    int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int failed = fd < 0 ? -errno : allow_beneath(ruleset, fd, allowed);
    if (failed)
        linux_say(error, "%.200s: %s", directory, strerror(-failed));
    if (fd >= 0)
        close(fd);
    return failed;
}

/* How many threads there are, or 0 if that cannot be told. */
static int count_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;
    if (!tasks) /* no /proc: this does nothing, and works only while there is one thread */
        return !unshare(CLONE_THREAD);
    for (const struct dirent *entry; (entry = readdir(tasks));)
        count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

static int confine_files(const struct lfi_linux_confinement *what, struct lfi_linux_wall *wall,
                         const char **missing, struct lfi_error *error)
{
    int version = (int)syscall(LANDLOCK_CREATE_RULESET, NULL, 0, CREATE_RULESET_VERSION);
    if (version < LANDLOCK_LEAST) {
        *missing = version < 0 ? strerror(errno) : "too old for renames across directories";
        return 0;
    }
    /* Its rules apply to the calling thread, and to threads that it starts. */
    int threads = count_threads(), failed = 0;
    if (threads > 1) {
        linux_say(error, "the process has %d threads: confine it before it starts any", threads);
        return -EBUSY;
    }
    if (threads == 0) {
        *missing = "more threads than one, or no /proc to count them";
        return 0;
    }
    const struct ruleset refused = everything(version);
    const uint64_t allowed =
        refused.files & ~(uint64_t)(FS_EXECUTE | FS_MAKE_CHAR | FS_MAKE_SOCK | FS_MAKE_BLOCK);
    /* Older versions take a longer structure if the rest is zero. */
    int ruleset = (int)syscall(LANDLOCK_CREATE_RULESET, &refused, sizeof refused, 0);
    if (ruleset < 0) {
        *missing = strerror(errno);
        return 0;
    }
    for (size_t i = 0; i < what->process_count && !failed; i++) {
        failed = allow_process(ruleset, what->processes[i], allowed);
        if (failed)
            linux_say(error, "Landlock refuses a directory: %s", strerror(-failed));
    }
    for (size_t i = 0; i < what->directory_count && !failed; i++)
        failed = allow_named(ruleset, what->directories[i], allowed, error);
    if (!failed && syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0))
        *missing = strerror(errno);
    else if (!failed)
        wall->landlock = version;
    close(ruleset);
    return failed;
}

/*
 * Root's rights, as far as no call of the table needs them. What is left is of use with the files
 * that Landlock leaves, and to be root towards the limits as before. CAP_FSETID is not left: a file
 * that is written then loses its set-user-ID bit, whoever it belongs to.
 */
static int give_up_capabilities(void)
{
    static const int kept[] = {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_IPC_LOCK,
                               CAP_SYS_RESOURCE};
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0}};
    uint32_t keep = 0;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        keep |= CAP_TO_MASK(kept[i]); /* all of the first 32 */
    if (syscall(SYS_capget, &header, sets))
        return -errno;
    sets[0].effective &= keep;
    sets[0].permitted &= keep;
    sets[1].effective = sets[1].permitted = 0;
    sets[0].inheritable = sets[1].inheritable = 0;
    return syscall(SYS_capset, &header, sets) ? -errno : 0;
}

/*
 * SPEC_ALLOW: without it kernels before 5.16 turn off speculation past stores and indirect branch
 * prediction across threads for everything filtered, which slows boxes down. A host that wants this
 * asks for it itself, with prctl(PR_SET_SPECULATION_CTRL).
 */
static int confine_calls(const struct lfi_linux_confinement *what, struct lfi_linux_wall *wall,
                         const char **missing, struct lfi_error *error)
{
    const struct confine_filter_options options = {
        .arch = ARCH_FILTER,
        .pid = (uint32_t)getpid(),
        .later_code = what->later_code,
        .unlisted = SECCOMP_RET_ERRNO | ENOSYS,
    };
    struct confine_filter *filter = malloc(sizeof *filter);
    if (!filter) {
        linux_say(error, "out of memory");
        return -ENOMEM;
    }
    if (!confine_filter_build(filter, &options)) {
        linux_say(error, "the table of host calls is too long for a filter");
        free(filter);
        return -E2BIG;
    }
    struct sock_fprog program = {.len = (unsigned short)filter->length, .filter = filter->code};
    unsigned flags = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    if (result < 0 && errno == EINVAL) /* before Linux 4.17 */
        result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    if (result < 0)
        *missing = strerror(errno);
    free(filter);
    if (result > 0) {
        linux_say(error, "thread %ld has a system call filter of its own", result);
        return -EBUSY;
    }
    wall->filter = result == 0;
    return 0;
}

static void describe(struct lfi_linux_wall *wall, const char *no_filter, const char *no_landlock)
{
    char files[96] = "";
    if (wall->landlock)
        snprintf(files, sizeof files, "Landlock version %d", wall->landlock);
    else
        snprintf(files, sizeof files, "no Landlock (%.64s)", no_landlock);
    snprintf(wall->report, sizeof wall->report, "%s%s%s, %s",
             wall->filter ? "system call filter" : "no system call filter (",
             wall->filter ? "" : no_filter, wall->filter ? "" : ")", files);
}

int lfi_linux_confine_host(const struct lfi_linux_confinement *what, struct lfi_linux_wall *wall,
                           struct lfi_error *error)
{
    const char *no_filter = "built with a sanitizer", *no_landlock = no_filter;
    struct lfi_linux_wall unused;
    int failed = 0;
    if (!wall)
        wall = &unused;
    *wall = (struct lfi_linux_wall){0};
    if (error)
        error->message[0] = 0;
    if (!SANITIZED) {
        /* What the thread asks about itself only once is asked while it is answered. */
        failed = lfi_thread_prepare();
        if (failed) {
            linux_say(error, "cannot prepare the thread: %s", strerror(-failed));
            return failed;
        }
        lfi_thread_release();
        /* Under our filter this is refused. */
        if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) < 0) {
            linux_say(error, "this process is already confined");
            return -EALREADY;
        }
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
            failed = -errno;
            linux_say(error, "cannot give up new privileges: %s", strerror(-failed));
            return failed;
        }
        failed = give_up_capabilities();
        if (failed) {
            linux_say(error, "cannot give up capabilities: %s", strerror(-failed));
            return failed;
        }
        failed = confine_files(what, wall, &no_landlock, error);
        if (!failed)
            failed = confine_calls(what, wall, &no_filter, error);
    }
    if (!failed)
        describe(wall, no_filter, no_landlock);
    return failed;
}
