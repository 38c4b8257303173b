# thread-local storage
	.text
	.globl	local, initial, descriptor
local:
	mrs	x0, tpidr_el0
	msr	TPIDR_EL0, x1
	add	x0, x0, :tprel_hi12:v
	ldr	w1, [x0, :tprel_lo12_nc:v]
	ret
initial:
	mrs	x8, TPIDR_EL0
	adrp	x9, :gottprel:v
	ldr	x9, [x9, :gottprel_lo12:v]
	adrp	x10, :gottprel:v
	ldr	x11, [x10, :gottprel_lo12:v]
	ldr	w0, [x8, x9]
	ret
descriptor:
	adrp	x0, :tlsdesc:v
	ldr	x1, [x0, :tlsdesc_lo12:v]
	add	x0, x0, :tlsdesc_lo12:v
	.tlsdesccall v
	blr	x1
	mrs	x8, fpcr
	msr	fpsr, x8
	mrs	x8, id_aa64isar0_el1
	mrs	x8, s3_3_c0_c0_1
	ret
