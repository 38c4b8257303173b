# 0 "labels.asm"
	.intel_syntax noprefix
# 1 "labels.asm"
	.section .text,"ax",@progbits
	.balign 16
.L..$40start..text:
# 2 "labels.asm"
	.section .text,"ax",@progbits
# 3 "labels.asm"
	.globl first
# 3 "labels.asm"
	.globl second
# 4 "labels.asm"
	.globl first
first:
# 5 "labels.asm"
.Lfirst.loop:
# 6 "labels.asm"
	dec eax
# 7 "labels.asm"
	jnz .Lfirst.loop
# 8 "labels.asm"
	jmp .Lsecond.loop
# 9 "labels.asm"
	.globl second
second:
# 10 "labels.asm"
.Lsecond.loop:
# 10 "labels.asm"
	dec eax
# 11 "labels.asm"
	jnz .Lsecond.loop
# 12 "labels.asm"
	jz .Lfirst.loop
# 13 "labels.asm"
	jmp .Lsecond.end
# 14 "labels.asm"
	call first
# 15 "labels.asm"
.Lsecond.end:
# 16 "labels.asm"
	ret
# 17 "labels.asm"
.L..$40special:
# 17 "labels.asm"
	nop
# 18 "labels.asm"
	jmp .L..$40special
# 19 "labels.asm"
and1:
# 19 "labels.asm"
	nop
# 20 "labels.asm"
.Ln.and:
# 20 "labels.asm"
	nop
# 21 "labels.asm"
	jmp .Ln.and
# 22 "labels.asm"
.Ln.rax:
# 22 "labels.asm"
	nop
# 23 "labels.asm"
	call .Ln.rax
# 24 "labels.asm"
	lea rcx, [rip + .Ln.rax]
# 25 "labels.asm"
.Lname$3f:
# 25 "labels.asm"
	nop
# 26 "labels.asm"
	jmp .Lname$3f
# 27 "labels.asm"
.L..$40here.26.0:
	jmp .L..$40here.26.0
# 28 "labels.asm"
.L..$40here.27.0:
	loop .L..$40here.27.0
# 29 "labels.asm"
.L..$40here.28.0:
	lea rax, [rip + .L..$40here.28.0]
# 30 "labels.asm"
alone:
# 31 "labels.asm"
	jmp alone
# 32 "labels.asm"
third:
# 32 "labels.asm"
	ret
# 34 "labels.asm"
scope:
# 35 "labels.asm"
.Lscope.loop:
# 36 "labels.asm"
	dec ecx
# 38 "labels.asm"
	jnz .Lscope.loop
# 40 "labels.asm"
	mov eax, 5
# 42 "labels.asm"
.Ln.flags:
# 42 "labels.asm"
	.long 1
# 43 "labels.asm"
.Ln.r16:
# 43 "labels.asm"
	.long 2
# 44 "labels.asm"
.Ln.fp7:
# 45 "labels.asm"
	mov eax, [rip + .Ln.flags]
# 46 "labels.asm"
	mov eax, [rip + .Ln.r16]
# 47 "labels.asm"
	jmp .Ln.fp7
