# %fs: the thread pointer comes from the runtime
	.text
	.globl	f
	.type	f,@function
f:
	movq	%fs:0, %rax
	movq	%fs:0, %r11
	movq	%r11, %rbx
	addq	%fs:0, %rax
	movq	%fs:40, %rcx
	cmpq	%fs:0x28, %rcx
	movl	$1, %fs:x@tpoff
	movq	%fs:(%rax), %rdx
	movq	%fs:8(,%rax,8), %rdx
	movq	%fs:8(%rax,%rcx,8), %rdx
	movq	%rdx, %fs:8(%rax)
	call	*%fs:16
	leaq	x@tlsdesc(%rip), %rax
	call	*x@tlscall(%rax)
	movq	x@gottpoff(%rip), %rax
	addq	x@gottpoff(%rip), %rax
	leaq	x@tpoff(%rax), %rax
	ret
