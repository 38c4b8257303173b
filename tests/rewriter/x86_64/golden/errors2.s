	.text
	leaq	x@tlsgd(%rip), %rdi
	movq	x@tlsld(%rip), %rdi
	movw	%ax, %sp
	xchgq	%rsp, (%rax)
	int	$0x80
	movq	%fs, %rax
	mov	%cr0, %rax
	jmp	.+5
	jmp	g+1
	btsq	%rax, %fs:8
	rep movsb %fs:(%rsi), (%rdi)
	enter	$8, $1
	.long	1
	movq	(%eip), %rax
	jmp	*%rsp
	movabsq	symbol, %rax
	movl	%r11d, %fs:8
	nop
	movq	$1, %r11
	call	f
	movq	%r11, %rax
	movq	%gs:0, %rax
	movq	%ds:8(%rax), %gs
	movl	%eax, %fs:(%rip)
	loop	1
