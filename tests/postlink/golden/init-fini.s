# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# .init and .fini are put together of pieces; control falls from one into the next.
.include "lfi.inc"
.section .init,"ax",@progbits
.globl _start
_start:
	pushq %rbp
.section .fini,"ax",@progbits
.globl _fini
_fini:
	pushq %rbp
	movl $1, %eax
.text
.globl f
f:	return
