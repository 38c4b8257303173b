# alignments that are no powers of 2
	nop
	.align	3
	.balign	24
	.p2align 32
	.p2align 4294967300
	.balign	0
	.align	1
	.p2align 31
	nop
