// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define FUNCTION(name) .globl name; .type name, @function; name
	.text

FUNCTION(kept):
	movq	%rdi, %r11
	call	.Lchanges
	movq	%r11, %rax
	xorl	%ecx, %ecx
	call	.Leither
	imulq	$7, %rax, %rax
	addq	%r11, %rax
	movl	$9, %ecx
	call	.Leither
	imulq	$7, %rax, %rax
	addq	%r11, %rax
	ret
.Lchanges:
	addq	$1, %r11
	ret
.Leither:
	testq	%rcx, %rcx
	je	.Lchanges
	pushq	%rcx
	call	.Lother
	popq	%rcx
	jmp	.Lother
.Lother:
	subq	$24, %rsp
	movq	%rcx, 16(%rsp)
1:	decq	%rcx
	jne	1b
	movq	16(%rsp), %rcx
	addq	$24, %rsp
	ret

FUNCTION(kept_deep):
	call	1f
	movq	%r11, %rax
	ret
1:	testq	%rdi, %rdi
	je	2f
	pushq	%rdi
	decq	%rdi
	call	1b
	popq	%rdi
	leaq	3(%r11,%rdi), %r11
	ret
2:	movq	$100, %r11
	ret

FUNCTION(kept_arguments):
	pushq	%rdi
	pushq	%rsi
	call	.Ladd
	leaq	(%r11,%r11,2), %rax
	ret
.Ladd:
	movq	8(%rsp), %r11
	addq	16(%rsp), %r11
	ret	$16

/* The red zone of the called function is full, and of the calling one as far as a call leaves it. */
FUNCTION(kept_red_zone):
	movq	%rdi, %r11
	movq	%rdi, -16(%rsp)
	call	.Lfills
	movq	-16(%rsp), %rax
	imulq	$100, %rax, %rax
	addq	%r11, %rax
	ret
.Lfills:
	movq	%r11, -104(%rsp)
	movq	$3, -16(%rsp)
	addq	-104(%rsp), %r11
	addq	-16(%rsp), %r11
	ret
	.section .note.GNU-stack, "", @progbits
