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
	.cfi_def_cfa_offset	56
	.p2align	0
	movl	%eax, (%rsp)
	.cfi_def_cfa_offset	32
	.p2align	0
	movl	%eax, %gs:8(%edi)
	pushq	%rax
	.cfi_def_cfa_offset	32
	.p2align	0
	movl	%eax, %ecx
	pushq	%rax
	.cfi_def_cfa_offset	40
	.p2align	0
	pushq	%rax
	.cfi_def_cfa_offset	32
	.p2align	0
	movl	%eax, %ecx
	.bundle_lock
	subl	$65537, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
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
	.cfi_def_cfa_offset	8
	.p2align	0
	movl	(%rsp), %r11d
	.cfi_def_cfa_offset	32
	.p2align	0
	cmovel	8(%rsp), %eax
	addq	$24, %rsp
	.cfi_def_cfa_offset	8
	.p2align	0
	testl	%eax, (%rsp)
	.cfi_def_cfa_offset	32
	.p2align	0
	shrl	%cl, 8(%rsp)
	addq	$24, %rsp
	.cfi_def_cfa_offset	8
	.p2align	0
	testl	%eax, (%rsp)
	.cfi_def_cfa_offset	32
	.p2align	0
	roll	8(%rsp)
	addq	$24, %rsp
	.cfi_def_cfa_offset	8
	.p2align	0
	movl	(%rsp), %r11d
	.cfi_def_cfa_offset	32
	.p2align	0
	rcrl	$3, 8(%rsp)
	addq	$24, %rsp
	.cfi_def_cfa_offset	8
	.p2align	0
	testl	%eax, (%rsp)
	.cfi_def_cfa_offset	32
	.p2align	0
	shldl	%cl, %ecx, 8(%rsp)
	subq	$24, %rsp
	.cfi_def_cfa_offset	56
	.p2align	0
	movl	%eax, (%rsp)
	.cfi_def_cfa_offset	32
	.p2align	0
	lock cmpxchgl	%ecx, 8(%rsp)
	subq	$24, %rsp
	.cfi_def_cfa_offset	56
	.p2align	0
	movl	%eax, (%rsp)
	.cfi_def_cfa_offset	32
	.p2align	0
	cmpxchg8b	8(%rsp)
	xorl	%eax, %eax
	leaq	24(%rsp), %rsp
	.cfi_def_cfa_offset	8
	.p2align	0
	testl	%eax, (%rsp)
	.cfi_def_cfa_offset	32
	.p2align	0
	movl	%eax, %gs:8(%edi)
	xorl	%eax, %eax
	popq	%r11
	.cfi_def_cfa_offset	32
	.p2align	0
	movl	%eax, %ecx
	xorl	%eax, %eax
	popq	%r11
	.cfi_def_cfa_offset	24
	.p2align	0
	popq	%r11
	.cfi_def_cfa_offset	32
	.p2align	0
	xorl	%eax, %eax
	leaq	24(%rsp), %rsp
	.cfi_def_cfa_offset	8
	.p2align	0
	testl	%eax, (%rsp)
	.cfi_def_cfa_offset	32
	.p2align	0
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
	.bundle_lock
	subl	$24, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
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
	.bundle_lock
	movl	%ebp, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	xorl	%eax, %eax
	.bundle_lock
	movl	%gs:48(%edi), %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	xorl	%eax, %eax
	.bundle_lock
	leal	-40(%rbp), %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	xorl	%eax, %eax
	andq	$-32, %rsp
	.bundle_lock
	andl	%eax, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	xorl	%eax, %eax
	.bundle_lock
	andl	$-16, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	xorl	%eax, %eax
	.bundle_lock
	subl	%eax, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	xorl	%eax, %eax
	.bundle_lock
	addl	%eax, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	xorl	%eax, %eax
	movq	%rsp, %r11
	addq	%gs:(%edi), %r11
	.bundle_lock
	movl	%r11d, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	xorl	%eax, %eax
	.bundle_lock
	subl	$SIZE, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	xorl	%eax, %eax
	.bundle_lock
	movl	(%rsp), %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	xorl	%eax, %eax
	movq	%rsp, %r11
	.bundle_lock
	movl	%eax, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	movq	%r11, %rax
	xorl	%ecx, %ecx
	movq	%rsp, %r11
	orq	%rax, %r11
	.bundle_lock
	movl	%r11d, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	xorl	%eax, %eax
	movq	%rsp, %r11
	cmovneq	%rax, %r11
	.bundle_lock
	movl	%r11d, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	xorl	%eax, %eax
	.bundle_lock
	leal	1(%rsp), %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	xorl	%eax, %eax
	pushq	%rsp
	.bundle_lock
	movl	%ebp, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	popq	%rbp
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	pushq	%rbp
	movq	%rsp, %rbp
	.bundle_lock
	leal	-32(%rsp), %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	xorl	%eax, %eax
	.bundle_lock
	movl	%ebp, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	popq	%rbp
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
	.bundle_lock
	movq	%gs:0x2f020, %r11
	movl	%ebp, %esp
	leaq	(%rsp,%r11), %rsp
	.bundle_unlock
	je	1f
	cmpl	%eax, %ecx
	leaq	24(%rsp), %rsp
	movl	(%rsp), %r11d
	je	1f
	cmpl	%eax, %ecx
	leaq	-8(%rsp), %rsp
	movl	%eax, (%rsp)
	je	1f
	.p2align	0
1:
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
