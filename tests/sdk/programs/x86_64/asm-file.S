# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Hand-written assembly of the kinds that libraries have: callee-saved registers with r14 and r15,
# r11 as an ordinary register, jump tables, macros, preprocessor, CFI, own stack frames.
#define ROUNDS 4
#define KEYS   %rdx

.macro round source, shift
	movq \source, %rax
	xorq (KEYS), %rax
	rolq $\shift, %rax
	addq %rax, %r14
	imulq $31, %r14, %r14
	xorq %r14, %r15
.endm

	.text
	.globl hash_blocks
	.type hash_blocks, @function
	.p2align 4
hash_blocks:
	.cfi_startproc
	pushq %rbx
	.cfi_adjust_cfa_offset 8
	pushq %r14
	.cfi_adjust_cfa_offset 8
	pushq %r15
	.cfi_adjust_cfa_offset 8
	xorl %r14d, %r14d
	movq $-1, %r15
.Lblock:
	testq %rsi, %rsi
	jz .Ldone
	movl $ROUNDS, %ebx
1:	round (%rdi), 13
	addq $8, %rdi
	addq $8, KEYS
	decl %ebx
	jnz 1b
	subq $8*ROUNDS, KEYS
	decq %rsi
	jmp .Lblock
.Ldone:
	leaq (%r14,%r15,2), %rax
	popq %r15
	.cfi_adjust_cfa_offset -8
	popq %r14
	.cfi_adjust_cfa_offset -8
	popq %rbx
	.cfi_adjust_cfa_offset -8
	ret
	.cfi_endproc
	.size hash_blocks, . - hash_blocks

	.globl dispatch
	.type dispatch, @function
dispatch:
	cmpl $3, %edi
	ja .Lbad
	movl %edi, %edi
	leaq .Ltable(%rip), %rax
	movslq (%rax,%rdi,4), %rcx
	addq %rcx, %rax
	jmp *%rax
.Ladd:	leal (%rsi,%rdx), %eax
	ret
.Lsub:	movl %esi, %eax
	subl %edx, %eax
	ret
.Lmul:	movl %esi, %eax
	imull %edx, %eax
	ret
.Ldiv:	movl %esi, %eax
	movl %edx, %ecx
	cltd
	idivl %ecx
	ret
.Lbad:	movl $-1, %eax
	ret
	.size dispatch, . - dispatch

	.section .rodata
	.p2align 2
.Ltable:
	.long .Ladd - .Ltable, .Lsub - .Ltable, .Lmul - .Ltable, .Ldiv - .Ltable
	.globl message
message:
	.asciz "from assembly"

	.text
	.globl call_back
	.type call_back, @function
call_back:
	pushq %rbp
	movq %rsp, %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	subq $8, %rsp
	movq %rdi, %r12
	movl %esi, %r13d
	xorl %r14d, %r14d
2:	movl %r13d, %edi
	call *%r12
	addl %eax, %r14d
	decl %r13d
	jnz 2b
	movl %r14d, %eax
	leaq -24(%rbp), %rsp
	popq %r14
	popq %r13
	popq %r12
	leave
	ret
	.size call_back, . - call_back

# r11 away from calls and returns, with register operands only.
	.globl scratch
	.type scratch, @function
scratch:
	movl $7, %r11d
	imull %r11d, %r11d
	addl $1, %r11d
	movl %r11d, %eax
	addq (%rdi,%rsi,8), %rax
	ret
	.size scratch, . - scratch

	.globl many_pushes
	.type many_pushes, @function
many_pushes:
	pushq %rdi
	pushq %rsi
	pushq $100
	movq 8(%rsp), %rax
	addq 16(%rsp), %rax
	addq (%rsp), %rax
	addq $24, %rsp
	ret
	.size many_pushes, . - many_pushes

# A frame with an aligned stack, as vector code makes it.
	.globl align_stack
	.type align_stack, @function
align_stack:
	pushq %rbp
	movq %rsp, %rbp
	subq $256, %rsp
	andq $-64, %rsp
	movq %rsi, 64(%rsp)
	movq %rdi, %rax
	movq 64(%rsp), %rdi
	call *%rax
	addq 64(%rsp), %rax
	movq %rbp, %rsp
	popq %rbp
	ret
	.size align_stack, . - align_stack

# Many local labels and a stack of variable size.
	.globl frame
	.type frame, @function
frame:
	pushq %rbp
	movq %rsp, %rbp
	leaq 15(,%rdi,8), %rax
	andq $-16, %rax
	subq %rax, %rsp
	xorl %ecx, %ecx
1:	movq %rcx, (%rsp,%rcx,8)
	incq %rcx
	cmpq %rdi, %rcx
	jb 1b
	xorl %eax, %eax
1:	addq -8(%rsp,%rcx,8), %rax
	loop 1b
	movq %rbp, %rsp
	popq %rbp
	ret
	.size frame, . - frame

	.section .note.GNU-stack,"",@progbits
