# Scratch of a conditional branch that is taken.
	.text
	.globl	taken
taken:
	movl	%edi, %r11d
	jecxz	1f
	movl	$61, %r11d
1:	addq	%r11, %rax
	ret
