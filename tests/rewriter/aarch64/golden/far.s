# branches whose targets are too far away
	.text
	.globl	f
	.type	f, %function
f:
	tbz	x0, #3, 1f
	tbnz	w0, #3, 1f
	cbz	x0, 1f
	cbz	w1, elsewhere
	b.lt	elsewhere
	b.al	elsewhere
	tbz	x0, #63, elsewhere
	.p2align 15
	ret
1:	ret
