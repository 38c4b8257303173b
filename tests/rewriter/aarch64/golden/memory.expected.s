	.text
	.globl	offsets, indexes, written, others, literals, pages
offsets:
	ldr	x0, [x27, w1, uxtw]
	str	w0, [x27, w2, uxtw]
	add	x28, x27, w1, uxtw
	ldrb	w0, [x28, #4]
	ldr	x0, [x27, w3, uxtw]
	add	x28, x27, w3, uxtw
	ldr	x0, [x28, #-8]
	add	x28, x27, w4, uxtw
	ldp	x0, x1, [x28]
	add	x28, x27, w7, uxtw
	ldpsw	x5, x6, [x28, #16]
	add	x28, x27, w1, uxtw
	prfm	pldl1keep, [x28, #16]
	prfum	pldl1keep, [x28, #-16]
	add	x28, x27, w9, uxtw
	ldr	q0, [x28, #65520]
	ldr	x0, [sp, #8]
	ret
indexes:
	add	w26, w1, w2
	ldr	x0, [x27, w26, uxtw]
	add	w26, w1, w2, lsl #3
	ldr	x0, [x27, w26, uxtw]
	str	x0, [x27, w26, uxtw]
	add	w26, w1, w2, lsl #2
	ldrsw	x0, [x27, w26, uxtw]
	add	w26, w1, w2, lsl #1
	strh	w0, [x27, w26, uxtw]
	ldr	x0, [x27, w1, uxtw]
	add	x26, sp, x1, lsl #3
	ldr	x0, [x27, w26, uxtw]
	add	x26, sp, x1
	str	x0, [x27, w26, uxtw]
	ret
written:
	ldr	x0, [x27, w1, uxtw]
	add	x1, x1, #8
	add	x1, x1, #8
	str	x0, [x27, w1, uxtw]
	add	x28, x27, w1, uxtw
	ldp	x2, x3, [x28]
	sub	x1, x1, #16
	sub	x1, x1, #16
	stp	x2, x3, [x28, #-32]
	ldr	q0, [x27, w1, uxtw]
	add	x1, x1, #16
	add	x28, x27, w1, uxtw
	ld1	{v0.16b, v1.16b}, [x28]
	add	x1, x1, x2
	add	x28, x27, w3, uxtw
	st1	{v0.s}[1], [x28]
	add	x3, x3, #4
	add	x28, x27, w4, uxtw
	ld4r	{v0.2s, v1.2s, v2.2s, v3.2s}, [x28]
	ret
others:
	add	x28, x27, w1, uxtw
	ldxr	x0, [x28]
	stxr	w2, x0, [x28]
	add	x28, x27, w5, uxtw
	ldaxp	x3, x4, [x28]
	add	x28, x27, w6, uxtw
	ldar	w0, [x28]
	stlrb	w0, [x28]
	ldapur	x0, [x28, #8]
	add	x28, x27, w7, uxtw
	ldadd	x1, x2, [x28]
	stclr	x1, [x28]
	cas	x1, x2, [x28]
	add	x28, x27, w8, uxtw
	casp	x0, x1, x2, x3, [x28]
	add	x28, x27, w9, uxtw
	swpal	w0, w1, [x28]
	ldtr	x0, [x28, #8]
	add	x28, x27, w10, uxtw
	dc	zva, x28
	dc	cvau, x28
	ic	ivau, x28
	mov	x26, x1
	autdza	x26
	add	x26, x26, #16
	ldr	x0, [x27, w26, uxtw]
	mov	x26, x1
	autdzb	x26
	add	x26, x26, #16
	mov	x1, x26
	ldr	x0, [x27, w26, uxtw]
	ret
literals:
	adrp	x26, 1f
	add	x26, x26, :lo12:1f
	ldr	x0, [x27, w26, uxtw]
	adrp	x0, 1f
	add	x0, x0, :lo12:1f
	adrp	x28, :got:undefined
	ldr	x0, [x28, :got_lo12:undefined]
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
	adrp	x28, v
	ldr	x9, [x28, :lo12:v]
	adrp	x28, :got:u
	ldr	x8, [x28, :got_lo12:u]
	str	x9, [x27, w8, uxtw]
	adrp	x10, v
	add	x11, x10, :lo12:v
	add	x28, x27, w10, uxtw
	str	x11, [x28, :lo12:v]
	bl	pages
	adrp	x19, v
	add	x28, x27, w19, uxtw
	ldr	w0, [x28, :lo12:v]
	bl	pages
	add	x28, x27, w19, uxtw
	str	w0, [x28, :lo12:v]
	ldr	x19, [sp]
	ret
