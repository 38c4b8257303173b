# docs/abi.md, string instructions
	.text
	.globl	f
	.type	f,@function
f:
	xorl	%eax, %eax
	rep stosq
	xorl	%eax, %eax
	rep movsb
	xorl	%eax, %eax
	rep movsq	(%rsi), %es:(%rdi)
	xorl	%eax, %eax
	movsl	%ds:(%rsi), %es:(%rdi)
	xorl	%eax, %eax
	stosb	%al, %es:(%rdi)
	xorl	%eax, %eax
	stos	%ax, %es:(%rdi)
	xorl	%eax, %eax
	lodsl
	xorl	%eax, %eax
	lodsq	(%rsi), %rax
	cmpsb
	scasb
	repe cmpsb
	je	1f
	repne scasb
	je	1f
	movsd
	movsd	%xmm0, %xmm1
	cmpsd	$1, %xmm0, %xmm1
	movsbl	%al, %ecx
	std
	rep
	movsb
	cld
	cmpl	$1, %ecx
	rep stosb
	je	1f
1:
	ret
