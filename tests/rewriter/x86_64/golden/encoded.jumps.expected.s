	.bundle_align_mode	5
	.file	1 "encoded.s"
	.text
	.p2align	0
f:
	mulxq	(%rsi), %r10, %r8
	mulxq	%r9, %rax, %rdx
	mulxq	0x10(%r14), %rax, %r11
	popcntq	(%rdi), %rax
	popcntq	(%rdi,%rsi,8), %r8
	popcntl	0x80(%r12,%r10,8), %eax
	popcntq	0x8(%rsp), %rax
	popcntq	%r11, %rbp
	lzcntl	%edx, %eax
	shlxq	%rax, -0x8(%rdi), %rax
	addq	%rax, %rdx
	movq	%rbp, %rsp
	adcxq	0x8(%rsi), %r8
	adoxq	%rsi, %rax
	vbroadcastss	%xmm0, %xmm0
	pause
	popcntq	(%rdi), %rax
	rep movsb
	nop
	rdtsc
	nop
	nop
	nop
	nop
	nop
	nop
	nop
	nop
	vpaddd	%ymm1, %ymm2, %ymm3
	.loc	1 1
	addpd	%xmm0, %xmm1
	movw	%ax, %bx
	movdqa	%gs:(%eax), %xmm1
	lock incl	(%rax)
	je	1f
	call	g
	.p2align	5
	movl	g(%rip), %eax
	.p2align	0
1:
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.pushsection	.rodata.lfi,"a",@progbits
	.p2align	4
	.byte	0,0,0,0,0,0
	.popsection
	.globl	g
	.type	g,@function
	.p2align	5
g:
	popcntq	(%rdi), %rax
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
