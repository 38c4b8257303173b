// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define FUNCTION(name) .globl name; .type name, @function; name
	.text

FUNCTION(kept):
	leaq	.Lchanges(%rip), %rdx
	movq	%rdi, %r11
	call	*%rdx
	movq	%r11, %rax
	leaq	.Lleaves(%rip), %rdx
	call	*%rdx
	imulq	$7, %rax, %rax
	addq	%r11, %rax
	ret
.Lchanges:
	addq	$1, %r11
	ret
.Lleaves:
	leaq	.Lchanges(%rip), %rdx
	jmp	*%rdx

FUNCTION(kept_far):
	movq	%rdi, %r11
	call	far
	movq	%r11, %rax
	ret
	.weak	far
far:	leaq	5(%r11), %r11
	ret
	.section .note.GNU-stack, "", @progbits
