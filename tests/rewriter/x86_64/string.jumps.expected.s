	.bundle_align_mode	5
	.text
	.globl	f
	.type	f,@function
	.p2align	5
f:
	xorl	%eax, %eax
	rep stosq
	xorl	%eax, %eax
	rep movsb
	xorl	%eax, %eax
	rep movsq
	xorl	%eax, %eax
	movsl
	xorl	%eax, %eax
	stosb
	xorl	%eax, %eax
	stosw
	xorl	%eax, %eax
	lodsl
	xorl	%eax, %eax
	lodsq
	cmpsb
	scasb
	rep cmpsb
	je	1f
	repne scasb
	je	1f
	movsl
	movsd	%xmm0, %xmm1
	cmpsd	$1, %xmm0, %xmm1
	movsbl	%al, %ecx
	std
	rep movsb
	cld
	cmpl	$1, %ecx
	rep stosb
	je	1f
	.p2align	0
1:
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
