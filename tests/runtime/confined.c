// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Linked into a test, puts the filter of host calls before it, or with CONFINED_BY_MAIN when the
 * test says so, in the form that allows code to be loaded later. What gets ENOSYS otherwise ends
 * the process here, so that no host call that is missing in the table goes unseen.
 */
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arch.h"
#include "confine/filter.h"

#ifndef CONFINED_BY_MAIN
__attribute__((constructor))
#endif
void put_up_filter(void);

void put_up_filter(void)
{
    static struct confine_filter filter;
    const struct confine_filter_options options = {
        .arch = ARCH_FILTER,
        .pid = (uint32_t)getpid(),
        .later_code = true,
        .unlisted = SECCOMP_RET_KILL_PROCESS,
    };
    /* What hostile-calls.c sets for itself, which it cannot behind the filter. */
    const struct rlimit most = {1 << 20, 1 << 20};
    setrlimit(RLIMIT_FSIZE, &most);
    if (!confine_filter_build(&filter, &options))
        abort();
    struct sock_fprog program = {.len = (unsigned short)filter.length, .filter = filter.code};
    /* Without filters (QEMU has none) the test runs as it does elsewhere. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
        perror("no filter of host calls");
}
