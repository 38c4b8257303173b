# %r11 through what the rewriter adds: each of these is fine
	.text
.Lf:
	movq	8(%rdi), %r11
	jmp	*16(%r11)
.Lg:
	movq	%rdi, %r11
	addq	%r11, %rax
	jmp	*(%rax)
.Lh:
	leaq	1(%rdi), %r11
	call	*%r11
	call	*8(%rdi)
	movq	%rax, %r11
	jmp	*%rcx
.Li:
	imulq	$104, %rdi, %r11
	movq	(%r11), %rax
	call	g
	imulq	$8, %rdi, %r11
	movq	(%r11), %rax
	xorl	%r11d, %r11d
	ret
.Lj:
	movl	$1, %r11d
	syscall
	jmp	*(%rdi)
.Lk:
	movl	$1, %r11d
	jmp	.Lhere
	jmp	*(%rdi)
.Lhere:
	movl	%r11d, %eax
	movq	%fs:0, %rdx
	ret
.Ll:
	movq	8(%rdi), %r11
	call	*(%rdi)
	ret
