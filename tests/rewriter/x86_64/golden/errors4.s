# %r11 where what the rewriter adds would lose a value that no one has read
	.text
	movq	8(%rdi), %r11
	jmp	*16(%rdi)
	movq	8(%rdi), %r11
	addq	$8, %r11
	je	1f
	jmp	*table(,%rax,8)
1:	xchgq	%r11, %rax
	jmp	*(%rdi)
	leaq	8(%rdi), %r11
	movl	%fs:8, %eax
	jmp	g
	popq	%r11
	movq	%fs:0, %rax
	call	g
	movl	$1, %r11d
	movq	%fs:0, %rax
	jmp	*%rax
	movl	$1, %r11d
1:	jmp	*%fs:8
	movl	$1, %r11d
	jmp	2f
2:	movl	%fs:8, %eax
	movl	%r11d, %eax
	ret
