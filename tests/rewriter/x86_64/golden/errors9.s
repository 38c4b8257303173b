# %r11 behind calls of what may not leave it
	.weak	weak
a:	call	outside
	movq	%r11, %rax
	call	*%rdx
	movq	%r11, %rax
	call	.Ltail
	movq	%r11, %rax
	call	.Ltable
	movq	%r11, %rax
	call	weak
	movq	%r11, %rax
	call	.Lraw
	movq	%r11, %rax
	call	.Lfar
	movq	%r11, %rax
	ret
.Ltail:	je	outside
	ret
.Ltable:
	jmp	*%rdx
weak:	ret
.Lraw:
	.lfi_rewrite_disable
	nop
	.lfi_rewrite_enable
	ret
.Lfar:	ret	$80
# what is called needs it, where it is clobbered
b:	call	.Lclobbers
	movq	%r11, %rax
	ret
.Lclobbers:
	movq	%fs:0, %rax
	ret
# passed to a function
c:	movl	$1, %r11d
	movq	%fs:0, %rax
	call	.Largument
	ret
.Largument:
	movq	%r11, %rax
	ret
d:	movq	-128(%rsp), %rax
	ret
e:	call	d
	jc	d
	ret
