// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The time of day. These go through the host's vDSO where it has one: no system call. */
#include "process.h"

#include <sys/time.h>
#include <time.h>

HANDLER(clock_gettime)
{
    struct timespec now;
    if (clock_gettime((clockid_t)call->arg[0], &now))
        return -errno;
    return lfi_copy_out(call->process->box, call->arg[1], &now, sizeof now);
}

HANDLER(gettimeofday)
{
    struct timeval now;
    int zone[2] = {0, 0};
    int error = gettimeofday(&now, NULL) ? -errno : 0;
    if (!error && call->arg[0])
        error = lfi_copy_out(call->process->box, call->arg[0], &now, sizeof now);
    if (!error && call->arg[1])
        error = lfi_copy_out(call->process->box, call->arg[1], zone, sizeof zone);
    return error;
}

HANDLER(time)
{
    int64_t now = time(NULL);
    if (call->arg[0] && lfi_copy_out(call->process->box, call->arg[0], &now, sizeof now))
        return -EFAULT;
    return now;
}
