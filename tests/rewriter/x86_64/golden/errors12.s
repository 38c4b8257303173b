# %r11 where a jump of some kind goes to
a:	call	outside
	leaq	.La(%rip), %rax
	jmp	*%rax
.La:	movq	%r11, %rax
	ret
b:	movl	$1, %r11d
	leaq	.La(%rip), %rax
	pushq	%rax
	ret
c:	movl	$1, %r11d
	leaq	.La(%rip), %rax
	pushq	%rbx
	movq	%rax, (%rsp)
	ret
d:	movl	$1, %r11d
	call	*.Lpointer(%rip)
	ret
	.data
.Lpointer:
	.quad	.La
