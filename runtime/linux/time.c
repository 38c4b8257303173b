// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Time. That of day goes through the host's vDSO where it has one: no system call. */
#include "process.h"

#include <string.h>
#include <sys/time.h>
#include <time.h>

/*
 * Negative numbers are processor clocks of any process or thread, or what is behind a descriptor,
 * as the host counts them: make_process_cpuclock() and fd_to_clockid() of the kernel. Of those a
 * box has the clocks of its process and of the calling thread; false: the clock is another one.
 */
LFI_LIGHT static bool take_clock(struct call *call)
{
    const uint32_t clock = (uint32_t)call->arg[0], number = ~clock >> 3;
    int own = clock & 4 ? call->thread->tid : call->process->pid;
    if (clock >> 31 == 0)
        return true;
    if ((clock & 3) == 3 || (number && number != (uint32_t)own))
        return false;
    call->arg[0] = ~7u | clock; /* number 0: the caller */
    return true;
}

HANDLER(clock_gettime)
{
    struct timespec now;
    if (!take_clock(call))
        return -EINVAL;
    if (clock_gettime((clockid_t)call->arg[0], &now))
        return -errno;
    return lfi_copy_out(call->process->box, call->arg[1], &now, sizeof now);
}

LIGHT_HANDLER(light_clock_gettime)
{
    struct timespec now;
    if (!call->process->clock)
        return LINUX_NOT_LIGHT;
    if (!take_clock(call))
        return -EINVAL;
    long error = call->process->clock((int)call->arg[0], &now);
    return error ? error : lfi_copy_out(call->process->box, call->arg[1], &now, sizeof now);
}

/* Of calls that go to the host with a clock. */
LIGHT_HANDLER(light_clock)
{
    return take_clock(call) ? LINUX_HOST_CALL : -EINVAL;
}

HANDLER(clock_getres)
{
    return take_clock(call) ? host(SYS_clock_getres, call->arg[0], call->arg[1]) : -EINVAL;
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
    if (clock && !take_clock(call))
        return -EINVAL;
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
