// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Time. That of day goes through the host's vDSO where it has one: no system call. */
#include "process.h"

#include <string.h>
#include <sys/time.h>
#include <time.h>

HANDLER(clock_gettime)
{
    struct timespec now;
    if (clock_gettime((clockid_t)call->arg[0], &now))
        return -errno;
    return lfi_copy_out(call->process->box, call->arg[1], &now, sizeof now);
}

LIGHT_HANDLER(light_clock_gettime)
{
    struct timespec now;
    if (!call->process->clock)
        return LINUX_NOT_LIGHT;
    long error = call->process->clock((int)call->arg[0], &now);
    return error ? error : lfi_copy_out(call->process->box, call->arg[1], &now, sizeof now);
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

LIGHT_HANDLER(light_gettimeofday)
{
    struct timespec now;
    if (!call->process->clock || call->arg[1] || call->process->clock(CLOCK_REALTIME, &now))
        return LINUX_NOT_LIGHT;
    struct timeval told = {now.tv_sec, now.tv_nsec / 1000};
    return call->arg[0] ? lfi_copy_out(call->process->box, call->arg[0], &told, sizeof told) : 0;
}

HANDLER(time)
{
    int64_t now = time(NULL);
    if (call->arg[0] && lfi_copy_out(call->process->box, call->arg[0], &now, sizeof now))
        return -EFAULT;
    return now;
}

LIGHT_HANDLER(light_time)
{
    struct timespec now;
    if (!call->process->clock || call->process->clock(CLOCK_REALTIME_COARSE, &now))
        return LINUX_NOT_LIGHT;
    int64_t seconds = now.tv_sec;
    if (call->arg[0] && lfi_copy_out(call->process->box, call->arg[0], &seconds, sizeof seconds))
        return -EFAULT;
    return seconds;
}

/*
 * nanosleep and clock_nanosleep. A sleep that did not begin has all of its time left, and one that
 * begins again what the kernel stored.
 */
HANDLER(sleep)
{
    bool clock = call->number == SYS_clock_nanosleep;
    uint64_t arg[6], request = call->arg[clock ? 2 : 0], remain = call->arg[clock ? 3 : 1];
    struct timespec left;
    if (lfi_copy_in(call->process->box, &left, request, sizeof left))
        return -EFAULT;
    memcpy(arg, call->arg, sizeof arg);
    arg[clock ? 2 : 0] = arg[clock ? 3 : 1] = (uintptr_t)&left;
    call->final = true;
    int64_t result = linux_wait(call->thread, call->number, arg);
    if (result != -EINTR || !remain || (clock && (call->arg[1] & TIMER_ABSTIME)))
        return result;
    return lfi_copy_out(call->process->box, remain, &left, sizeof left) ? -EFAULT : result;
}
