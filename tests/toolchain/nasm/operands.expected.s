# 0 "operands.asm"
	.intel_syntax noprefix
# 1 "operands.asm"
	.section .text,"ax",@progbits
	.balign 16
.L..$40start..text:
# 2 "operands.asm"
	.section .text,"ax",@progbits
# 4 "operands.asm"
operands:
# 5 "operands.asm"
	pinsrw xmm0, eax, 1
# 6 "operands.asm"
	pinsrb xmm0, esi, 1
# 7 "operands.asm"
	vpinsrw xmm0, xmm1, r9d, 1
# 8 "operands.asm"
	vpbroadcastb zmm0, eax
# 9 "operands.asm"
	kmovb k1, ecx
# 10 "operands.asm"
	cvtsi2sd xmm0, dword ptr [rdi]
# 11 "operands.asm"
	vcvtsi2ss xmm0, xmm1, dword ptr [rdi]
# 12 "operands.asm"
	vcmpneq_oqps xmm0, xmm0, xmm1
# 13 "operands.asm"
	vcmpord_qpd ymm0, ymm0, [rdi]
# 14 "operands.asm"
	fadd st(1), st(0)
# 15 "operands.asm"
	fsubr st(2), st(0)
# 16 "operands.asm"
	fxch st(3)
# 17 "operands.asm"
	fcmovb st(0), st(2)
# 18 "operands.asm"
	wait
	fnstsw ax
# 19 "operands.asm"
	movsb
# 20 "operands.asm"
	mov eax, [rdi]
# 21 "operands.asm"
	add rax, -16
# 22 "operands.asm"
	mov qword ptr [rdi], -2147483648
# 23 "operands.asm"
	push -2147483648
# 24 "operands.asm"
	movabs rax, offset far_away
# 25 "operands.asm"
	movabs rax, offset far_away
# 26 "operands.asm"
	mov eax, 1069547520
# 27 "operands.asm"
	mov rax, -4631501856787818086
# 28 "operands.asm"
	ret
# 29 "operands.asm"
table:
# 29 "operands.asm"
	push 5
# 30 "operands.asm"
	jmp table
# 31 "operands.asm"
indirect:
# 31 "operands.asm"
	call qword ptr [rdi]
# 32 "operands.asm"
	jmp indirect
# 33 "operands.asm"
	vpcmpnltud k1, zmm0, zmm1
# 34 "operands.asm"
	vpcmpnleub k1{k2}, zmm0, [rdi]
# 35 "operands.asm"
	vpcmplew k1, ymm0, ymm1
# 36 "operands.asm"
	vpcmpgtd k1, ymm0, ymm1
# 37 "operands.asm"
	{rex} lock add [rdi], eax
