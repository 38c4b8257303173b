	.bundle_align_mode	5
	.text
	.globl	f
	.type	f,@function
	.p2align	5
f:
	cmpq	%rsi, %rsi
	.bundle_lock
	movq	%gs:0x2f020, %r11
	movl	%edi, %edi
	leaq	(%rdi,%r11), %rdi
	stosb
	.bundle_unlock
	lahf
	movzbl	%ah, %eax
	cmpq	%rsi, %rsi
	.bundle_lock
	movq	%gs:0x2f020, %r11
	movl	%edi, %edi
	leaq	(%rdi,%r11), %rdi
	stosb
	.bundle_unlock
	setb	%al
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
