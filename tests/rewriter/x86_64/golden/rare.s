# instructions that few use
	.text
f:	jecxz	718760f
718769:	decl	%eax
	jnz	718769b
718760:	pushfq
	cld
	movl	$4, %ecx
	rep	stosb
	popfq
	maskmovdqu	%xmm1, %xmm2
	vmaskmovdqu	%xmm1, %xmm2
	maskmovq	%mm1, %mm2
	clflush	(%rdi)
	clwb	8(%rsp)
	fnsave	(%rdi)
	fsave	8(%rsp)
	frstor	(%rdi)
	ret
