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
    linux_limits_get(call->process, (unsigned)resource, &limit);
    return lfi_copy_out(call->process->box, address, &limit, sizeof limit);
}

HANDLER(getrlimit)
{
    return get_limit(call, call->arg[0], call->arg[1]);
}

/* Limits are the host's: they can be read, not set. */
HANDLER(prlimit)
{
    if (call->arg[0] != 0 && (int)call->arg[0] != call->process->pid)
        return -ESRCH;
    if (call->arg[2])
        return -EPERM;
    return call->arg[3] ? get_limit(call, call->arg[1], call->arg[3]) : 0;
}

HANDLER(prctl)
{
    char name[16] = "";
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
