	.text
	.globl	block, other, joins, loop, nested, lost, calls, page
block:
	ldr	x0, [x1, #8]
	ldr	x2, [x1, #16]
	add	x1, x1, #32
	add	x28, x27, w1, uxtw
	str	x2, [x28, #8]
	mov	x3, x1
	ldp	x4, x5, [x3]
	ldr	x6, [x3], #8
	ldr	x7, [x3, #8]!
	sub	x3, x3, #4000
	ldr	x8, [x3]
	ldr	x1, [x1, #8]
	ldr	x1, [x1, #8]
	ret
other:
	ldr	x0, [x1, #8]
	ldr	x2, [x3, #8]
	ldr	x4, [x1, #16]
	ldr	x2, [x3, #8]
	ldp	x5, x6, [x3, #8]
	ret
joins:
	ldr	x0, [x1, #8]
	cbz	x0, 1f
	ldr	x0, [x1, #16]
	b	2f
1:
	ldr	x0, [x1, #24]
2:
	ldr	x0, [x1, #32]
	cbz	x0, 3f
	ldr	x0, [x2, #8]
3:
	ldr	x0, [x1, #40]
	ret
loop:
	mov	x3, #10
	add	x28, x27, w1, uxtw
1:
	ldr	x0, [x1, #8]
	ldr	x4, [x2, #8]
	str	x0, [x28, #16]
	subs	x3, x3, #1
	b.ne	1b
	ret
nested:
	mov	x5, #10
1:
	ldr	x0, [x1, #8]
2:
	ldr	x3, [x2, #8]
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
	ldr	x3, [x1, #16]
	add	x28, x27, w3, uxtw
	str	x0, [x28, #8]
	str	x0, [x28, #16]
	subs	x5, x5, #1
	b.ne	1b
	ret
calls:
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	ldr	x0, [x19, #8]
	bl	block
	ldr	x0, [x19, #8]
	ldr	x0, [x29, #8]
	ldp	x29, x30, [sp], #16
	add	x30, x27, w30, uxtw
	ret
page:
	adrp	x28, v
	ldr	w0, [x28, :lo12:v]
	ldr	w1, [x2, #4]
	str	w0, [x28, :lo12:v]
	ret
