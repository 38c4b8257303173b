# docs/abi.md, "The stack"
	.text
	.globl	steps
	.type	steps,@function
steps:
	.cfi_startproc
	subq	$24, %rsp
	pushq	%rbx
	addq	$-24, %rsp
	.cfi_adjust_cfa_offset 24
	movq	%rdi, 8(%rsp)
	leaq	-24(%rsp), %rsp
	call	g
	subq	$24, %rsp
	movl	8(%rsp), %eax		# a load is an access, too
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
	ret
	subq	$-24, %rsp
	movl	(%rsp), %eax
	addq	$24, %rsp
	call	*8(%rsp)
	addq	$24, %rsp
	cmovel	8(%rsp), %eax		# conditional: no access
	addq	$24, %rsp
	shrl	%cl, 8(%rsp)		# by a count of zero: no access
	addq	$24, %rsp
	roll	8(%rsp)
	addq	$24, %rsp
	rcrl	$3, 8(%rsp)
	addq	$24, %rsp
	shldl	%cl, %ecx, 8(%rsp)
	subq	$24, %rsp
	lock
	cmpxchgl	%ecx, 8(%rsp)	# need not write
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
	ret
	.cfi_endproc

	.globl	red_zone
	.type	red_zone,@function
red_zone:
	movq	%rdi, -8(%rsp)
	subq	$24, %rsp
	movq	%rdi, %rax
	xorl	%eax, %eax
	subq	$24, %rsp
	movl	-8(%rsp), %eax		# at any near place
	addq	$24, %rsp
	movl	-8(%rsp), %eax
	ret

	.globl	writes
	.type	writes,@function
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
	ret
	enter	$32, $0
	xorl	%eax, %eax
	leaveq
	ret

	.globl	flags
	.type	flags,@function
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
1:
	ret
