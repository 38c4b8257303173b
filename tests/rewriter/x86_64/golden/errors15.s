# forms of extensions that the box does not have, and prefixes without meaning
	addl	%eax, %ecx, %edx
	incl	(%rdi), %eax
	shlq	$1, %rax, %rcx
	rolq	%rcx, %rbx
	imulq	%rax, %rcx, %rdx
	imulq	$3, %rcx, %rdx
	movbeq	%rax, %rcx
	{evex}	kmovq	%k1, %k2
	bextrl	$1, %ecx, %eax
	{vex} vcvtneps2bf16 %xmm1, %xmm0
	pushw	%ax
	push	%ax
	popw	(%rdi)
	pushfw
	lock	movl	%eax, (%rdi)
	lock	addl	%eax, (%rdi)
	lock	testl	%eax, (%rdi)
	repne	incl	(%rdi)
	vaddps	(%rax){1to16, %zmm1, %zmm2
	vaddps	%zmm0, %zmm1, %zmm32
	vfmulcph	%zmm0, %zmm1, %zmm2
