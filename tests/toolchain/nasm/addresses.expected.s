# 0 "addresses.asm"
	.intel_syntax noprefix
# 1 "addresses.asm"
	.section .text,"ax",@progbits
	.balign 16
.L..$40start..text:
# 3 "addresses.asm"
	.section .rodata,"a",@progbits
	.balign 4
.L..$40start..rodata:
# 4 "addresses.asm"
table:
# 4 "addresses.asm"
	.long 1
	.long 2
	.long 3
	.long 4
# 5 "addresses.asm"
other:
# 5 "addresses.asm"
	.long 5
# 6 "addresses.asm"
	.section .text,"ax",@progbits
# 7 "addresses.asm"
f:
# 8 "addresses.asm"
	mov eax, [rdi]
# 9 "addresses.asm"
	mov eax, [rdi + rsi*1]
# 10 "addresses.asm"
	mov eax, [rdi + rsi*8 - 4]
# 11 "addresses.asm"
	mov eax, [rdi + rsi*2 + 16]
# 12 "addresses.asm"
	mov eax, [rdi + rdi*1]
# 13 "addresses.asm"
	mov eax, [rdi + rdi*2]
# 14 "addresses.asm"
	mov eax, [rdi + rdi*8 + 8]
# 15 "addresses.asm"
	mov eax, [rdi*2]
# 16 "addresses.asm"
	mov eax, [rdi*4]
# 17 "addresses.asm"
	mov eax, [rsp + rax*1]
# 18 "addresses.asm"
	mov eax, [rdi + rdi*1]
# 19 "addresses.asm"
	mov eax, [rdi + 5]
# 20 "addresses.asm"
	mov eax, [rsi + rdi*2 - 32]
# 21 "addresses.asm"
	mov eax, [rdi + 20]
# 22 "addresses.asm"
	mov eax, [edi + esi*2]
# 23 "addresses.asm"
	mov eax, [rip + table]
# 24 "addresses.asm"
	mov eax, [rip + table + 4]
# 25 "addresses.asm"
	mov eax, [rip + table]
# 26 "addresses.asm"
	lea rdx, [rip + other]
# 27 "addresses.asm"
	mov eax, [rdx - 16]
# 28 "addresses.asm"
	mov eax, [rdx + rcx*4 - 12]
# 29 "addresses.asm"
	mov eax, fs:[40]
# 30 "addresses.asm"
	mov rax, fs:[rax]
# 31 "addresses.asm"
	mov eax, [rdi + 1]
# 32 "addresses.asm"
	mov byte ptr [rdi], 1
# 33 "addresses.asm"
	mov word ptr [rdi], 1
# 34 "addresses.asm"
	mov dword ptr [rdi], -1
# 35 "addresses.asm"
	mov qword ptr [rdi], -1
# 36 "addresses.asm"
	movdqu xmmword ptr [rdi], xmm0
# 37 "addresses.asm"
	vmovdqu ymmword ptr [rdi], ymm0
# 38 "addresses.asm"
	fld tbyte ptr [rdi]
# 39 "addresses.asm"
	fstp qword ptr [rdi]
# 40 "addresses.asm"
	jmp qword ptr [rdi]
# 41 "addresses.asm"
	call qword ptr [rdi]
# 42 "addresses.asm"
	push qword ptr [rdi]
# 43 "addresses.asm"
	prefetcht0 [rdi]
# 44 "addresses.asm"
	lea rax, [rip + f]
# 45 "addresses.asm"
	ret
