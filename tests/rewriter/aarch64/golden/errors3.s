// alignments that are no powers of 2
	nop
	.balign	24
	.align	32
	.align	3
	nop
