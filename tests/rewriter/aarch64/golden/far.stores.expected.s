	.text
	.globl	f
	.type	f, %function
f:
	tbnz	x0, #3, .Llfi_near0
	b	1f
.Llfi_near0:
	tbz	w0, #3, .Llfi_near1
	b	1f
.Llfi_near1:
	cbz	x0, 1f
	cbnz	w1, .Llfi_near2
	b	elsewhere
.Llfi_near2:
	b.ge	.Llfi_near3
	b	elsewhere
.Llfi_near3:
	b	elsewhere
.Llfi_near4:
	tbnz	x0, #63, .Llfi_near5
	b	elsewhere
.Llfi_near5:
	.p2align	15
	ret
1:
	ret
