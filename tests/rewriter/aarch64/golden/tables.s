# tables of distances to code, which move away from it
	.text
	.type	splat, %function
splat:
	clz	w3, w3
	adr	x5, .Lsplat
	ldrh	w3, [x5, w3, uxtw #1]
	sub	x3, x5, w3, uxtw
.Lagain:
	ldr	x1, [x0], #8
	subs	w4, w4, #1
	br	x3
.Lone:
	st1	{v0.8b}, [x1]
	b.gt	.Lagain
	ret
.Ltwo:
	add	x5, x1, w4, uxtw
	str	x5, [x1]
	ret
.Lsplat:
	.hword	.Lsplat - .Lone, .Lsplat-.Ltwo
	.size	splat, . - splat

# two tables, one of which has two names; code is computed from the second and jumped to later
left:
	adr	x10, .Lsame
	adr	x7, .Lleft
	ldrh	w9, [x10, w9, uxtw #1]
	ldrb	w8, [x7, w8, uxtw]
	tst	w1, #1
	b.eq	.Lskip
	mov	w1, #2
.Lskip:
	sub	x9, x10, w9, uxtw
	sub	x7, x7, w8, uxtw #2
	br	x7
.Lleft4:
	br	x9
.Lfill4:
	mov	w9, w3
	ret
.Lleft:
	.byte	(.Lleft - .Lleft4) / 4
	.p2align 1
.Lfill:
.Lsame:
	.hword	.Lfill - .Lfill4

# words may be added to the place of the table: nothing to do
words:
	adr	x5, .Lwords
	ldrsw	x6, [x5, x3, lsl #2]
	add	x5, x5, x6
	br	x5
.Lcase:
	ret
.Lwords:
	.word	.Lcase - .Lwords

# words beside halves, sizes
both:
	adr	x5, .Lhalves
	adr	x6, .Lplaces
	ldrh	w7, [x5, w1, uxtw #1]
	ldrsw	x8, [x6, w2, uxtw #2]
	sub	x5, x5, w7, uxtw
	add	x6, x6, x8
	br	x5
.Lhalf:
	br	x6
.Lplace:
	ret
.Lhalves:
	.hword	.Lhalves - .Lhalf, .Lhalves - .Lplace
	.size	.Lhalves, . - .Lhalves
.Lplaces:
	.word	.Lhalf - .Lplaces, .Lplace - .Lplaces
	.size	.Lplaces, . - .Lplaces

# a table with a numeric label, beside another of that name; data with a length, which is no table
numeric:
9:
	adr	x5, 9f
	ldrh	w6, [x5, w1, uxtw #1]
	sub	x5, x5, w6, uxtw
	br	x5
8:
	ret
9:
	.hword	9b - 8b
text:
	adr	x5, .Ltext
	ldrh	w0, [x5]
	ret
.Ltext:
	.hword	7f - .Ltext - 2
	.ascii	"text"
7:
	.byte	1
	.p2align 2
