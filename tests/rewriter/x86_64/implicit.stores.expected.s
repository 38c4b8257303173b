	.bundle_align_mode	5
	.text
	.globl	f
	.type	f,@function
	.p2align	5
f:
	xlatb
	xlatb
	movq	%rax, %r11
	sarq	$6, %r11
	movq	(%rdi,%r11,8), %r11
	btq	%rax, %r11
	movslq	%eax, %r11
	sarq	$5, %r11
	movl	8(%rsp,%r11,4), %r11d
	btl	%eax, %r11d
	cpuid
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:-8
	.bundle_unlock
	.p2align	5
	.p2align	5, , 4
	.byte	102, 15, 56, 0, 200
	nop
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:-40, %r11
	jmpq	*%r11
	.bundle_unlock
