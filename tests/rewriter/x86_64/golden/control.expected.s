	.bundle_align_mode	5
	.text
	.globl	f
	.type	f,@function
	.p2align	5
f:
	call	g
	.p2align	5
	callq	g@PLT
	.p2align	5
	.bundle_lock
	andl	$-32, %eax
	addq	%gs:0x2f020, %rax
	callq	*%rax
	.bundle_unlock
	.p2align	5
	.bundle_lock
	andl	$-32, %r12d
	addq	%gs:0x2f020, %r12
	callq	*%r12
	.bundle_unlock
	.p2align	5
	movq	%gs:8(%edi), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	callq	*%r11
	.bundle_unlock
	.p2align	5
	movq	(%rsp), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	callq	*%r11
	.bundle_unlock
	.p2align	5
	movq	%gs:table(,%eax,8), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	callq	*%r11
	.bundle_unlock
	.p2align	5
	movq	g@GOTPCREL(%rip), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	callq	*%r11
	.bundle_unlock
	.p2align	5
	.bundle_lock
	andl	$-32, %ecx
	addq	%gs:0x2f020, %rcx
	jmpq	*%rcx
	.bundle_unlock
	.bundle_lock
	andl	$-32, %eax
	addq	%gs:0x2f020, %rax
	jmpq	*%rax
	.bundle_unlock
	movq	%gs:(%eax,%ecx,8), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	movq	g@GOTPCREL(%rip), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	jmp	g
	jmp	.Lhere
	je	.Lhere
	jne	g@PLT
	.p2align	0
.Lhere:
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f000
	.bundle_unlock
	.p2align	5
	ud2
	int3
	int3
	hlt
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	popq	%r11
	.bundle_lock
	addl	$16, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	0
1:
	jrcxz	1b
	loop	.Llfi_near0
	jmp	.Llfi_next0
.Llfi_near0:
	jmp	.Lhere
.Llfi_next0:
	jmp	1f
	.p2align	0
1:
	jmp	1b
	movq	%gs:(%eax), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	callq	*%r11
	.bundle_unlock
	.p2align	5
	pushfq
	popq	%rax
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
