	.text
	.globl	steps, unchecked, any, access
steps:
	sub	sp, sp, #32
	stp	x29, x30, [sp, #16]
	add	x29, sp, #16
	str	w0, [sp, #28]
	ldur	w0, [x29, #-8]
	ldp	x29, x30, [sp, #16]
	ldr	xzr, [sp], #32
	add	x30, x27, w30, uxtw
	ret
unchecked:
	str	xzr, [sp, #-48]!
	ldr	x0, [sp]
	bl	any
	ldr	xzr, [sp], #48
	bl	any
	sub	x26, sp, #4080
	add	sp, x27, w26, uxtw
	bl	any
	ldp	xzr, x26, [sp], #504
	bl	any
	add	x26, sp, #1, lsl #12
	add	sp, x27, w26, uxtw
	bl	any
	sub	x26, sp, #17, lsl #12
	add	sp, x27, w26, uxtw
	str	x0, [sp]
	str	xzr, [sp, #-8]!
	ldr	x0, [sp], #8
	ret
any:
	add	sp, x27, w29, uxtw
	add	sp, x27, w0, uxtw
	sub	x26, x29, #16
	add	sp, x27, w26, uxtw
	add	x26, sp, x1
	add	sp, x27, w26, uxtw
	sub	x26, sp, x1, lsl #4
	add	sp, x27, w26, uxtw
	and	x26, x9, #-64
	add	sp, x27, w26, uxtw
	bic	x9, x9, #15
	mov	x0, sp
	ret
access:
	str	x0, [sp, #-16]!
	ldr	x0, [sp], #16
	sub	x26, sp, #16
	add	sp, x27, w26, uxtw
	ldr	x0, [sp]
	ldr	x0, [sp]
	sub	x26, sp, #16
	add	sp, x27, w26, uxtw
	ld1	{v0.16b, v1.16b}, [sp], #32
	ld1	{v0.16b, v1.16b}, [sp]
	add	x26, sp, x3
	add	sp, x27, w26, uxtw
	ldxr	x0, [sp]
	ret
