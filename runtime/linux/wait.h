// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What wait.c and its assembly share. */
#ifndef LFI_LINUX_WAIT_H
#define LFI_LINUX_WAIT_H

#define LINUX_NOT_BEGUN (-512) /* ERESTARTSYS: no result of the kernel */

#ifndef __ASSEMBLER__
#include <stdatomic.h>
#include <stdint.h>

/* Makes the host's call unless *wake is set, or a wake-up comes first: then LINUX_NOT_BEGUN. */
int64_t linux_arch_wait(const atomic_int *wake, long number, const uint64_t arg[6])
    __attribute__((visibility("hidden")));
/* Between the first two the call has not begun, or has to begin again; the third is its end. */
extern const char linux_arch_wait_start[], linux_arch_wait_end[],
    linux_arch_wait_woken[] __attribute__((visibility("hidden")));
#endif

#endif
