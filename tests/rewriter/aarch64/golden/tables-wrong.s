# what becomes of registers of the sandbox, and of addresses of tables, that is not understood
	.type	copy, %function
copy:
	ldp	x25, x26, [sp]
	cbz	x0, 1f
	ret
1:	stp	x25, x26, [sp, #16]
	ret
	.type	argument, %function
argument:
	ldr	x27, [sp, #8]
	add	x0, x0, x27
	ret
	.type	case, %function
case:
	ldr	x25, [sp, #8]
	br	x16
	.type	back, %function
back:
	adr	x0, .Lback
	ret
.Lback1:
	ret
.Lback:
	.hword	.Lback - .Lback1
	.type	away, %function
away:
	adr	x5, .Laway
	cbz	x0, .Lin
	mov	x5, x1
.Lin:
	ldrh	w6, [x5]
	sub	x5, x5, w6, uxtw
	br	x5
.Laway1:
	ret
.Laway:
	.hword	.Laway - .Laway1
	.type	unknown, %function
unknown:
	adr	x5, .Lunknown
	ldrh	w6, [x5]
	sub	x6, x5, w6, uxtw
	br	x7
.Lunknown1:
	ret
.Lunknown:
	.hword	.Lunknown - .Lunknown1
	.type	sized, %function
sized:
	adr	x5, .Lsized
	ldrh	w6, [x5]
	sub	x5, x5, w6, uxtw
	br	x5
.Lsized1:
	ret
.Lsized:
	.hword	.Lsized - .Lsized1
.Lsized_end:
	.hword	.Lsized_end - .Lsized
	.type	moved, %function
moved:
	adr	x5, .Lmoved
	str	x5, [x0]
	ret
.Lmoved1:
	ret
.Lmoved:
	.hword	.Lmoved - .Lmoved1
	.type	passed, %function
passed:
	adr	x0, .Lpassed
	b	elsewhere
.Lpassed1:
	ret
.Lpassed:
	.hword	.Lpassed - .Lpassed1
	.type	twice, %function
twice:
	adr	x5, .Ltwice
	ldrh	w6, [x5]
	sub	x6, x5, w6, uxtw
	br	x6
.Ltwice1:
	sub	x5, x5, w1, uxtw
	br	x5
.Ltwice:
	.hword	.Ltwice - .Ltwice1
	.type	indexed, %function
indexed:
	adr	x5, .Lindexed
	add	x6, x5, w1, uxtw #1
	ldrh	w6, [x6]
	sub	x5, x5, w6, uxtw
	br	x5
.Lindexed1:
	ret
.Lindexed:
	.hword	.Lindexed - .Lindexed1
	.type	reused, %function
reused:
	adr	x5, .Lreused
	adr	x7, .Lreused
	add	x5, x5, w1, uxtw #1
	ldrh	w6, [x5]
	sub	x7, x7, w6, uxtw
	br	x7
.Lreused1:
	ret
.Lreused:
	.hword	.Lreused - .Lreused1
	.type	measured, %function
measured:
	adr	x5, 9f
	ldrh	w6, [x5, w1, uxtw #1]
	sub	x5, x5, w6, uxtw
	br	x5
8:
	mov	w0, #(7f - 9f) / 2
	ret
9:
	.hword	9b - 8b
7:
	ret
	.type	helped, %function
helped:
	bl	helper
	ldrh	w6, [x9, w1, uxtw #1]
	sub	x9, x9, w6, uxtw
	br	x9
.Lhelped1:
	ret
	.type	helper, %function
helper:
	adr	x9, .Lhelped
	ret
.Lhelped:
	.hword	.Lhelped - .Lhelped1
