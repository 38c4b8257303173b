// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Copying to and from memory that may be unmapped at any time. Leaf functions that use no stack, so
 * that the fault handler can end any of their instructions by continuing at machine_copy_fault.
 */
#include <asm/errno.h> /* errno.h of some C libraries is for C only */

	.text
	.globl	machine_copy_start, machine_copy_end, machine_copy_fault
	.hidden	machine_copy_start, machine_copy_end, machine_copy_fault
	.globl	machine_copy, machine_copy_string
	.hidden	machine_copy, machine_copy_string

machine_copy_start:

/* long machine_copy(void *to, const void *from, size_t size) */
	.p2align 4
	.type	machine_copy, %function
machine_copy:
	.cfi_startproc
	hint	#34			/* bti c */
	cmp	x2, #8
	b.eq	8f
	b.hi	.Lmany
	cmp	x2, #4
	b.eq	4f
	cmp	x2, #2
	b.eq	2f
.Lbytes:				/* 0, 1, 3, 5, 6, 7 */
	cbz	x2, .Ldone
1:	ldrb	w3, [x1], #1
	strb	w3, [x0], #1
	subs	x2, x2, #1
	b.ne	1b
.Ldone:
	mov	x0, #0
	ret
8:	ldr	x3, [x1]
	str	x3, [x0]
	mov	x0, #0
	ret
4:	ldr	w3, [x1]
	str	w3, [x0]
	mov	x0, #0
	ret
2:	ldrh	w3, [x1]
	strh	w3, [x0]
	mov	x0, #0
	ret
.Lmany:
	subs	x2, x2, #64
	b.lo	1f
0:	ldp	x3, x4, [x1]
	ldp	x5, x6, [x1, #16]
	ldp	x7, x8, [x1, #32]
	ldp	x9, x10, [x1, #48]
	stp	x3, x4, [x0]
	stp	x5, x6, [x0, #16]
	stp	x7, x8, [x0, #32]
	stp	x9, x10, [x0, #48]
	add	x1, x1, #64
	add	x0, x0, #64
	subs	x2, x2, #64
	b.hs	0b
1:	adds	x2, x2, #(64 - 8)
	b.mi	3f
2:	ldr	x3, [x1], #8
	str	x3, [x0], #8
	subs	x2, x2, #8
	b.hs	2b
3:	add	x2, x2, #8
	b	.Lbytes
	.cfi_endproc
	.size	machine_copy, . - machine_copy

/* long machine_copy_string(char *to, const char *from, size_t max) */
	.p2align 4
	.type	machine_copy_string, %function
machine_copy_string:
	.cfi_startproc
	hint	#34			/* bti c */
	mov	x3, x0
	mov	x0, #0
0:	cmp	x0, x2
	b.eq	1f
	ldrb	w4, [x1, x0]
	strb	w4, [x3, x0]
	cbz	w4, 1f
	add	x0, x0, #1
	b	0b
1:	ret
	.cfi_endproc
	.size	machine_copy_string, . - machine_copy_string

machine_copy_end:

machine_copy_fault:
	.cfi_startproc
	mov	x0, #-EFAULT
	ret
	.cfi_endproc

#include "bti_note.inc"

	.section .note.GNU-stack,"",%progbits
