	.text
	bad instruction
	.macro m
	nop
	.endm
	m
