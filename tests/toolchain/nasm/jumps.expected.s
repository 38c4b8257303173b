# 0 "jumps.asm"
	.intel_syntax noprefix
# 1 "jumps.asm"
	.section .text,"ax",@progbits
	.balign 16
.L..$40start..text:
# 3 "jumps.asm"
	.section .rodata,"a",@progbits
	.balign 4
.L..$40start..rodata:
# 4 "jumps.asm"
table:
# 5 "jumps.asm"
	.long (.Lf.one - table)
	.long (.Lf.two - table)
# 6 "jumps.asm"
short_table:
# 6 "jumps.asm"
	.short (.Lf.one - f)
	.short (.Lf.two - f)
# 7 "jumps.asm"
	.section .text,"ax",@progbits
# 8 "jumps.asm"
f:
# 9 "jumps.asm"
	lea rcx, [rip + table]
# 10 "jumps.asm"
	movsxd rax, dword ptr [rcx + rdi*4]
# 11 "jumps.asm"
	add rax, rcx
# 12 "jumps.asm"
	lea rdx, [rip + f]
# 13 "jumps.asm"
	.set .Lset.0, (short_table - f)
	movzx esi, word ptr [rdx + rdi*2 + .Lset.0]
# 14 "jumps.asm"
	.set .Lset.1, (.Lf.two - .Lf.one)
	mov eax, offset .Lset.1
# 15 "jumps.asm"
	.set .Lset.2, (.Lf.one - f)
	lea rax, [rdx + .Lset.2]
# 16 "jumps.asm"
	jmp rax
# 17 "jumps.asm"
.Lf.one:
# 18 "jumps.asm"
	.rept 5
	add rax, 4096
	.endr
# 19 "jumps.asm"
	ret
# 20 "jumps.asm"
.Lf.two:
# 21 "jumps.asm"
	ret
