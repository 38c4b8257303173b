	.text
	.globl	block, other, joins, loop, nested, lost, calls, page
block:
	add	x28, x27, w1, uxtw
	ldr	x0, [x28, #8]
	ldr	x2, [x28, #16]
	add	x1, x1, #32
	str	x2, [x28, #40]
	mov	x3, x1
	ldp	x4, x5, [x28, #32]
	ldr	x6, [x28, #32]
	add	x3, x3, #8
	add	x3, x3, #8
	ldr	x7, [x28, #48]
	sub	x3, x3, #4000
	ldr	x8, [x27, w3, uxtw]
	ldr	x1, [x28, #40]
	add	x28, x27, w1, uxtw
	ldr	x1, [x28, #8]
	ret
other:
	add	x28, x27, w1, uxtw
	ldr	x0, [x28, #8]
	add	w26, w3, #8
	ldr	x2, [x27, w26, uxtw]
	ldr	x4, [x28, #16]
	ldr	x2, [x27, w26, uxtw]
	add	x28, x27, w3, uxtw
	ldp	x5, x6, [x28, #8]
	ret
joins:
	add	x28, x27, w1, uxtw
	ldr	x0, [x28, #8]
	cbz	x0, 1f
	ldr	x0, [x28, #16]
	b	2f
1:
	ldr	x0, [x28, #24]
2:
	ldr	x0, [x28, #32]
	cbz	x0, 3f
	add	w26, w2, #8
	ldr	x0, [x27, w26, uxtw]
3:
	ldr	x0, [x28, #40]
	ret
loop:
	mov	x3, #10
	add	x28, x27, w1, uxtw
1:
	ldr	x0, [x28, #8]
	add	w26, w2, #8
	ldr	x4, [x27, w26, uxtw]
	str	x0, [x28, #16]
	subs	x3, x3, #1
	b.ne	1b
	ret
nested:
	mov	x5, #10
1:
	add	x28, x27, w1, uxtw
	ldr	x0, [x28, #8]
	add	x28, x27, w2, uxtw
2:
	ldr	x3, [x28, #8]
	subs	x3, x3, #1
	b.ne	2b
	subs	x5, x5, #1
	b.ne	1b
	ret
lost:
	mov	x5, #10
1:
	add	x28, x27, w1, uxtw
	str	x0, [x28, #8]
	ldr	x3, [x28, #16]
	add	x28, x27, w3, uxtw
	str	x0, [x28, #8]
	str	x0, [x28, #16]
	subs	x5, x5, #1
	b.ne	1b
	ret
calls:
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	add	x28, x27, w19, uxtw
	ldr	x0, [x28, #8]
	bl	block
	add	x28, x27, w19, uxtw
	ldr	x0, [x28, #8]
	ldr	x0, [sp, #8]
	ldp	x29, x30, [sp], #16
	add	x30, x27, w30, uxtw
	ret
page:
	adrp	x28, v
	ldr	w0, [x28, :lo12:v]
	add	w26, w2, #4
	ldr	w1, [x27, w26, uxtw]
	str	w0, [x28, :lo12:v]
	ret
