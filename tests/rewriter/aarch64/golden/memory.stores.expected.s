	.text
	.globl	offsets, indexes, written, others, literals, pages
offsets:
	ldr	x0, [x1]
	str	w0, [x27, w2, uxtw]
	ldrb	w0, [x1, #4]
	ldur	x0, [x3]
	ldur	x0, [x3, #-8]
	ldp	x0, x1, [x4]
	ldpsw	x5, x6, [x7, #16]
	prfm	pldl1keep, [x1, #16]
	prfum	pldl1keep, [x1, #-16]
	ldr	q0, [x9, #65520]
	ldr	x0, [sp, #8]
	ret
indexes:
	ldr	x0, [x1, x2]
	ldr	x0, [x1, x2, lsl #3]
	add	w26, w1, w2, lsl #3
	str	x0, [x27, w26, uxtw]
	ldrsw	x0, [x1, w2, sxtw #2]
	add	w26, w1, w2, lsl #1
	strh	w0, [x27, w26, uxtw]
	ldr	x0, [x1, xzr]
	ldr	x0, [sp, x1, lsl #3]
	add	x26, sp, x1
	str	x0, [x27, w26, uxtw]
	ret
written:
	ldr	x0, [x1], #8
	add	x1, x1, #8
	str	x0, [x27, w1, uxtw]
	ldp	x2, x3, [x1], #-16
	sub	x1, x1, #16
	add	x28, x27, w1, uxtw
	stp	x2, x3, [x28]
	ld1	{v0.16b}, [x1], #16
	ld1	{v0.16b, v1.16b}, [x1], x2
	add	x28, x27, w3, uxtw
	st1	{v0.s}[1], [x28]
	add	x3, x3, #4
	ld4r	{v0.2s, v1.2s, v2.2s, v3.2s}, [x4]
	ret
others:
	ldxr	x0, [x1]
	add	x28, x27, w1, uxtw
	stxr	w2, x0, [x28]
	ldaxp	x3, x4, [x5]
	ldar	w0, [x6]
	add	x28, x27, w6, uxtw
	stlrb	w0, [x28]
	ldapur	x0, [x6, #8]
	add	x28, x27, w7, uxtw
	ldadd	x1, x2, [x28]
	stclr	x1, [x28]
	cas	x1, x2, [x28]
	add	x28, x27, w8, uxtw
	casp	x0, x1, x2, x3, [x28]
	add	x28, x27, w9, uxtw
	swpal	w0, w1, [x28]
	ldtr	x0, [x9, #8]
	add	x28, x27, w10, uxtw
	dc	zva, x28
	dc	cvau, x10
	ic	ivau, x10
	mov	x26, x1
	autdza	x26
	ldr	x0, [x26, #16]
	mov	x26, x1
	autdzb	x26
	add	x26, x26, #16
	mov	x1, x26
	ldr	x0, [x26, #0]
	ret
literals:
	adrp	x26, 1f
	add	x26, x26, :lo12:1f
	ldr	x0, [x27, w26, uxtw]
	adrp	x0, 1f
	add	x0, x0, :lo12:1f
	adrp	x0, :got:undefined
	ldr	x0, [x0, :got_lo12:undefined]
	movz	x0, #65535, lsl #0
	movk	x0, #4660, lsl #32
	movz	w0, #65535, lsl #0
	movk	w0, #65535, lsl #16
	.pushsection	.rodata.lfi,"a",@progbits
	.p2align	4
.Llfi_pool0:
	.xword	0x3ff0000000000000
	.popsection
	adrp	x26, .Llfi_pool0
	add	x26, x26, :lo12:.Llfi_pool0
	ldr	d0, [x27, w26, uxtw]
	adr	x0, literals
	adrp	x0, 1f
	add	x0, x0, :lo12:1f
	adrp	x1, elsewhere
	add	x1, x1, :lo12:elsewhere
	ret
	.pushsection	.rodata.lfi,"a",@progbits
	.p2align 3
1:
	.xword	42
	.popsection
pages:
	adrp	x8, v
	ldr	x9, [x8, :lo12:v]
	adrp	x8, :got:u
	ldr	x8, [x8, :got_lo12:u]
	str	x9, [x27, w8, uxtw]
	adrp	x10, v
	add	x11, x10, :lo12:v
	add	x28, x27, w10, uxtw
	str	x11, [x28, :lo12:v]
	bl	pages
	adrp	x19, v
	ldr	w0, [x19, :lo12:v]
	bl	pages
	add	x28, x27, w19, uxtw
	str	w0, [x28, :lo12:v]
	ldr	x19, [sp]
	ret
