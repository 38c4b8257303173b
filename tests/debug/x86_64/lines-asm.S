// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hand-written lines: compilers say nothing of them, so lfi-as -g does.
#include "here.h"

	.text
	.globl	assembly
	.type	assembly, @function
assembly:
	pushq	%rbx
	movl	$3, %ebx
1:	HERE
	movq	%rsp, %rax
	movq	%rbx, (%rax)
	decl	%ebx
	jnz	1b
	movq	$3, (%rsp)
	HERE
	leaq	table(%rip), %rax
	movl	$1, %ecx
	movslq	(%rax,%rcx,4), %rcx
	addq	%rcx, %rax
	jmp	*%rax
2:	HERE
3:	HERE
#line 500 "generated.inc"
	HERE

	HERE
#line 31 "lines-asm.S"
	callq	twice
	HERE
	popq	%rbx
	ret
	.size	assembly, . - assembly

	.section .text.other, "ax", @progbits
	.type	twice, @function
twice:
	subq	$8, %rsp
	HERE
	HERE
	addq	$8, %rsp
	ret
	.size	twice, . - twice

	.section .rodata
	.p2align	2
table:
	.long	2b - table
	.long	3b - table
	.section .note.GNU-stack, "", @progbits
