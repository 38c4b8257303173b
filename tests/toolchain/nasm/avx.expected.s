# 0 "avx.asm"
	.intel_syntax noprefix
# 1 "avx.asm"
	.section .text,"ax",@progbits
	.balign 16
.L..$40start..text:
# 2 "avx.asm"
	.section .text,"ax",@progbits
# 3 "avx.asm"
f:
# 4 "avx.asm"
	vpaddd xmm0, xmm0, xmm1
# 5 "avx.asm"
	vpaddd ymm0, ymm0, [rdi]
# 6 "avx.asm"
	vpaddd xmm0, xmm1, xmm2
# 7 "avx.asm"
	vpsrldq xmm3, xmm3, 4
# 8 "avx.asm"
	vpsrld xmm3, xmm4, 4
# 9 "avx.asm"
	vpalignr xmm0, xmm0, xmm1, 8
# 10 "avx.asm"
	vpinsrd xmm0, xmm0, [rdi], 1
# 11 "avx.asm"
	vpinsrw xmm0, xmm0, eax, 3
# 12 "avx.asm"
	vmovss xmm0, xmm0, xmm1
# 13 "avx.asm"
	vmovss xmm0, [rdi]
# 14 "avx.asm"
	vmovss [rdi], xmm0
# 15 "avx.asm"
	vmovhps xmm0, xmm0, [rdi]
# 16 "avx.asm"
	vmovhps [rdi], xmm0
# 17 "avx.asm"
	vsqrtss xmm0, xmm0, xmm1
# 18 "avx.asm"
	vsqrtps xmm0, xmm1
# 19 "avx.asm"
	vcvtsi2sd xmm0, xmm0, eax
# 20 "avx.asm"
	vshufps ymm0, ymm0, ymm1, 27
# 21 "avx.asm"
	vblendvps xmm0, xmm0, xmm1, xmm2
# 22 "avx.asm"
	vpgatherdd xmm0, [rdi + xmm1*4], xmm2
# 23 "avx.asm"
	vfmadd231ps ymm0, ymm1, ymm2
# 24 "avx.asm"
	vpaddd zmm0{k1}{z}, zmm1, zmm2
# 25 "avx.asm"
	vpaddd zmm0{k1}, zmm0, zmm1
# 26 "avx.asm"
	vpaddd zmm0, zmm1, [rdi]{1to16}
# 27 "avx.asm"
	vaddps zmm0, zmm1, zmm2, {rn-sae}
# 28 "avx.asm"
	vpcmpeqb k1, zmm0, zmm1
# 29 "avx.asm"
	kmovw eax, k1
# 30 "avx.asm"
	vpternlogd zmm0, zmm1, zmm2, 85
# 31 "avx.asm"
	vpermb zmm0, zmm1, zmm2
# 32 "avx.asm"
	movd eax, xmm0
# 33 "avx.asm"
	movq rax, xmm0
# 34 "avx.asm"
	movq xmm0, [rdi]
# 35 "avx.asm"
	vpextrd r8d, xmm0, 1
# 36 "avx.asm"
	vpextrd eax, xmm0, 1
# 37 "avx.asm"
	vpbroadcastb zmm8, r11d
# 38 "avx.asm"
	vpbroadcastw zmm1{k1}{z}, eax
# 39 "avx.asm"
	vpbroadcastw xmm2, [rdi]
# 40 "avx.asm"
	pmovmskb eax, xmm0
# 41 "avx.asm"
	cvtsi2sd xmm0, dword ptr [rdi]
# 42 "avx.asm"
	cvtsi2sd xmm0, rax
# 43 "avx.asm"
	imul eax, eax, 5
# 44 "avx.asm"
	imul eax, ecx, -5
# 45 "avx.asm"
	ret
