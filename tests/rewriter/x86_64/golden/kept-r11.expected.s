	.bundle_align_mode	5
	.text
	.globl	f
	.type	f,@function
	.p2align	5
f:
	movq	%rdi, %r11
	call	.Lchanges
	.p2align	5
	movq	-128(%rsp), %r11
	movq	%r11, %rax
	call	.Lleaves
	.p2align	5
	movq	-128(%rsp), %r11
	addq	%r11, %rax
	call	.Lleaves
	.p2align	5
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	0
.Lchanges:
	addq	$1, %r11
	movq	%r11, -120(%rsp)
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	0
.Lleaves:
	testq	%rax, %rax
	je	.Lchanges
	call	.Lnested
	.p2align	5
	movq	-128(%rsp), %r11
	jmp	.Lother
	.p2align	0
.Lnested:
	call	.Lother
	.p2align	5
	movq	-128(%rsp), %r11
	movq	%r11, -112(%rsp)
	popq	%r11
	.bundle_lock
	addl	$8, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	0
.Lother:
	imulq	$3, %rdx, %rdx
	.p2align	0
1:
	decq	%rcx
	jne	1b
	movq	%r11, -120(%rsp)
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.type	g,@function
	.p2align	5
g:
	call	.Lalone
	.p2align	5
	xorl	%r11d, %r11d
	call	.Lalone
	.p2align	5
	movl	$1, %r11d
	jmp	.Lother
	.p2align	0
.Lalone:
	movq	%gs:(%edi), %rax
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.type	h,@function
	.p2align	5
h:
	movl	$2, %r11d
	call	.Lother
	.p2align	5
	movq	-128(%rsp), %r11
	.bundle_lock
	andl	$-32, %edx
	addq	%gs:0x2f020, %rdx
	jmpq	*%rdx
	.bundle_unlock
	.p2align	5
.Lcase:
	movl	%r11d, %eax
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.section	.rodata
	.quad	.Lcase
