	.text
f:
.Llfi_at2:
	add	x28, x27, w1, uxtw
	ldr	x0, [x28, #8]
.Llfi_at3:
	add	x28, x27, w1, uxtw
	ldr	x2, [x28, #16]
.Lmid:
	add	x28, x27, w1, uxtw
	ldr	x3, [x28, #24]
.Llfi_at6:
	cbz	x0, .Llfi_at3
.Llfi_at7:
	tbz	w0, #3, .Llfi_at6
	b.eq	.Llfi_at2
	adr	x0, .Llfi_at7
	adrp	x0, data+8
	add	x0, x0, :lo12:data+8
	b	.Llfi_at12
.Llfi_at12:
	add	x28, x27, w1, uxtw
	ldr	x2, [x28, #16]
1:
	b	.Lmid-0
	bl	.Llfi_at3
	ret
	.pushsection	.rodata.lfi,"a",@progbits
	.p2align 3
data:
	.xword 1, 2
	.popsection
