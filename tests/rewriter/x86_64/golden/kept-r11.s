# %r11 behind calls: what the functions of this file leave in it
	.text
	.globl	f
	.type	f,@function
f:
	movq	%rdi, %r11
	call	.Lchanges
	movq	%r11, %rax
	call	.Lleaves
	addq	%r11, %rax
# no longer needed behind this one
	call	.Lleaves
	ret
.Lchanges:
	addq	$1, %r11
	ret
# by a jump to another function
.Lleaves:
	testq	%rax, %rax
	je	.Lchanges
	call	.Lnested
	jmp	.Lother
# needs it behind its own call, as its caller does
.Lnested:
	call	.Lother
	ret	$8
.Lother:
	imulq	$3, %rdx, %rdx
1:	decq	%rcx
	jne	1b
	ret
# nobody needs it from here
	.type	g,@function
g:
	call	.Lalone
	xorl	%r11d, %r11d
	call	.Lalone
	movl	$1, %r11d
	jmp	.Lother
.Lalone:
	movq	(%rdi), %rax
	ret
# a jump table
	.type	h,@function
h:
	movl	$2, %r11d
	call	.Lother
	jmp	*%rdx
.Lcase:
	movl	%r11d, %eax
	ret
	.section	.rodata
	.quad	.Lcase
