	.bundle_align_mode	5
	.text
	.p2align	0
.Lf:
	movq	8(%rdi), %r11
	movq	16(%r11), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	0
.Lg:
	movq	%rdi, %r11
	addq	%r11, %rax
	movq	(%rax), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	0
.Lh:
	leaq	1(%rdi), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	callq	*%r11
	.bundle_unlock
	.p2align	5
	movq	8(%rdi), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	callq	*%r11
	.bundle_unlock
	.p2align	5
	movq	%rax, %r11
	.bundle_lock
	andl	$-32, %ecx
	addq	%gs:0x2f020, %rcx
	jmpq	*%rcx
	.bundle_unlock
	.p2align	0
.Li:
	imulq	$104, %rdi, %r11
	movq	(%r11), %rax
	call	g
	.p2align	5
	imulq	$8, %rdi, %r11
	movq	(%r11), %rax
	xorl	%r11d, %r11d
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	0
.Lj:
	movl	$1, %r11d
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f000
	.bundle_unlock
	.p2align	5
	movq	(%rdi), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	0
.Lk:
	movl	$1, %r11d
	jmp	.Lhere
	movq	(%rdi), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	0
.Lhere:
	movl	%r11d, %eax
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f008
	.bundle_unlock
	.p2align	5
	movq	%r11, %rdx
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	0
.Ll:
	movq	8(%rdi), %r11
	movq	(%rdi), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	callq	*%r11
	.bundle_unlock
	.p2align	5
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
