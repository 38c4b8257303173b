# 0 "data.asm"
	.intel_syntax noprefix
# 1 "data.asm"
	.section .text,"ax",@progbits
	.balign 16
.L..$40start..text:
# 2 "data.asm"
	.section .data,"aw",@progbits
	.balign 16
.L..$40start..data:
# 3 "data.asm"
	.byte 1
	.byte 16
	.byte -1
	.byte 255
	.byte 97
	.byte 116,119,111,32,119,111,114,100,115
	.byte 116,97,98,9,65,10,65,65,195,169
	.byte 0
# 4 "data.asm"
	.short 1
	.byte 97,98
	.byte 97,98,99
	.byte 0
	.short -2
# 5 "data.asm"
	.long 1
	.byte 97,98,99,100
	.byte 0,0,192,63
	.byte 0,64,28,197
	.long 305419896
# 6 "data.asm"
	.quad 1
	.byte 97,98,99,100,101,102,103,104
	.byte 0,0,0,0,0,0,240,63
	.quad -1
	.quad 1311768467463790320
	.byte 0,0,0,0,0,0,240,127
# 7 "data.asm"
	.byte 0,0,0,0,0,0,0,128,255,63
# 8 "data.asm"
	.byte 255
	.byte 255
	.byte 255
	.byte 3
	.byte 3
	.byte 15
	.byte 15
	.byte 15
	.byte 10
	.byte 10
	.byte 232
	.byte 31
# 9 "data.asm"
	.short 11
	.short 14
	.short 3
	.short -3
	.short 1
	.short -1
	.short 17
	.short -1
	.short 1
	.short 0
	.short 5
	.short 2
# 10 "data.asm"
	.short 1
	.short 0
	.short 1
	.short 0
	.short 1
	.short 1
	.short 2
# 11 "data.asm"
	.rept 3
	.byte 7
	.endr
# 12 "data.asm"
	.rept 4
	.short 1
	.short 2
	.endr
# 13 "data.asm"
	.rept 2
	.byte 97,98
	.byte 0,0
	.endr
# 14 "data.asm"
values:
# 14 "data.asm"
	.rept 2
	.byte 1
	.endr
# 15 "data.asm"
	.long 2
	.long 57
# 16 "data.asm"
	.quad values
	.quad values + 8
	.quad other
# 17 "data.asm"
.L..$40here.15.0:
	.long (code - .L..$40here.15.0)
# 18 "data.asm"
	.rept 2
	.long 38
	.endr
# 19 "data.asm"
	.balign 16, 144
# 20 "data.asm"
	.balign 8, 0
# 21 "data.asm"
	.byte 1
# 22 "data.asm"
	.balign 4, 0
# 23 "data.asm"
	.zero 3
# 24 "data.asm"
end:
# 25 "data.asm"
	.section .rodata,"a",@progbits
	.balign 4
.L..$40start..rodata:
# 26 "data.asm"
other:
# 26 "data.asm"
	.incbin "included.bin", 0, 8
# 27 "data.asm"
	.incbin "included.bin", 2, 6
# 28 "data.asm"
	.incbin "included.bin", 1, 3
# 29 "data.asm"
	.section .bss,"aw",@nobits
	.balign 16
.L..$40start..bss:
# 30 "data.asm"
buffer:
# 30 "data.asm"
	.zero 100
# 31 "data.asm"
	.balign 16
# 32 "data.asm"
	.zero 12
# 33 "data.asm"
	.zero 16
# 34 "data.asm"
	.zero 16
# 35 "data.asm"
	.zero 32
# 36 "data.asm"
	.zero 64
# 37 "data.asm"
	.section .text,"ax",@progbits
# 38 "data.asm"
code:
# 38 "data.asm"
	ret
# 39 "data.asm"
	.section .data,"aw",@progbits
# 40 "data.asm"
	.long 3217031168
	.long 1036831950
# 41 "data.asm"
	.quad 9218868437227405312
# 42 "data.asm"
	.short 1
	.short 2
	.zero 2
	.short 2
	.zero 2
	.short 2
	.zero 2
	.short 1
	.short 2
	.zero 2
	.short 2
	.zero 2
	.short 2
	.zero 2
	.short 4
# 43 "data.asm"
	.byte 97,98
	.byte 3
	.byte 97,98
	.byte 3
# 45 "data.asm"
	.section .bss,"aw",@nobits
# 46 "data.asm"
	.zero 4
	.zero 4
	.zero 4
