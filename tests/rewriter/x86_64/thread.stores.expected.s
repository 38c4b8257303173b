	.bundle_align_mode	5
	.text
	.globl	f
	.type	f,@function
	.p2align	5
f:
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f008
	.bundle_unlock
	.p2align	5
	movq	%r11, %rax
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f008
	.bundle_unlock
	.p2align	5
	movq	%r11, %rbx
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f008
	.bundle_unlock
	.p2align	5
	addq	%r11, %rax
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f008
	.bundle_unlock
	.p2align	5
	movq	40(%r11), %rcx
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f008
	.bundle_unlock
	.p2align	5
	cmpq	0x28(%r11), %rcx
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f008
	.bundle_unlock
	.p2align	5
	movl	$1, %gs:x@tpoff(%r11d)
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f008
	.bundle_unlock
	.p2align	5
	movq	(%r11,%rax), %rdx
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f008
	.bundle_unlock
	.p2align	5
	movq	8(%r11,%rax,8), %rdx
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f008
	.bundle_unlock
	.p2align	5
	leaq	(%r11,%rax), %r11
	movq	8(%r11,%rcx,8), %rdx
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f008
	.bundle_unlock
	.p2align	5
	movq	%rdx, %gs:8(%r11d,%eax)
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f008
	.bundle_unlock
	.p2align	5
	movq	16(%r11), %r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	callq	*%r11
	.bundle_unlock
	.p2align	5
	leaq	x@tlsdesc(%rip), %rax
	call	*x@tlscall(%rax)
	movq	x@gottpoff(%rip), %rax
	addq	x@gottpoff(%rip), %rax
	leaq	x@tpoff(%rax), %rax
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
