	.text
taken:
	adrp	x8, v
.Ltaken:
	ldr	w0, [x8, :lo12:v]
	mov	x8, #0
	adr	x9, .Ltaken
	add	x28, x27, w9, uxtw
	br	x28
