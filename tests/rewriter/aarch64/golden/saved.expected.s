	.text
	.type	f, %function
f:
	stp	x24, x25, [sp, #-64]!
	stp	x26, x27, [sp, #(1 * 16)]
	str	x28, [sp, #32]
	mov	x24, x0
	cbz	x0, 1f
	str	x1, [x27, w24, uxtw]
1:
	ldp	xzr, x26, [sp, #(1 * 16)]
	ldr	xzr, [sp, #32]
	ldp	x24, xzr, [sp], #64
	ret
	.type	g, %function
g:
	stp	x27, x28, [sp, #-16]!
	add	w26, w0, w1
	ldr	x1, [x27, w26, uxtw]
	ldp	xzr, x26, [sp], #16
	add	w26, w0, w1
	ldr	x2, [x27, w26, uxtw]
	b	f
