// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Who and where the process is: numbers, names, limits. */
#include "process.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>

LIGHT_HANDLER(getpid)
{
    return call->process->pid;
}

LIGHT_HANDLER(getppid)
{
    (void)call;
    return 1; /* the box may not know who started the host */
}

LIGHT_HANDLER(getgroups)
{
    (void)call;
    return 0;
}

/* The kind of system and its release; the box may not know the name of the machine. */
HANDLER(uname)
{
    struct utsname name,
        told = {.sysname = "Linux", .nodename = "lfi", .version = "#1 LFI", .domainname = "(none)"};
    if (uname(&name))
        return -errno;
    memcpy(told.release, name.release, sizeof told.release);
    memcpy(told.machine, name.machine, sizeof told.machine);
    return lfi_copy_out(call->process->box, call->arg[0], &told, sizeof told);
}

static int64_t get_limit(struct call *call, uint64_t resource, uint64_t address)
{
    struct rlimit limit;
    int64_t failed = host(SYS_prlimit64, 0, resource, NULL, &limit);
    if (failed)
        return failed;
    pthread_mutex_lock(&call->process->lock);
    linux_limits_get(call->process, (unsigned)resource, &limit);
    pthread_mutex_unlock(&call->process->lock);
    return lfi_copy_out(call->process->box, address, &limit, sizeof limit);
}

HANDLER(getrlimit)
{
    return get_limit(call, call->arg[0], call->arg[1]);
}

/* Those of the box only: limit.c says which. */
static int64_t set_limit(struct call *call, uint64_t resource, const struct rlimit *limit)
{
    pthread_mutex_lock(&call->process->lock);
    int error = linux_limits_set(call->process, (unsigned)resource, limit);
    pthread_mutex_unlock(&call->process->lock);
    return error;
}

HANDLER(setrlimit)
{
    struct rlimit limit;
    if (lfi_copy_in(call->process->box, &limit, call->arg[1], sizeof limit))
        return -EFAULT;
    return set_limit(call, call->arg[0], &limit);
}

HANDLER(prlimit)
{
    struct rlimit new;
    uint64_t resource = call->arg[1];
    if (call->arg[0] != 0 && (int)call->arg[0] != call->process->pid)
        return -ESRCH;
    if (call->arg[2] && lfi_copy_in(call->process->box, &new, call->arg[2], sizeof new))
        return -EFAULT;
    int64_t error = call->arg[3] ? get_limit(call, resource, call->arg[3]) : 0;
    return error || !call->arg[2] ? error : set_limit(call, resource, &new);
}

/* ---- changes of identity: those that change nothing ------------------------------------------ */

/* The real, effective and saved one that the call is about. */
static void current(const struct call *call, uint32_t ids[3])
{
    switch (call->number) {
    case SYS_setuid:
    case SYS_setreuid:
    case SYS_setresuid:
    case SYS_setfsuid:
        getresuid(&ids[0], &ids[1], &ids[2]);
        break;
    default:
        getresgid(&ids[0], &ids[1], &ids[2]);
    }
}

HANDLER(setid)
{
    uint32_t ids[3], wanted = (uint32_t)call->arg[0];
    current(call, ids);
    return wanted == ids[0] && wanted == ids[1] && wanted == ids[2] ? 0 : -EPERM;
}

HANDLER(setreid)
{
    bool three = call->number == SYS_setresuid || call->number == SYS_setresgid;
    uint32_t ids[3];
    current(call, ids);
    for (int i = 0; i < (three ? 3 : 2); i++) {
        uint32_t wanted = (uint32_t)call->arg[i];
        if (wanted != UINT32_MAX && wanted != ids[i])
            return -EPERM;
    }
    return 0;
}

/* These tell of no error. */
HANDLER(setfsid)
{
    uint32_t ids[3];
    current(call, ids);
    return ids[1];
}

/* The process leads a session of its own, as getsid() says: setsid() is refused, and so is this. */
HANDLER(setpgid)
{
    int pid = (int)call->arg[0], group = (int)call->arg[1], own = call->process->pid;
    if (group < 0)
        return -EINVAL;
    if (pid && pid != own)
        return -ESRCH;
    return group && group != own ? -EPERM : 0;
}

/* Whether `which` and `who` of getpriority(2) mean this process. */
static int64_t is_meant(const struct call *call)
{
    int who = (int)call->arg[1];
    switch ((int)call->arg[0]) {
    case PRIO_PROCESS:
    case PRIO_PGRP:
        return who && who != call->process->pid ? -ESRCH : 0;
    case PRIO_USER:
        return who && who != (int)getuid() ? -ESRCH : 0;
    default:
        return -EINVAL;
    }
}

HANDLER(getpriority)
{
    int64_t error = is_meant(call);
    return error ? error : 20 - call->process->nice;
}

/* A process may make itself less important, and not undo it. The host's threads stay as they are.
 */
HANDLER(setpriority)
{
    int nice = (int)call->arg[2];
    int64_t error = is_meant(call);
    if (error)
        return error;
    nice = nice < -20 ? -20 : nice > 19 ? 19 : nice;
    pthread_mutex_lock(&call->process->lock);
    if (nice < call->process->nice)
        error = -EACCES;
    else
        call->process->nice = nice;
    pthread_mutex_unlock(&call->process->lock);
    return error;
}

HANDLER(prctl)
{
    char name[16] = "";
    bool names = (int)call->arg[0] == PR_SET_NAME || (int)call->arg[0] == PR_GET_NAME;
    if (names && call->thread->hosted) /* the thread and its name are the host's */
        return -EPERM;
    switch ((int)call->arg[0]) {
    case PR_SET_NAME: {
        ssize_t length = lfi_copy_string(call->process->box, name, call->arg[1], sizeof name);
        if (length < 0 && length != -ENAMETOOLONG)
            return length;
        name[sizeof name - 1] = 0;
        return host(SYS_prctl, PR_SET_NAME, name, 0, 0, 0);
    }
    case PR_GET_NAME:
        if (prctl(PR_GET_NAME, name, 0, 0, 0))
            return -errno;
        return lfi_copy_out(call->process->box, call->arg[1], name, sizeof name);
    default:
        return -EINVAL;
    }
}

/* There are no children. */
HANDLER(wait)
{
    (void)call;
    return -ECHILD;
}
