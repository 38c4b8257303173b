// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What tables and loader ask of the architecture, for AArch64. Macros only: linux/ and confine/ use
 * it. */
#ifndef LFI_LINUX_ARCH_H
#define LFI_LINUX_ARCH_H

/* Its column of syscalls.def and host_calls.def: the number of a system call. */
#define ARCH_NUMBER(x86_64, generic) generic

/* Whose programs run here, of <lfi/verifier.h>; whose filter of host calls, of confine/filter.h. */
#define ARCH_IMAGE  LFI_ARCH_AARCH64
#define ARCH_FILTER CONFINE_FILTER_AARCH64

/* MINSIGSTKSZ and AT_MINSIGSTKSZ: a handler's frame fits. */
#define ARCH_SIGNAL_STACK     5120u
#define ARCH_SIGNAL_STACK_ALL ARCH_SIGNAL_STACK

/* Of the vDSO. */
#define ARCH_VDSO_CLOCK "__kernel_clock_gettime"

#endif
