	.bundle_align_mode	5
	.file	1 "encoded.s"
	.text
	.p2align	0
f:
	mulxq	%gs:(%esi), %r10, %r8
	mulxq	%r9, %rax, %rdx
	mulxq	%gs:0x10(%r14d), %rax, %r11
	popcntq	%gs:(%edi), %rax
	popcntq	%gs:(%edi,%esi,8), %r8
	popcntl	%gs:0x80(%r12d,%r10d,8), %eax
	popcntq	0x8(%rsp), %rax
	popcntq	%r11, %rbp
	lzcntl	%edx, %eax
	shlxq	%rax, %gs:-0x8(%edi), %rax
	addq	%rax, %rdx
	.bundle_lock
	movq	%gs:0x2f020, %r11
	movl	%ebp, %esp
	leaq	(%rsp,%r11), %rsp
	.bundle_unlock
	adcxq	%gs:0x8(%esi), %r8
	adoxq	%rsi, %rax
	vbroadcastss	%xmm0, %xmm0
	pause
	popcntq	%gs:(%edi), %rax
	.bundle_lock
	movq	%gs:0x2f020, %r11
	movl	%edi, %edi
	leaq	(%rdi,%r11), %rdi
	movl	%esi, %esi
	leaq	(%rsi,%r11), %rsi
	rep movsb
	.bundle_unlock
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
	lock incl	%gs:(%eax)
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
	popcntq	%gs:(%edi), %rax
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
