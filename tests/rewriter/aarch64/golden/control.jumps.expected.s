	.text
	.globl	f
	.type	f, %function
f:
	.cfi_startproc
	stp	x29, x30, [sp, #-32]!
	.cfi_def_cfa_offset 32
	.cfi_offset w30, -24
	bl	g
	add	x28, x27, w8, uxtw
	blr	x28
	add	x28, x27, w9, uxtw
	br	x28
	cbz	x0, 1f
	tbnz	w0, #3, 1f
	b.ne	1f
	b 1f
1:
	beq	1b
	ldp	x29, x30, [sp], #32
	.cfi_restore w30
	add	x30, x27, w30, uxtw
	ret
	.cfi_endproc
leaf:
	.cfi_startproc
	mov	x8, #64
	mov	x26, x30
	.cfi_register	w30, w26
	ldur	x30, [x27, #-8]
	blr	x30
	add	x30, x27, w26, uxtw
	.cfi_restore	w30
	add	x28, x27, w3, uxtw
	ret	x28
	.cfi_endproc
link:
	ldr	x30, [x0]
	bl	g
	mov	x30, x1
	add	x30, x27, w30, uxtw
	cbz	x0, link
	blr	x30
	ldr	x30, [sp]
	ldr	x0, [x1, #8]
	add	x30, x27, w30, uxtw
	br	x30
signed:
	paciasp
	stp	x29, x30, [sp, #-16]!
	bti	c
	hint	#34
	ldp	x29, x30, [sp], #16
	autiasp
	add	x30, x27, w30, uxtw
	ret
	autiasp
	add	x30, x27, w30, uxtw
	ret
	autibsp
	add	x30, x27, w30, uxtw
	ret
	mov	x26, x1
	autia	x26, x2
	add	x28, x27, w26, uxtw
	br	x28
	mov	x26, x3
	autiza	x26
	add	x28, x27, w26, uxtw
	br	x28
	mov	x26, x4
	autib	x26, sp
	add	x28, x27, w26, uxtw
	blr	x28
	mov	x26, x5
	autizb	x26
	add	x28, x27, w26, uxtw
	blr	x28
	ldp	x29, x30, [sp], #16
	add	x30, x27, w30, uxtw
	brk	#1
