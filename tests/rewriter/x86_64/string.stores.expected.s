	.bundle_align_mode	5
	.text
	.globl	f
	.type	f,@function
	.p2align	5
f:
	xorl	%eax, %eax
	.bundle_lock
	movl	%edi, %edi
	addq	%gs:0x2f020, %rdi
	rep stosq
	.bundle_unlock
	xorl	%eax, %eax
	.bundle_lock
	movl	%edi, %edi
	addq	%gs:0x2f020, %rdi
	rep movsb
	.bundle_unlock
	xorl	%eax, %eax
	.bundle_lock
	movl	%edi, %edi
	addq	%gs:0x2f020, %rdi
	rep movsq
	.bundle_unlock
	xorl	%eax, %eax
	.bundle_lock
	movl	%edi, %edi
	addq	%gs:0x2f020, %rdi
	movsl
	.bundle_unlock
	xorl	%eax, %eax
	.bundle_lock
	movl	%edi, %edi
	addq	%gs:0x2f020, %rdi
	stosb
	.bundle_unlock
	xorl	%eax, %eax
	.bundle_lock
	movl	%edi, %edi
	addq	%gs:0x2f020, %rdi
	stosw
	.bundle_unlock
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
	.bundle_lock
	movl	%edi, %edi
	addq	%gs:0x2f020, %rdi
	movsl
	.bundle_unlock
	movsd	%xmm0, %xmm1
	cmpsd	$1, %xmm0, %xmm1
	movsbl	%al, %ecx
	std
	.bundle_lock
	movl	%edi, %edi
	addq	%gs:0x2f020, %rdi
	rep movsb
	.bundle_unlock
	cld
	cmpl	$1, %ecx
	.bundle_lock
	movq	%gs:0x2f020, %r11
	movl	%edi, %edi
	leaq	(%rdi,%r11), %rdi
	rep stosb
	.bundle_unlock
	je	1f
	.p2align	0
1:
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
