	.text
	.globl	f
f:
	add	x28, x27, w2, uxtw
	cas	x0, x1, [x28]
	casalb	w0, w1, [sp]
	add	x28, x27, w3, uxtw
	ldaddlh	wzr, w1, [x28]
	add	x28, x27, w4, uxtw
	swpa	x3, xzr, [x28]
	add	x28, x27, w5, uxtw
	ldumaxal	w3, w4, [x28]
	mov	x26, x30
	ldur	x30, [x27, #-8]
	blr	x30
	add	x30, x27, w26, uxtw
	add	x28, x27, w3, uxtw
	br	x28
	udf	#0
