# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
.include "lfi.inc"
.section .init,"ax",@progbits
	direct_call f
	movl $2, %eax
	.p2align 6
	movl $3, %eax
.section .fini,"ax",@progbits
	movl $4, %eax
.section .text.g,"ax",@progbits
g:	return
