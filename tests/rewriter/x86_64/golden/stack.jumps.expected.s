	.bundle_align_mode	5
	.text
	.globl	steps
	.type	steps,@function
	.p2align	5
steps:
	.cfi_startproc
	subq	$24, %rsp
	pushq	%rbx
	addq	$-24, %rsp
	.cfi_adjust_cfa_offset 24
	.p2align	0
	movq	%rdi, 8(%rsp)
	leaq	-24(%rsp), %rsp
	call	g
	.p2align	5
	subq	$24, %rsp
	movl	8(%rsp), %eax
	subq	$24, %rsp
	movl	%eax, 8(%rdi)
	subq	$8, %rsp
	movl	%eax, %ecx
	subq	$16, %rsp
	movl	%eax, %ecx
	subq	$65537, %rsp
	movl	%eax, (%rsp)
	subq	$24, %rsp
	nop
	movl	%eax, (%rsp)
	addq	$24, %rsp
	popq	%rbx
	addq	$24, %rsp
	popq	%r11
	.cfi_escape	0x16, 16, 11, 0x12, 0x7b, 0, 0x27, 0x0c, 0xff, 0xff, 0xff, 0xff, 0x1a, 0x27
	.cfi_def_cfa_offset	24
	.p2align	0
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.cfi_def_cfa_offset	32
	.cfi_offset	16, -8
	subq	$-24, %rsp
	movl	(%rsp), %eax
	addq	$24, %rsp
	movq	8(%rsp), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	callq	*%r11
	.bundle_unlock
	.p2align	5
	addq	$24, %rsp
	cmovel	8(%rsp), %eax
	addq	$24, %rsp
	shrl	%cl, 8(%rsp)
	addq	$24, %rsp
	roll	8(%rsp)
	addq	$24, %rsp
	rcrl	$3, 8(%rsp)
	addq	$24, %rsp
	shldl	%cl, %ecx, 8(%rsp)
	subq	$24, %rsp
	lock cmpxchgl	%ecx, 8(%rsp)
	subq	$24, %rsp
	cmpxchg8b	8(%rsp)
	xorl	%eax, %eax
	leaq	24(%rsp), %rsp
	movl	%eax, 8(%rdi)
	xorl	%eax, %eax
	addq	$8, %rsp
	movl	%eax, %ecx
	xorl	%eax, %eax
	addq	$16, %rsp
	xorl	%eax, %eax
	leaq	24(%rsp), %rsp
	xorl	%eax, %eax
	popq	%r11
	.cfi_escape	0x16, 16, 11, 0x12, 0x7b, 0, 0x27, 0x0c, 0xff, 0xff, 0xff, 0xff, 0x1a, 0x27
	.cfi_def_cfa_offset	24
	.p2align	0
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.cfi_endproc
	.globl	red_zone
	.type	red_zone,@function
	.p2align	5
red_zone:
	movq	%rdi, -8(%rsp)
	subq	$24, %rsp
	movq	%rdi, %rax
	xorl	%eax, %eax
	subq	$24, %rsp
	movl	-8(%rsp), %eax
	addq	$24, %rsp
	movl	-8(%rsp), %eax
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.globl	writes
	.type	writes,@function
	.p2align	5
writes:
	movq	%rbp, %rsp
	xorl	%eax, %eax
	movq	48(%rdi), %rsp
	xorl	%eax, %eax
	leaq	-40(%rbp), %rsp
	xorl	%eax, %eax
	andq	$-32, %rsp
	andq	%rax, %rsp
	xorl	%eax, %eax
	andl	$-16, %esp
	xorl	%eax, %eax
	subq	%rax, %rsp
	xorl	%eax, %eax
	addq	%rax, %rsp
	xorl	%eax, %eax
	addq	(%rdi), %rsp
	xorl	%eax, %eax
	subq	$SIZE, %rsp
	xorl	%eax, %eax
	popq	%rsp
	xorl	%eax, %eax
	xchgq	%rsp, %rax
	xorl	%ecx, %ecx
	orq	%rax, %rsp
	xorl	%eax, %eax
	cmovneq	%rax, %rsp
	xorl	%eax, %eax
	incq	%rsp
	xorl	%eax, %eax
	pushq	%rsp
	leave
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	pushq	%rbp
	movq	%rsp, %rbp
	leaq	-32(%rsp), %rsp
	xorl	%eax, %eax
	leaveq
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.globl	flags
	.type	flags,@function
	.p2align	5
flags:
	cmpl	%eax, %ecx
	movq	%rbp, %rsp
	je	1f
	cmpl	%eax, %ecx
	leaq	24(%rsp), %rsp
	je	1f
	cmpl	%eax, %ecx
	leaq	-8(%rsp), %rsp
	je	1f
	.p2align	0
1:
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
