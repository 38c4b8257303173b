	.text
	.globl	f
f:
	cas	x0, x1, [x2]
	casalb	w0, w1, [sp]
	ldaddlh	wzr, w1, [x3]
	swpa	x3, xzr, [x4]
	ldumaxal	w3, w4, [x5]
	mov	x26, x30
	ldur	x30, [x27, #-8]
	blr	x30
	add	x30, x27, w26, uxtw
	add	x28, x27, w3, uxtw
	br	x28
	udf	#0
