# flags that a jump through a table would carry
	.text
	.globl	f
	.type	f,@function
f:
	leaq	table(%rip), %rdx
	movslq	(%rdx,%rcx,4), %rcx
	addq	%rdx, %rcx
	addq	%rsi, %rax
	jmp	*%rcx
1:
	leaq	1(%rdi), %rdi
	adcq	%rdi, %rax
	ret
2:
	decl	(%rdi)
	jne	1b
	ret
	.section	.rodata
table:
	.long	1b-table, 2b-table
