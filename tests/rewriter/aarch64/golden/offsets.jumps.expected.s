	.text
f:
.Llfi_at2:
	ldr	x0, [x1, #8]
.Llfi_at3:
	ldr	x2, [x1, #16]
.Lmid:
	ldr	x3, [x1, #24]
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
	ldr	x2, [x1, #16]
1:
	b	.Lmid-0
	bl	.Llfi_at3
	ret
	.pushsection	.rodata.lfi,"a",@progbits
	.p2align 3
data:
	.xword 1, 2
	.popsection
