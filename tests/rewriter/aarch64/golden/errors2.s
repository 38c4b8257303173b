	.text
f:
	b	f+6
	b	.+8
	adr	x0, .+8
	mrs	x0, tpidrro_el0
	msr	daifset, #2
	dc	civac2, x0
	hint	#100
	ldr	x0, [x0], #8
	mul	x30, x0, x1
	cbz	x0, f
	ldr	x30, [x0]
	cbz	x0, f
	eor	x0, x0, x30
	ldr	w30, [x0]
	b	f
	.word	0x12345678
	ldr	s0, =symbol
leaf:
	hint	#25
	cbz	x0, 1f
	ldr	x0, [x0]
1:	autiasp
	ret
	msr	ssbs, x0
	msr	ssbs, #1
	msr	S3_3_C4_C2_6, x0
	msr	ctr_el0, x0
