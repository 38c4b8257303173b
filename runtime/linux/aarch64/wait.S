// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A host call that a wake-up ends: wait.c. */
#include "linux/wait.h"

	.text
	.globl	linux_arch_wait, linux_arch_wait_start, linux_arch_wait_end, linux_arch_wait_woken
	.hidden	linux_arch_wait, linux_arch_wait_start, linux_arch_wait_end, linux_arch_wait_woken

/* int64_t linux_arch_wait(const atomic_int *wake, long number, const uint64_t arg[6]) */
	.p2align 4
	.type	linux_arch_wait, %function
linux_arch_wait:
	.cfi_startproc
	hint	#34			/* bti c */
	mov	x9, x0
	mov	x8, x1
	mov	x10, x2
	ldp	x0, x1, [x10]
	ldp	x2, x3, [x10, #16]
	ldp	x4, x5, [x10, #32]
linux_arch_wait_start:
	ldar	w11, [x9]		/* after the store of host_tid */
	cbnz	w11, 1f
	svc	#0			/* a signal that comes before it, or makes it start again, skips it */
linux_arch_wait_end:
	ret
linux_arch_wait_woken:
1:
	mov	x0, #LINUX_NOT_BEGUN
	ret
	.cfi_endproc
	.size	linux_arch_wait, . - linux_arch_wait

#include "bti_note.inc"

	.section .note.GNU-stack,"",%progbits
