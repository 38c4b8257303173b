	.text
f:
	adrp	x8, p1
	add	x28, x27, w8, uxtw
	ldr	x0, [x28, :lo12:p1]
	adrp	x2, x28
	adrp	x1, :got:z0
	adr	x0, s1
	adrp	x0, q1
	add	x0, x0, :lo12:q1
	adrp	x26, p1
	add	x26, x26, :lo12:p1
	ldr	x0, [x27, w26, uxtw]
	ldr	d0, z0
	prfm	pldl1keep, p1
	adrp	x0, p1
	add	x0, x0, :lo12:p1
	adrp	x0, x28
	add	x0, x0, :lo12:x28
	bl	z0
	bl	"s1"
	bl	"s1"
	bl	"FPSR"
	b.eq	"vg"
	cbz	x0, p2
	cbz	x0, "sp"
	tbz	w0, #3, "lr"
	b	"v0.part"
s1:
sp:
lr:
vg:
p2:
z0:
v0.part:
	ret
FPSR:
	adrp	x8, q1
x1:
	add	x28, x27, w8, uxtw
	ldr	x0, [x28, :lo12:q1]
	adr	x1, x1
	add	x28, x27, w1, uxtw
	br	x28
	.data
p1:
q1:
x28:
	.xword	0
