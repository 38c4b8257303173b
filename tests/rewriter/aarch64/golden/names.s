# symbols with names of registers: where only a symbol can stand they are none
	.text
f:
	adrp	x8, p1
	ldr	x0, [x8, :lo12:p1]
	adrp	x2, x28
	adrp	x1, :got:z0
	adr	x0, s1
	adr	x0, q1
	ldr	x0, p1
	ldr	d0, z0
	prfm	pldl1keep, p1
	ldr	x0, =p1
	ldr	x0, =x28
# branches: in quotes if the assembler took them for registers
	bl	z0
	bl	s1
	bl	"s1"
	bl	FPSR
	b.eq	vg
	cbz	x0, p2
	cbz	x0, sp
	tbz	w0, #3, lr
	b	v0.part
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
# a label whose address is taken: others come there
x1:
	ldr	x0, [x8, :lo12:q1]
	adr	x1, x1
	br	x1
	.data
p1:
q1:
x28:
	.xword	0
