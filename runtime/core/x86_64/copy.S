// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Copying to and from memory that may be unmapped at any time. Leaf functions that use no stack, so
 * that the fault handler can end any of their instructions by continuing at machine_copy_fault.
 */
#include <asm/errno.h> /* errno.h of some C libraries is for C only */

	.text
	.globl	machine_copy_start, machine_copy_end, machine_copy_fault
	.hidden	machine_copy_start, machine_copy_end, machine_copy_fault
	.globl	machine_copy, machine_copy_string
	.hidden	machine_copy, machine_copy_string

machine_copy_start:

/* long machine_copy(void *to, const void *from, size_t size) */
	.p2align 5
	.type	machine_copy, @function
machine_copy:
	.cfi_startproc
	movq	%rdx, %rcx
	cmpq	$8, %rdx
	je	8f
	ja	.Lmany
	cmpl	$4, %edx
	je	4f
	cmpl	$2, %edx
	je	2f
	rep movsb		/* 0, 1, 3, 5, 6, 7 */
	xorl	%eax, %eax
	ret
8:	movq	(%rsi), %rax
	movq	%rax, (%rdi)
	xorl	%eax, %eax
	ret
4:	movl	(%rsi), %eax
	movl	%eax, (%rdi)
	xorl	%eax, %eax
	ret
2:	movzwl	(%rsi), %eax
	movw	%ax, (%rdi)
	xorl	%eax, %eax
	ret
.Lmany:
	cmpq	$512, %rdx
	jae	.Lrep
	shrq	$3, %rcx
	andl	$7, %edx
0:	movq	(%rsi), %rax
	movq	%rax, (%rdi)
	addq	$8, %rsi
	addq	$8, %rdi
	decq	%rcx
	jnz	0b
	testl	%edx, %edx
	jz	.Ldone
1:	movzbl	(%rsi), %eax
	movb	%al, (%rdi)
	incq	%rsi
	incq	%rdi
	decl	%edx
	jnz	1b
.Ldone:
	xorl	%eax, %eax
	ret
.Lrep:
	rep movsb
	xorl	%eax, %eax
	ret
	.cfi_endproc
	.size	machine_copy, . - machine_copy

/* long machine_copy_string(char *to, const char *from, size_t max) */
	.p2align 5
	.type	machine_copy_string, @function
machine_copy_string:
	.cfi_startproc
	xorl	%eax, %eax
0:	cmpq	%rdx, %rax
	je	1f
	movzbl	(%rsi,%rax), %ecx
	movb	%cl, (%rdi,%rax)
	testl	%ecx, %ecx
	je	1f
	incq	%rax
	jmp	0b
1:	ret
	.cfi_endproc
	.size	machine_copy_string, . - machine_copy_string

machine_copy_end:

machine_copy_fault:
	.cfi_startproc
	movq	$-EFAULT, %rax
	ret
	.cfi_endproc

	.section .note.GNU-stack,"",@progbits
