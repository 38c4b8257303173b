# branches, calls and returns (docs/abi.md, AArch64, "Control")
	.text
	.globl	f
	.type	f, %function
f:
	.cfi_startproc
	stp	x29, x30, [sp, #-32]!	// a comment
	.cfi_def_cfa_offset 32
	.cfi_offset w30, -24
	bl	g
	blr	x8
	br	x9
	cbz	x0, 1f
	tbnz	w0, #3, 1f
	b.ne	1f ; b 1f
1:	beq	1b
	ldp	x29, x30, [sp], #32
	.cfi_restore w30
	ret
	.cfi_endproc
leaf:
	.cfi_startproc
	mov	x8, #64
	svc	#0		/* the return address is in x26 meanwhile */
	ret	x3
	.cfi_endproc
link:
	ldr	x30, [x0]
	bl	g		// writes x30 itself
	mov	x30, x1
	cbz	x0, link
	blr	x30
	ldr	x30, [sp]
	ldr	x0, [x1, #8]
	br	x30
signed:
	paciasp
	stp	x29, x30, [sp, #-16]!
	bti	c
	hint	#34
	ldp	x29, x30, [sp], #16
	autiasp
	ret
	retaa
	retab
	braa	x1, x2
	braaz	x3
	blrab	x4, sp
	blrabz	x5
	ldp	x29, x30, [sp], #16
	brk	#1
