# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Masked calls: registers with and without REX.B, a load in front that stays, padding of 0 and 1.
.include "lfi.inc"
.text
.p2align 5
.globl _start
_start:
	masked_call %eax, %rax
	masked_call %r8d, %r8
	masked_call %r15d, %r15
	movq %gs:8(%edi), %r11
	masked_call %r11d, %r11
	.rept 18
	nop
	.endr
	masked_call %ebp, %rbp    # ends its bundle already
	.rept 17
	nop
	.endr
	masked_call %ebx, %rbx    # one byte of padding
	nop
	masked_call %r12d, %r12   # of 16 bytes, after a nop that stays
	masked_jump %eax, %rax
