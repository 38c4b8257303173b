	.bundle_align_mode	5
	.text
	.globl	f
	.type	f,@function
	.p2align	5
f:
	xlatb
	xlatb
	movq	%rax, -136(%rsp)
	movq	%rcx, -144(%rsp)
	movq	%rdx, -152(%rsp)
	leaq	(%rdi), %r11
	movq	%rax, %rdx
	movq	%rdx, %rcx
	sarq	$6, %rcx
	leaq	(%r11,%rcx,8), %r11
	movq	(%r11), %rax
	btq	%rdx, %rax
	movq	-136(%rsp), %rax
	movq	-144(%rsp), %rcx
	movq	-152(%rsp), %rdx
	movq	%rax, -136(%rsp)
	movq	%rcx, -144(%rsp)
	movq	%rdx, -152(%rsp)
	leaq	8(%rsp), %r11
	movslq	%eax, %rdx
	movq	%rdx, %rcx
	sarq	$5, %rcx
	leaq	(%r11,%rcx,4), %r11
	movl	(%r11), %eax
	btl	%edx, %eax
	movq	-136(%rsp), %rax
	movq	-144(%rsp), %rcx
	movq	-152(%rsp), %rdx
	movq	%rax, -136(%rsp)
	movq	%rcx, -144(%rsp)
	movq	%rdx, -152(%rsp)
	leaq	(%rdx,%rsi,8), %r11
	movq	%rcx, %rdx
	movq	%rdx, %rcx
	sarq	$6, %rcx
	leaq	(%r11,%rcx,8), %r11
	.p2align	0
.Llfi_again0:
	movq	%gs:(%r11d), %rax
	movq	%rax, %rcx
	btsq	%rdx, %rcx
	lock cmpxchgq	%rcx, %gs:(%r11d)
	jne	.Llfi_again0
	btq	%rdx, %rax
	movq	-136(%rsp), %rax
	movq	-144(%rsp), %rcx
	movq	-152(%rsp), %rdx
	movq	%rax, -136(%rsp)
	movq	%rcx, -144(%rsp)
	movq	%rdx, -152(%rsp)
	leaq	4(%rax), %r11
	movswq	%ax, %rdx
	movq	%rdx, %rcx
	sarq	$4, %rcx
	leaq	(%r11,%rcx,2), %r11
	.p2align	0
.Llfi_again1:
	movw	%gs:(%r11d), %ax
	movw	%ax, %cx
	btrw	%dx, %cx
	lock cmpxchgw	%cx, %gs:(%r11d)
	jne	.Llfi_again1
	btw	%dx, %ax
	movq	-136(%rsp), %rax
	movq	-144(%rsp), %rcx
	movq	-152(%rsp), %rdx
	movq	%rax, -136(%rsp)
	movq	%rcx, -144(%rsp)
	movq	%rdx, -152(%rsp)
	leaq	f(%rip), %r11
	movslq	%esi, %rdx
	movq	%rdx, %rcx
	sarq	$5, %rcx
	leaq	(%r11,%rcx,4), %r11
	.p2align	0
.Llfi_again2:
	movl	%gs:(%r11d), %eax
	movl	%eax, %ecx
	btcl	%edx, %ecx
	lock cmpxchgl	%ecx, %gs:(%r11d)
	jne	.Llfi_again2
	btl	%edx, %eax
	movq	-136(%rsp), %rax
	movq	-144(%rsp), %rcx
	movq	-152(%rsp), %rdx
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f028
	.bundle_unlock
	.p2align	5
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f000
	.bundle_unlock
	.p2align	5
	pshufb	%xmm0, %xmm1
	nop
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
