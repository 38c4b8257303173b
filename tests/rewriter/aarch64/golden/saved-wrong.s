# registers of the sandbox that are loaded in other ways than saved ones are
	.type	other, %function
other:
	ldr	x25, [sp, x1]
	ldp	w25, w26, [sp]
	ldp	x25, x26, [x0]
