# flags and the memory below %rsp where code by hand uses them in its own way
	.globl	a, b, c, d, e, f
# what does not set flags keeps them for what does
a:	cmpq	%rsi, %rdi
	leave
	vpermilps	$27, %xmm0, %xmm1
	je	1f
1:	ret
# a called function begins by using them
b:	cmpq	%rsi, %rdi
	leave
	call	.Luses
	ret
.Luses:	setb	%al
	ret
# a label with another name
c:	cmpq	%rsi, %rdi
	leave
	jmp	.Lother
.Lbranches:
	jb	1b
	ret
	.set	.Lother, .Lbranches
# enter keeps them
d:	enter	$32, $0
	setb	%al
	leave
	ret
# data below %rsp, stored through another register
e:	movq	%rsp, %rbp
	movq	%rdi, -8(%rbp)
	leaq	-8(%rsp), %rsp
	popq	%rax
	ret
	pushq	%rbp
	leaq	8(%rsp), %rdx
	movq	%rdi, -16(%rdx)
	subq	$8, %rsp
	movl	%eax, %ecx
	popq	%rax
	ret
	movq	%rsp, %rbp
	pushq	%rax
	movq	%rdi, -8(%rbp)
	subq	$8, %rsp
	movl	%eax, %ecx
# %r11 of a function that has another name
f:	call	same
	movq	%r11, %rax
	ret
.Lsame:	movl	$1, %r11d
	ret
	.set	same, .Lsame
same2 = .Lsame
g:	call	same2
	movq	%r11, %rax
# the carry behind calls, where it is set
h:	call	f
	incq	%rdi
	jne	1b
	call	f
	btl	$1, %edi
	jc	1b
	ret
