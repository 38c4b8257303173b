	.text
taken:
	adrp	x8, v
.Ltaken:
	add	x28, x27, w8, uxtw
	ldr	w0, [x28, :lo12:v]
	mov	x8, #0
	adr	x9, .Ltaken
	add	x28, x27, w9, uxtw
	br	x28
