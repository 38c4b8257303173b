	.text
	.globl	offsets, indexes, written, others, literals, pages
offsets:
	ldr	x0, [x1]
	str	w0, [x2]
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
	str	x0, [x1, x2, lsl #3]
	ldrsw	x0, [x1, w2, sxtw #2]
	strh	w0, [x1, w2, uxtw #1]
	ldr	x0, [x1, xzr]
	ldr	x0, [sp, x1, lsl #3]
	str	x0, [sp, w1, uxtw]
	ret
written:
	ldr	x0, [x1], #8
	str	x0, [x1, #8]!
	ldp	x2, x3, [x1], #-16
	stp	x2, x3, [x1, #-16]!
	ld1	{v0.16b}, [x1], #16
	ld1	{v0.16b, v1.16b}, [x1], x2
	st1	{v0.s}[1], [x3], #4
	ld4r	{v0.2s, v1.2s, v2.2s, v3.2s}, [x4]
	ret
others:
	ldxr	x0, [x1]
	stxr	w2, x0, [x1]
	ldaxp	x3, x4, [x5]
	ldar	w0, [x6]
	stlrb	w0, [x6]
	ldapur	x0, [x6, #8]
	ldadd	x1, x2, [x7]
	stclr	x1, [x7]
	cas	x1, x2, [x7]
	casp	x0, x1, x2, x3, [x8]
	swpal	w0, w1, [x9]
	ldtr	x0, [x9, #8]
	dc	zva, x10
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
	str	x9, [x8]
	adrp	x10, v
	add	x11, x10, :lo12:v
	str	x11, [x10, :lo12:v]
	bl	pages
	adrp	x19, v
	ldr	w0, [x19, :lo12:v]
	bl	pages
	str	w0, [x19, :lo12:v]
	ldr	x19, [sp]
	ret
