	.bundle_align_mode	5
	.text
	.globl	g
	.type	g, @function
	.p2align	5
g:
	vaddps	(%rax){1to16}, %zmm1, %zmm20 {%k1} {z}
	vaddps	{rz-sae}, %zmm0, %zmm1, %zmm2
	vmovdqu64	64(%rdi,%rcx,4), %zmm3
	vmovdqu8	%ymm17, -32(%rsp){%k1}
	vpgatherdd	%gs:8(%eax,%zmm17,4), %zmm5 {%k3}
	movl	$0, %r11d
	vpgatherdd	%gs:8(%r11d,%zmm17,4), %zmm5 {%k3}
	vpscatterdq	%zmm5, %gs:(%r8d,%ymm18,8){%k2}
	movl	$0, %r11d
	vpscatterdq	%zmm5, %gs:16(%r11d,%ymm3,8){%k2}
	vpgatherdd	%xmm1, %gs:8(%eax,%xmm7,4), %xmm5
	kmovq	%rax, %k1
	kmovd	%k1, %gs:(%edi)
	kmovd	(%rdi), %k1
	kmovd	%k1, %r11d
	vcvttsd2usi	%xmm17, %r10
	vpcompressd	%ymm1, %gs:4(%esi){%k1}
	vpcmpltub	(%rsi), %zmm3, %k2 {%k1}
	vmovdqu64	%ymm1, x(%rip)
	vpbroadcastq	%rax, %ymm1
	vaesenc	(%rsp), %ymm0, %ymm1
	vgf2p8mulb	(%rdi), %ymm0, %ymm1
	{vex} vpdpbusd	(%rax), %xmm1, %xmm2
	{evex} vaddps %xmm1, %xmm2, %xmm3
	vpaddd	(%rdi), %zmm31, %zmm0
	rdrandq	%rcx
	rdseed	%eax
	rdpid	%rax
	movdiri	%eax, %gs:(%ecx)
	serialize
	prefetchwt1	(%rax)
	.bundle_lock
	subl	$64, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	vmovups	%zmm1, (%rsp)
	addq	$64, %rsp
	testl	%eax, (%rsp)
	vmovups	(%rsp), %xmm17
	.bundle_lock
	subl	$64, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	vmovups	%xmm1, (%rsp){%k1}
	addq	$64, %rsp
	testl	%eax, (%rsp)
	vpsrlw	$1, (%rsp), %xmm1
	addq	$64, %rsp
	testl	%eax, (%rsp)
	vpslldq	$1, (%rsp), %ymm1
	addq	$64, %rsp
	testl	%eax, (%rsp)
	vpermq	(%rsp), %ymm1, %ymm2
	addq	$64, %rsp
	testl	%eax, (%rsp)
	vpermpd	(%rsp), %ymm1, %ymm2
	addq	$64, %rsp
	testl	%eax, (%rsp)
	vcvtpd2ps	(%rsp), %ymm1
	addq	$64, %rsp
	testl	%eax, (%rsp)
	vcvttpd2dq	(%rsp), %ymm1
	addq	$64, %rsp
	vpermq	$1, (%rsp), %ymm1
	addq	$64, %rsp
	vpsrlw	(%rsp), %xmm1, %xmm1
	addq	$64, %rsp
	vcvtpd2psy	(%rsp), %xmm1
	addq	$64, %rsp
	vmovups	(%rsp), %xmm1
	xorl	%eax, %eax
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
