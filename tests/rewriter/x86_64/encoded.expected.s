	.bundle_align_mode	5
	.text
	.p2align	0
f:
	mulx	%gs:(%esi), %r10, %r8
	mulx	%r9, %rax, %rdx
	mulx	%gs:16(%r14d), %rax, %r11
	popcnt	%gs:(%edi), %rax
	popcnt	%gs:(%edi,%esi,8), %r8
	popcnt	%gs:128(%r12d,%r10d,8), %eax
	popcnt	8(%rsp), %rax
	popcnt	%r11, %rbp
	lzcnt	%edx, %eax
	shlx	%rax, %gs:-8(%edi), %rax
	addq	%rax, %rdx
	.bundle_lock
	movq	%gs:0x2f020, %r11
	movl	%ebp, %esp
	leaq	(%rsp,%r11), %rsp
	.bundle_unlock
	adcx	%gs:8(%esi), %r8
	adox	%rsi, %rax
	.p2align	5, , 8
	.byte	0xf3,0x48,0x0f,0xb8,0x05,0,0,0,0
	.p2align	5, , 4
	.byte	0xc4,0xe2,0x79,0x18,0xc0
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
	popcnt	%gs:(%edi), %rax
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
