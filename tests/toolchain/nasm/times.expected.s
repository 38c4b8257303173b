# 0 "times.asm"
	.intel_syntax noprefix
# 1 "times.asm"
	.section .text,"ax",@progbits
	.balign 16
.L..$40start..text:
# 2 "times.asm"
	.section .text,"ax",@progbits
# 3 "times.asm"
f:
# 4 "times.asm"
	nop
# 5 "times.asm"
	jz last
# 6 "times.asm"
last:
# 8 "times.asm"
	ret
# 9 "times.asm"
g:
# 10 "times.asm"
	nop
# 12 "times.asm"
	ret
# 14 "times.asm"
.Lg.end:
# 15 "times.asm"
next:
# 16 "times.asm"
	nop
# 17 "times.asm"
	jmp later
# 18 "times.asm"
.Lnext.end:
# 19 "times.asm"
	ud2
# 20 "times.asm"
later:
# 21 "times.asm"
	.balign 16
# 22 "times.asm"
	ret
# 23 "times.asm"
	rep movsb
# 24 "times.asm"
	lock inc dword ptr [rdi]
# 25 "times.asm"
	.rept 3
	nop
	.endr
# 26 "times.asm"
	ret
# 27 "times.asm"
	.section .rodata,"a",@progbits
	.balign 4
.L..$40start..rodata:
# 28 "times.asm"
	.byte 1
# 29 "times.asm"
	.rept 15
	.byte 2
	.endr
# 30 "times.asm"
a:
# 30 "times.asm"
	.long 1
# 31 "times.asm"
	.rept 2
	.short 7
	.endr
