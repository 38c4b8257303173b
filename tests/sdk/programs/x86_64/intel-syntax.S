// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define FUNCTION(name) .globl name; .type name, @function; name
	.intel_syntax
	.text

FUNCTION(prefixed):
	xor %eax, %eax	# %eax
1:	dec %rsi
	js 2f
	lea %rax, [%rax+%rax*2]
	add %rax, qword ptr [%rdi+%rsi*8]
	jmp 1b
2:	.att_syntax
	leaq 1(%rax), %rax
	.intel_syntax noprefix
	shl rax, 1
	ret

	.att_syntax noprefix
FUNCTION(naked):
	xorl eax, eax
1:	subq $1, rsi
	jb 2f
	leaq (rax,rax,4), rax
	addq (rdi,rsi,8), rax
	lock; addq rax, -8(rsp)
	jmp 1b
2:	ret
	.att_syntax prefix
	.section .note.GNU-stack, "", @progbits
