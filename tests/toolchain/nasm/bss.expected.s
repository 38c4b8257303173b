# 0 "bss.asm"
	.intel_syntax noprefix
# 1 "bss.asm"
	.section .text,"ax",@progbits
	.balign 16
.L..$40start..text:
# 2 "bss.asm"
	.section .bss,"aw",@nobits
	.balign 32
.L..$40start..bss:
# 3 "bss.asm"
first:
# 3 "bss.asm"
	.zero 3
# 4 "bss.asm"
	.balign 16
# 5 "bss.asm"
second:
# 5 "bss.asm"
	.zero 4
	.zero 4
# 6 "bss.asm"
third:
# 6 "bss.asm"
	.rept 4
	.zero 2
	.endr
# 7 "bss.asm"
	.zero 32
# 8 "bss.asm"
	.balign 32
# 9 "bss.asm"
fourth:
# 9 "bss.asm"
	.zero 16
# 10 "bss.asm"
	.section .data,"aw",@progbits
	.balign 8
.L..$40start..data:
# 11 "bss.asm"
	.byte 1
# 12 "bss.asm"
	.balign 8, 144
# 13 "bss.asm"
.L..$40here.17.0:

# 14 "bss.asm"
	.rept 56
	.byte 8
	.endr
# 15 "bss.asm"
	.quad second
	.quad third
	.quad fourth
	.quad 64
