// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A host call that a wake-up ends: wait.c. */
#include "linux/wait.h"

	.text
	.globl	linux_arch_wait, linux_arch_wait_start, linux_arch_wait_end, linux_arch_wait_woken
	.hidden	linux_arch_wait, linux_arch_wait_start, linux_arch_wait_end, linux_arch_wait_woken

/* int64_t linux_arch_wait(const atomic_int *wake, long number, const uint64_t arg[6]) */
	.p2align 5
	.type	linux_arch_wait, @function
linux_arch_wait:
	.cfi_startproc
	movq	%rdi, %rcx
	movq	%rsi, %rax
	movq	(%rdx), %rdi
	movq	8(%rdx), %rsi
	movq	24(%rdx), %r10
	movq	32(%rdx), %r8
	movq	40(%rdx), %r9
	movq	16(%rdx), %rdx
linux_arch_wait_start:
	cmpl	$0, (%rcx)
	jne	1f
	syscall			/* a signal that comes before it, or makes it start again, skips it */
linux_arch_wait_end:
	ret
linux_arch_wait_woken:
1:
	movq	$LINUX_NOT_BEGUN, %rax
	ret
	.cfi_endproc
	.size	linux_arch_wait, . - linux_arch_wait

	.section .note.GNU-stack,"",@progbits
