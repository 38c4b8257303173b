	.macro	twice	reg
	add	\reg, \reg, \reg
	.endm
	twice	x0
