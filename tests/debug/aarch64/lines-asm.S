// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hand-written lines: compilers say nothing of them, so lfi-as -g does.
#include "here.h"

	.text
	.globl	assembly
	.type	assembly, %function
assembly:
	stp	x30, x19, [sp, #-32]!
	mov	w19, #3
1:	HERE
	mov	x0, sp
	str	x19, [x0, #16]
	subs	w19, w19, #1
	b.ne	1b
	ldr	x1, [x0], #8
	stp	x1, x1, [sp, #16]
	HERE
	adrp	x0, table
	add	x0, x0, :lo12:table
	mov	w1, #1
	ldrsw	x1, [x0, x1, lsl #2]
	add	x0, x0, x1
	br	x0
2:	HERE
3:	HERE
#line 500 "generated.inc"
	HERE

	HERE
#line 31 "lines-asm.S"
	bl	twice
	HERE
	ldp	x30, x19, [sp], #32
	ret
	.size	assembly, . - assembly

	.section .text.other, "ax", %progbits
	.type	twice, %function
twice:
	str	x30, [sp, #-16]!
	HERE
	mrs	x0, tpidr_el0
	HERE
	ldr	x30, [sp], #16
	ret
	.size	twice, . - twice

	.section .rodata
	.p2align	2
table:
	.word	2b - table
	.word	3b - table
	.section .note.GNU-stack, "", %progbits
