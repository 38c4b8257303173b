# writes to sp
	.text
	.globl	steps, unchecked, any, access
steps:
	sub	sp, sp, #32
	stp	x29, x30, [sp, #16]
	add	x29, sp, #16
	str	w0, [x29, #12]
	ldur	w0, [x29, #-8]
	ldp	x29, x30, [sp, #16]
	add	sp, sp, #32
	ret
unchecked:
	sub	sp, sp, #48
	ldr	x0, [sp]		// a load does not check a step down
	bl	any
	add	sp, sp, #48
	bl	any
	sub	sp, sp, #4080
	bl	any
	add	sp, sp, #504
	bl	any
	add	sp, sp, #1, lsl #12
	bl	any
	sub	sp, sp, #17, lsl #12	// too far for a check
	str	x0, [sp]
	sub	sp, sp, #8
	ldr	x0, [sp], #8		// nor is sp written before
	ret
any:
	mov	sp, x29
	mov	sp, x0
	sub	sp, x29, #16
	add	sp, sp, x1
	sub	sp, sp, x1, lsl #4
	and	sp, x9, #-64
	bic	x9, x9, #15
	mov	x0, sp
	ret
access:
	str	x0, [sp, #-16]!
	ldr	x0, [sp], #16
	ldr	x0, [sp, #-16]!
	ldr	x0, [sp], #-16
	ld1	{v0.16b, v1.16b}, [sp], #32
	ld1	{v0.16b, v1.16b}, [sp], x3
	ldxr	x0, [sp]
	ret
