	.text
	.globl	local, initial, descriptor
local:
	ldr	x0, [x25, #16]
	str	x1, [x25, #16]
	add	x0, x0, :tprel_hi12:v
	ldr	w1, [x0, :tprel_lo12_nc:v]
	ret
initial:
	ldr	x8, [x25, #16]
	movz	x9, #:tprel_g1:v
	movk	x9, #:tprel_g0_nc:v
	movz	x10, #:tprel_g1:v
	mov	x11, x10
	movk	x11, #:tprel_g0_nc:v
	ldr	w0, [x8, x9]
	ret
descriptor:
	movz	x0, #:tprel_g1:v
	movk	x0, #:tprel_g0_nc:v
	mrs	x8, fpcr
	msr	fpsr, x8
	mrs	x8, id_aa64isar0_el1
	mrs	x8, s3_3_c0_c0_1
	ret
