	.text
	.type	splat, %function
splat:
	clz	w3, w3
	adrp	x5, .Llfi_table19
	add	x5, x5, :lo12:.Llfi_table19
	ldrh	w3, [x5, w3, uxtw #1]
	adr	x26, .Lsplat
	sub	x3, x26, w3, uxtw
.Lagain:
	ldr	x1, [x0], #8
	subs	w4, w4, #1
	add	x28, x27, w3, uxtw
	br	x28
.Lone:
	st1	{v0.8b}, [x1]
	b.gt	.Lagain
	ret
.Ltwo:
	add	x5, x1, w4, uxtw
	str	x5, [x1]
	ret
.Lsplat:
	.pushsection	.rodata.lfi,"a",@progbits
.Llfi_table19:
	.hword	.Lsplat - .Lone, .Lsplat-.Ltwo
	.popsection
	.size	splat, . - splat
left:
	adrp	x10, .Llfi_table43
	add	x10, x10, :lo12:.Llfi_table43
	adrp	x7, .Llfi_table39
	add	x7, x7, :lo12:.Llfi_table39
	ldrh	w9, [x10, w9, uxtw #1]
	ldrb	w8, [x7, w8, uxtw]
	tst	w1, #1
	b.eq	.Lskip
	mov	w1, #2
.Lskip:
	adr	x26, .Lsame
	sub	x9, x26, w9, uxtw
	adr	x26, .Lleft
	sub	x7, x26, w8, uxtw #2
	add	x28, x27, w7, uxtw
	br	x28
.Lleft4:
	add	x28, x27, w9, uxtw
	br	x28
.Lfill4:
	mov	w9, w3
	ret
.Lleft:
.Lfill:
.Lsame:
	.pushsection	.rodata.lfi,"a",@progbits
.Llfi_table39:
	.byte	(.Lleft - .Lleft4) / 4
	.p2align 1
.Llfi_table42:
.Llfi_table43:
	.hword	.Lfill - .Lfill4
	.popsection
words:
	adrp	x5, .Lwords
	add	x5, x5, :lo12:.Lwords
	ldrsw	x6, [x5, x3, lsl #2]
	add	x5, x5, x6
	add	x28, x27, w5, uxtw
	br	x28
.Lcase:
	ret
	.pushsection	.rodata.lfi,"a",@progbits
.Lwords:
	.word	.Lcase - .Lwords
	.popsection
both:
	adrp	x5, .Llfi_table66
	add	x5, x5, :lo12:.Llfi_table66
	adrp	x6, .Llfi_table69
	add	x6, x6, :lo12:.Llfi_table69
	ldrh	w7, [x5, w1, uxtw #1]
	ldrsw	x8, [x6, w2, uxtw #2]
	adr	x26, .Lhalves
	sub	x5, x26, w7, uxtw
	adr	x26, .Lplaces
	add	x6, x26, x8
	add	x28, x27, w5, uxtw
	br	x28
.Lhalf:
	add	x28, x27, w6, uxtw
	br	x28
.Lplace:
	ret
.Lhalves:
.Lplaces:
	.pushsection	.rodata.lfi,"a",@progbits
.Llfi_table66:
	.hword	.Lhalves - .Lhalf, .Lhalves - .Lplace
.Llfi_table69:
	.word	.Lhalf - .Lplaces, .Lplace - .Lplaces
	.popsection
numeric:
9:
	adrp	x5, .Llfi_table80
	add	x5, x5, :lo12:.Llfi_table80
	ldrh	w6, [x5, w1, uxtw #1]
	adr	x26, .Llfi_place80
	sub	x5, x26, w6, uxtw
	add	x28, x27, w5, uxtw
	br	x28
8:
	ret
9:
.Llfi_place80:
	.pushsection	.rodata.lfi,"a",@progbits
.Llfi_table80:
	.hword	9b - 8b
	.popsection
text:
	adrp	x5, .Ltext
	add	x5, x5, :lo12:.Ltext
	ldrh	w0, [x5]
	ret
	.pushsection	.rodata.lfi,"a",@progbits
.Ltext:
	.hword	7f - .Ltext - 2
	.ascii	"text"
7:
	.byte	1
	.popsection
	.p2align	2
