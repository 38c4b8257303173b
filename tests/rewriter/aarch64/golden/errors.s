	.text
	mov	x25, x0
	ldr	x26, [x0]
	mov	x0, x28
	stp	x27, x28, [x0]
	ldr	x27, [x0]
	add	z0.b, z1.b, z2.b
	ld1w	z0.s, p0/z, [x0]
	ldg	x0, [x1]
	hlt	#1
	smc	#0
	mystery	x0, [x1]
	ldr	x0, [w1]
	ldr	x0
	ldr	x0, x1
	ldr	p0, p1
	ldr	x0, [x0, p1]
	mov	x0, p1
