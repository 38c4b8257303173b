# 0 "sections.asm"
	.intel_syntax noprefix
# 1 "sections.asm"
	.section .text,"ax",@progbits
	.balign 32
.L..$40start..text:
# 2 "sections.asm"
	.section .text,"ax",@progbits
# 3 "sections.asm"
	.type f,@function
	.globl f
# 3 "sections.asm"
	.type h,@function
	.hidden h
	.globl h
# 3 "sections.asm"
	.type g,@object
	.size g, 8
	.globl g
# 3 "sections.asm"
	.type w,@function
	.weak w
# 4 "sections.asm"
	.weak b
# 5 "sections.asm"
	.globl f
f:
# 5 "sections.asm"
	ret
# 6 "sections.asm"
	.globl h
h:
# 6 "sections.asm"
	ret
# 7 "sections.asm"
w:
# 7 "sections.asm"
	ret
# 8 "sections.asm"
	.section .rodata,"a",@progbits
	.balign 16
.L..$40start..rodata:
# 9 "sections.asm"
	.byte 1
# 10 "sections.asm"
	.section .rodata.cst16,"aM",@progbits,16
	.balign 16
.L..$40start..rodata.cst16:
# 11 "sections.asm"
	.quad 1
	.quad 2
# 12 "sections.asm"
	.section .data,"aw",@progbits
	.balign 4
.L..$40start..data:
# 13 "sections.asm"
	.globl g
g:
# 13 "sections.asm"
	.quad 1
# 14 "sections.asm"
	.section mine,"ax",@progbits
	.balign 64
.L..$40start.mine:
# 15 "sections.asm"
code:
# 16 "sections.asm"
	ret
# 17 "sections.asm"
	.section .tdata,"awT",@progbits
	.balign 4
.L..$40start..tdata:
# 18 "sections.asm"
	.long 1
# 19 "sections.asm"
	.section .bss,"aw",@nobits
	.balign 64
.L..$40start..bss:
# 20 "sections.asm"
	.zero 1
# 21 "sections.asm"
	.comm room,64,32
# 22 "sections.asm"
	.section .note.GNU-stack,"",@progbits
# 23 "sections.asm"
	.section .text,"ax",@progbits
# 24 "sections.asm"
	call a@PLT
# 25 "sections.asm"
	call b@PLT
# 26 "sections.asm"
	mov rax, [rip + a@GOTPCREL]
# 27 "sections.asm"
	movabs rax, offset g
# 28 "sections.asm"
	jmp code
