// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What tables and loader ask of the architecture, for x86-64. Macros only: linux/ and confine/ use
 * it. */
#ifndef LFI_LINUX_ARCH_H
#define LFI_LINUX_ARCH_H

/* Its column of syscalls.def and host_calls.def: the number of a system call. */
#define ARCH_NUMBER(x86_64, generic) x86_64

/* Whose programs run here, of <lfi/verifier.h>; whose filter of host calls, of confine/filter.h. */
#define ARCH_IMAGE  LFI_ARCH_X86_64
#define ARCH_FILTER CONFINE_FILTER_X86_64

/* MINSIGSTKSZ: a handler's frame fits, unless AVX-512 is in use. AT_MINSIGSTKSZ: it fits always. */
#define ARCH_SIGNAL_STACK     2048u
#define ARCH_SIGNAL_STACK_ALL 3584u

/* Of the vDSO. */
#define ARCH_VDSO_CLOCK "__vdso_clock_gettime"

#endif
