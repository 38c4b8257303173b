# 0 "constants.asm"
	.intel_syntax noprefix
# 1 "constants.asm"
	.section .text,"ax",@progbits
	.balign 16
.L..$40start..text:
# 2 "constants.asm"
	.globl FEATURE
	.set FEATURE, 1
# 9 "constants.asm"
	.section .text,"ax",@progbits
# 10 "constants.asm"
	.section .rodata,"a",@progbits
	.balign 4
.L..$40start..rodata:
# 11 "constants.asm"
message:
# 11 "constants.asm"
	.byte 104,101,108,108,111
# 12 "constants.asm"
.L..$40here.12.0:

# 13 "constants.asm"
	.section .text,"ax",@progbits
# 14 "constants.asm"
	.globl FEATURE
# 14 "constants.asm"
	.globl function
# 20 "constants.asm"
	.globl function
function:
# 22 "constants.asm"
	mov ecx, 1
# 17 "constants.asm"
	mov eax, 4
# 29 "constants.asm"
	inc eax
# 29 "constants.asm"
	inc eax
# 29 "constants.asm"
	inc eax
# 33 "constants.asm"
	mov edx, 10
# 35 "constants.asm"
	mov eax, [rdi + 4]
# 36 "constants.asm"
	ret
# 39 "constants.asm"
	.balign 16
# 40 "constants.asm"
	ret
