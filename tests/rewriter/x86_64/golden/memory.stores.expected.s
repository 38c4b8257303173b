	.bundle_align_mode	5
	.text
	.globl	f
	.type	f,@function
	.p2align	5
f:
	movq	(%rdi), %rax
	movq	8(%rdi,%rsi,4), %rax
	movl	%eax, %gs:-8(%ebp)
	addl	$1, %gs:table(,%ecx,8)
	addq	(%r14,%r15), %rdx
	movb	$0, %gs:(%eax)
	movq	8(%rsp), %rax
	movq	%rax, 65536(%rsp)
	movq	%rax, %gs:65537(%esp)
	movq	-65537(%rsp), %rax
	movq	FOO(%rsp), %rax
	movq	(2+3)*8-1(%rsp), %rax
	movq	(%rsp,%rcx,8), %rax
	movq	%rax, %gs:16(%esp,%ecx)
	movq	8(%rsp,%riz), %rax
	movq	x(%rip), %rax
	movq	%rax, x+8(%rip)
	movq	x@GOTPCREL(%rip), %rax
	movl	%eax, %gs:0x1000(,%eiz)
	movl	counter, %eax
	movl	%gs:8(%eax), %ecx
	movq	(%rbx), %rax
	movq	8(%rsp), %rax
	movabsq	0x123456789abcdef0, %rax
	movq	%rax, %gs:0x10000(,%eiz)
	movabsq	$0x123456789abcdef0, %rax
	leaq	8(%rax,%rbx,2), %rcx
	leal	(%rdi,%rdi,2), %eax
	nopw	0(%rax,%rax,1)
	nopl	8(%rax)
	cmpq	$0, (%rax)
	testb	$1, 3(%rax)
	pushq	(%rax)
	popq	%gs:8(%eax)
	xchgl	%eax, %gs:(%edx)
	lock xaddq	%rax, %gs:(%edx)
	lock cmpxchgq	%rcx, %gs:(%edx)
	lock incl	%gs:(%edi)
	prefetcht0	64(%rdi)
	movaps	%xmm0, %gs:(%edi)
	movsd	(%rdi), %xmm1
	movsd	%xmm1, %gs:8(%edi)
	addps	16(%rdi), %xmm0
	vfmadd231ps	(%rsi), %ymm1, %ymm2
	{vex} vmovdqu	%ymm0, %gs:(%esi)
	vmaskmovps	%ymm0, %ymm1, %gs:(%edi)
	vgatherdps	%ymm0, %gs:4(%eax,%ymm1,4), %ymm2
	movl	$0, %r11d
	vgatherqpd	%ymm0, %gs:(%r11d,%ymm1,8), %ymm2
	fldt	16(%rsp)
	fstpl	%gs:(%eax)
	fnstcw	-2(%rsp)
	fldcw	(%rdi)
	stmxcsr	%gs:4(%edi)
	sete	%gs:(%eax)
	imulq	$24, 8(%rdi), %rax
	mulx	(%rsi), %rax, %rcx
	btl	$3, (%rdi)
	btsq	$3, %gs:8(%edi)
	btq	%rax, %rcx
	leal	8(%rax), %ecx
	leal	8(%rax,%rbx,2), %ecx
	nopl	8(%rax)
