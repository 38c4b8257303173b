# a value in %r11 that a jump through memory would lose
	.text
	.globl	f
	.type	f,@function
f:
	movq	%rsi, %r11
	addq	%r11, %rax
	jmp	*(%rdx)
	.type	g,@function
g:
	leaq	table(%rip), %rdx
	jmp	*%rdx
1:
	addq	%r11, %rax
	ret
	.section	.data.rel.ro,"aw"
table:
	.quad	1b
	leaq	8(%rip), %rax
