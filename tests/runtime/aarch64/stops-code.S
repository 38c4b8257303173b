// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Code for core-stops.c: what the verifier relies on between instructions. It accepts it in mode
 * `full`. What it computes is in its data, registers and vectors at the end.
 */
	.section .rodata
	.p2align 2

#define TEST_DATA 0x200000 /* core-box.h */

.macro	runtime_call slot
	ldur	x30, [x27, #-8 * (\slot + 1)]
	blr	x30
.endm
.macro	system_call
	mov	x26, x30
	runtime_call 0
	add	x30, x27, w26, uxtw
.endm

	.globl	stops_code, stops_code_end, stop_forms, stop_forms_end, stop_handler, stop_spin, stop_step
	.globl	stop_null, stop_signed, stop_return, stop_pair
stops_code:

stop_forms:
	mov	x19, #0x1111
	movk	x19, #0x8765, lsl #48
	mov	x20, #3
	adds	x21, x19, x20, lsl #62
	adc	x22, x21, x20
	mov	w1, #TEST_DATA
	add	x28, x27, w1, uxtw
	str	x22, [x28, #256]
	ldr	x2, [x27, w1, uxtw]
	ldr	x3, [x28, #256]
	fmov	d8, x19
	movi	v9.16b, #0x5a
	scvtf	d10, x22
	fdiv	d11, d10, d8
	bl	stop_function
	adr	x9, stop_function
	add	x28, x27, w9, uxtw
	blr	x28
	adr	x9, 1f
	orr	x9, x9, #0xffff000000000000
	add	x28, x27, w9, uxtw
	br	x28
	mov	x22, #0
1:	mov	x4, #0x777
	str	x4, [x25, #16]
	subs	xzr, x19, x20
	ldr	x5, [x25, #16]
	adc	x22, x22, x5
	mov	x30, x19		/* anything, until the guard */
	add	x22, x22, x30
	eor	x30, x30, x19
	add	x30, x27, w9, uxtw
	mov	x8, #5
	system_call
	add	x22, x22, x0
	mov	x6, sp
	sub	sp, sp, #4096
	mov	x7, #1
	add	x22, x22, x7
	str	x22, [sp, #16]
	sub	x26, sp, #256
	add	sp, x27, w26, uxtw
	stp	x19, x22, [sp, #-16]!
	ldp	x10, x11, [sp], #16
	add	sp, x27, w6, uxtw
	add	sp, sp, #32
	ldr	x12, [sp]
	sub	sp, sp, #32
	str	x22, [sp]
	add	x28, x27, w1, uxtw
2:	ldxr	x13, [x28]
	add	x13, x13, x20
	stxr	w14, x13, [x28]
	cbnz	w14, 2b
	mov	w14, #0
	mov	w15, #0
	mrs	x16, nzcv
	fmov	x17, d11
	mov	x6, #0
	mov	x26, #0
	runtime_call 3
stop_forms_end:

stop_function:
	add	x22, x22, #1
	ror	x22, x22, #7
	ret

/* A handler: changes all registers, uses the stack and the thread pointer, makes system calls. */
stop_handler:
	mov	x0, #-1
	.irp	i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 26, 29
	mov	x\i, x0
	.endr
	add	x28, x27, w1, uxtw
	add	x30, x27, w1, uxtw
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	movi	v\i\().16b, #255
	.endr
	mov	x9, #0x3c00000
	msr	fpcr, x9
	ldr	x3, [x25, #16]
	str	x3, [sp, #-16]!
	mov	x8, #7
	system_call
	mov	x8, #99			/* return from it */
	system_call
	brk	#1

stop_spin:
	add	x0, x0, #1
	b	stop_spin

/* The stack pointer leaves the box, by a step that is checked. */
stop_step:
	mov	w0, #0x100
	add	sp, x27, w0, uxtw
	sub	sp, sp, #4096
	nop
	nop
	str	x0, [sp]
	brk	#1

stop_null:
	mov	w1, #0
	ldr	x0, [x27, w1, uxtw]
	brk	#1

stop_signed:			/* x30 may be anything here … */
	nop
	add	x30, x27, w30, uxtw
stop_return:			/* … but not here */
	nop
	ret
stop_pair:
	runtime_call 0
	brk	#1
stops_code_end:

	.section .note.GNU-stack,"",%progbits
