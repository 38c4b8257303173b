# targets that are some instructions away from a label
	.text
f:
	ldr	x0, [x1, #8]
	ldr	x2, [x1, #16]
.Lmid:	ldr	x3, [x1, #24]
	cbz	x0, .Lmid-4
	tbz	w0, #3, .Lmid + 4
	b.eq	.Lmid-8
	adr	x0, .Lmid+8
	adr	x0, data+8
	b	1f-4
	ldr	x2, [x1, #16]
1:	b	.Lmid-0
	bl	f+4
	ret
	.p2align 3
data:	.xword 1, 2
