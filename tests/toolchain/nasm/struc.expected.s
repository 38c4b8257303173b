# 0 "struc.asm"
	.intel_syntax noprefix
# 1 "struc.asm"
	.section .text,"ax",@progbits
	.balign 16
.L..$40start..text:
# 7 "struc.asm"
	.section .text,"ax",@progbits
# 11 "struc.asm"
	.section .data,"aw",@progbits
	.balign 4
.L..$40start..data:
# 12 "struc.asm"
one:
# 12 "struc.asm"
.L..$408.strucstart:
# 13 "struc.asm"
	.long 1
# 14 "struc.asm"
	.long 2
# 15 "struc.asm"
	.rept 8
	.byte 0
	.endr
# 15 "struc.asm"
	.byte 110,97,109,101
# 16 "struc.asm"
	.rept 4
	.byte 0
	.endr
# 19 "struc.asm"
.L..$40here.24.0:

# 20 "struc.asm"
	.long 24
	.long 48
	.long 24
	.long 64
	.long 70
	.long 12
# 21 "struc.asm"
	.section .text,"ax",@progbits
# 22 "struc.asm"
	mov eax, [rdi + 4]
# 23 "struc.asm"
	mov eax, 24
# 24 "struc.asm"
	mov ecx, [rdi + 70]
# 25 "struc.asm"
	lea rdx, [rdi + rax*4 + 16]
# 26 "struc.asm"
	mov edx, 24
