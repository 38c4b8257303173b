# a label whose address is taken: others come there, with a register that holds the page
	.text
taken:
	adrp	x8, v
.Ltaken:
	ldr	w0, [x8, :lo12:v]
	mov	x8, #0
	adr	x9, .Ltaken
	br	x9
