	.bundle_align_mode	5
	.text
	.globl	f
	.type	f,@function
	.p2align	5
f:
	movq	%gs:(%edi), %rax
	movq	%gs:8(%edi,%esi,4), %rax
	movl	%eax, %gs:-8(%ebp)
	addl	$1, %gs:table(,%ecx,8)
	addq	%gs:(%r14d,%r15d), %rdx
	movb	$0, %gs:(%eax)
	movq	8(%rsp), %rax
	movq	%rax, 65536(%rsp)
	movq	%rax, %gs:65537(%esp)
	movq	%gs:-65537(%esp), %rax
	movq	%gs:FOO(%esp), %rax
	movq	(2+3)*8-1(%rsp), %rax
	movq	%gs:(%esp,%ecx,8), %rax
	movq	%rax, %gs:16(%esp,%ecx)
	movq	8(%rsp), %rax
	movq	x(%rip), %rax
	movq	%rax, x+8(%rip)
	movq	x@GOTPCREL(%rip), %rax
	movl	%eax, %gs:0x1000(,%eiz)
	movl	%gs:counter(,%eiz), %eax
	movl	%gs:8(%eax), %ecx
	movq	%gs:(%ebx), %rax
	movq	8(%rsp), %rax
	movq	%gs:-1698898192(,%eiz), %rax
	movq	%rax, %gs:0x10000(,%eiz)
	movabsq	$0x123456789abcdef0, %rax
	leaq	8(%rax,%rbx,2), %rcx
	leal	(%rdi,%rdi,2), %eax
	nopw	0(%rax,%rax,1)
	nopl	8(%rax)
	cmpq	$0, %gs:(%eax)
	testb	$1, %gs:3(%eax)
	pushq	%gs:(%eax)
	popq	%gs:8(%eax)
	xchgl	%eax, %gs:(%edx)
	lock xaddq	%rax, %gs:(%edx)
	lock cmpxchgq	%rcx, %gs:(%edx)
	lock incl	%gs:(%edi)
	prefetcht0	%gs:64(%edi)
	movaps	%xmm0, %gs:(%edi)
	movsd	%gs:(%edi), %xmm1
	movsd	%xmm1, %gs:8(%edi)
	addps	%gs:16(%edi), %xmm0
	vfmadd231ps	%gs:(%esi), %ymm1, %ymm2
	{vex} vmovdqu	%ymm0, %gs:(%esi)
	vmaskmovps	%ymm0, %ymm1, %gs:(%edi)
	vgatherdps	%ymm0, %gs:4(%eax,%ymm1,4), %ymm2
	movl	$0, %r11d
	vgatherqpd	%ymm0, %gs:(%r11d,%ymm1,8), %ymm2
	fldt	16(%rsp)
	fstpl	%gs:(%eax)
	fnstcw	-2(%rsp)
	fldcw	%gs:(%edi)
	stmxcsr	%gs:4(%edi)
	sete	%gs:(%eax)
	imulq	$24, %gs:8(%edi), %rax
	mulx	%gs:(%esi), %rax, %rcx
	btl	$3, %gs:(%edi)
	btsq	$3, %gs:8(%edi)
	btq	%rax, %rcx
	leal	8(%rax), %ecx
	leal	8(%rax,%rbx,2), %ecx
	nopl	8(%rax)
