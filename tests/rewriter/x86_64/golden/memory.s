# docs/abi.md, "Memory operands"
	.text
	.globl	f
	.type	f,@function
f:
	movq	(%rdi), %rax
	movq	8(%rdi,%rsi,4), %rax
	movl	%eax, -8(%rbp)
	addl	$1, table(,%rcx,8)
	addq	(%r14,%r15), %rdx
	movb	$0, (%rax)
	movq	8(%rsp), %rax
	movq	%rax, 65536(%rsp)
	movq	%rax, 65537(%rsp)
	movq	-65537(%rsp), %rax
	movq	FOO(%rsp), %rax
	movq	(2+3)*8-1(%rsp), %rax
	movq	(%rsp,%rcx,8), %rax
	movq	%rax, 16(%rsp,%rcx)
	movq	8(%rsp,%riz), %rax
	movq	x(%rip), %rax
	movq	%rax, x+8(%rip)
	movq	x@GOTPCREL(%rip), %rax
	movl	%eax, 0x1000
	movl	counter, %eax
	movl	8(%eax), %ecx
	movq	%ds:(%rbx), %rax
	movq	%ss:8(%rsp), %rax
	movabsq	0x123456789abcdef0, %rax
	movabsq	%rax, 0x10000
	movabsq	$0x123456789abcdef0, %rax
	leaq	8(%rax,%rbx,2), %rcx
	leal	(%rdi,%rdi,2), %eax
	nopw	%cs:0(%rax,%rax,1)
	nopl	8(%rax)
	cmpq	$0, (%rax)
	testb	$1, 3(%rax)
	pushq	(%rax)
	popq	8(%rax)
	xchgl	%eax, (%rdx)
	lock xaddq	%rax, (%rdx)
	lock
	cmpxchgq	%rcx, (%rdx)
	lock; incl (%rdi)
	prefetcht0	64(%rdi)
	movaps	%xmm0, (%rdi)
	movsd	(%rdi), %xmm1
	movsd	%xmm1, 8(%rdi)
	addps	16(%rdi), %xmm0
	vfmadd231ps	(%rsi), %ymm1, %ymm2
	{vex} vmovdqu	%ymm0, (%rsi)
	vmaskmovps	%ymm0, %ymm1, (%rdi)
	vgatherdps	%ymm0, 4(%rax,%ymm1,4), %ymm2
	vgatherqpd	%ymm0, (,%ymm1,8), %ymm2
	fldt	16(%rsp)
	fstpl	(%rax)
	fnstcw	-2(%rsp)
	fldcw	(%rdi)
	stmxcsr	4(%rdi)
	sete	(%rax)
	imulq	$24, 8(%rdi), %rax
	mulx	(%rsi), %rax, %rcx
	btl	$3, (%rdi)
	btsq	$3, 8(%rdi)
	btq	%rax, %rcx
	leal	8(%eax), %ecx
	leaq	8(%eax,%ebx,2), %rcx
	nopl	8(%eax)
