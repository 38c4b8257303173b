	.bundle_align_mode	5
	.globl	a, b, c, d, e, f
	.p2align	5
a:
	cmpq	%rsi, %rdi
	.bundle_lock
	movq	%gs:0x2f020, %r11
	movl	%ebp, %esp
	leaq	(%rsp,%r11), %rsp
	.bundle_unlock
	popq	%rbp
	vpermilps	$27, %xmm0, %xmm1
	je	1f
	.p2align	0
1:
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	5
b:
	cmpq	%rsi, %rdi
	.bundle_lock
	movq	%gs:0x2f020, %r11
	movl	%ebp, %esp
	leaq	(%rsp,%r11), %rsp
	.bundle_unlock
	popq	%rbp
	call	.Luses
	.p2align	5
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	0
.Luses:
	setb	%al
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	5
c:
	cmpq	%rsi, %rdi
	.bundle_lock
	movq	%gs:0x2f020, %r11
	movl	%ebp, %esp
	leaq	(%rsp,%r11), %rsp
	.bundle_unlock
	popq	%rbp
	jmp	.Lother
	.p2align	5
.Lbranches:
	jb	1b
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.set	.Lother, .Lbranches
	.p2align	5
d:
	pushq	%rbp
	movq	%rsp, %rbp
	.bundle_lock
	movq	%gs:0x2f020, %r11
	leal	-32(%rsp), %esp
	leaq	(%rsp,%r11), %rsp
	.bundle_unlock
	setb	%al
	.bundle_lock
	movl	%ebp, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	popq	%rbp
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	5
e:
	movq	%rsp, %rbp
	movq	%rdi, %gs:-8(%ebp)
	leaq	-8(%rsp), %rsp
	popq	%rax
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	pushq	%rbp
	leaq	8(%rsp), %rdx
	movq	%rdi, %gs:-16(%edx)
	.bundle_lock
	subl	$8, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	movl	%eax, %ecx
	popq	%rax
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	movq	%rsp, %rbp
	pushq	%rax
	movq	%rdi, %gs:-8(%ebp)
	pushq	%rax
	movl	%eax, %ecx
	.p2align	5
f:
	call	same
	.p2align	5
	movq	-128(%rsp), %r11
	movq	%r11, %rax
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	5
.Lsame:
	movl	$1, %r11d
	movq	%r11, -120(%rsp)
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.set	same, .Lsame
	same2 = .Lsame
	.p2align	0
g:
	call	same2
	.p2align	5
	movq	-128(%rsp), %r11
	movq	%r11, %rax
	.p2align	0
h:
	call	f
	.p2align	5
	incq	%rdi
	jne	1b
	call	f
	.p2align	5
	btl	$1, %edi
	jc	1b
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
