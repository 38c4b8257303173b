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
	vpgatherdd	8(%rax,%zmm17,4), %zmm5 {%k3}
	vpgatherdd	8(,%zmm17,4), %zmm5 {%k3}
	vpscatterdq	%zmm5, (%r8,%ymm18,8){%k2}
	vpscatterdq	%zmm5, 16(,%ymm3,8){%k2}
	vpgatherdd	%xmm1, 8(%rax,%xmm7,4), %xmm5
	kmovq	%rax, %k1
	kmovd	%k1, (%rdi)
	kmovd	(%rdi), %k1
	kmovd	%k1, %r11d
	vcvttsd2usi	%xmm17, %r10
	vpcompressd	%ymm1, 4(%rsi){%k1}
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
	movdiri	%eax, (%rcx)
	serialize
	prefetchwt1	(%rax)
	subq	$64, %rsp
	vmovups	%zmm1, (%rsp)
	addq	$64, %rsp
	vmovups	(%rsp), %xmm17
	subq	$64, %rsp
	vmovups	%xmm1, (%rsp){%k1}
	addq	$64, %rsp
	vpsrlw	$1, (%rsp), %xmm1
	addq	$64, %rsp
	vpslldq	$1, (%rsp), %ymm1
	addq	$64, %rsp
	vpermq	(%rsp), %ymm1, %ymm2
	addq	$64, %rsp
	vpermpd	(%rsp), %ymm1, %ymm2
	addq	$64, %rsp
	vcvtpd2ps	(%rsp), %ymm1
	addq	$64, %rsp
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
