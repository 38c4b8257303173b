	.text
	.file	"c.c"
	.globl	g
	.p2align	2
	.type	g,@function
g:
.Lfunc_begin0:
	.file	0 "/src" "c.c" md5 0x0780e111a56600cabaccc7d14e1dc5c9
	.loc	0 8 0
	.cfi_sections .debug_frame
	.cfi_startproc
	paciasp
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	.cfi_negate_ra_state
	.cfi_def_cfa w29, 16
	.cfi_offset w30, -8
	.cfi_offset w29, -16
	mov	w8, w0
.Ltmp0:
	.loc	0 10 5 prologue_end
	cmp	w0, #1
	mov	w0, #-1
	add	x30, x27, w30, uxtw
	b.le	.LBB0_5
	cmp	w8, #2
	b.eq	.LBB0_9
	cmp	w8, #3
	b.eq	.LBB0_10
	cmp	w8, #4
	b.ne	.LBB0_11
	.loc	0 22 23
	movz	x0, #:tprel_g1:depth
	movk	x0, #:tprel_g0_nc:depth
.Ltmp1:
	ldr	x9, [x25, #16]
	mov	x8, x0
	.loc	0 22 28 is_stmt 0
	ldr	w1, [x9, x0]
	.loc	0 22 16
	mov	w0, #2
	.loc	0 22 28
	add	w10, w1, #1
	str	w10, [x9, x8]
	.loc	0 22 16 epilogue_begin
	ldp	x29, x30, [sp], #16
	autiasp
.Ltmp2:
	add	x30, x27, w30, uxtw
	b	any
.Ltmp3:
.LBB0_5:
	.loc	0 10 5 is_stmt 1
	cbz	w8, .LBB0_12
	cmp	w8, #1
	b.ne	.LBB0_11
	.loc	0 0 5 is_stmt 0
	mov	w0, wzr
	.loc	0 14 9 is_stmt 1
	cbz	x1, .LBB0_11
.LBB0_8:
	.loc	0 15 25
	ldr	w8, [x1, #8]
	.loc	0 14 26
	ldr	x1, [x1]
	.loc	0 15 19
	add	w0, w8, w0
	.loc	0 14 9
	cbnz	x1, .LBB0_8
	b	.LBB0_11
.LBB0_9:
	.loc	0 18 24
	ldr	w0, [x1, #8]
	add	w8, w0, #1
	str	w8, [x1, #8]
	b	.LBB0_11
.LBB0_10:
	.loc	0 0 24 is_stmt 0
	mov	w8, #1
	.loc	0 20 16 is_stmt 1
	ldaddal	w8, w8, [x2]
	add	w0, w8, #1
.LBB0_11:
	.loc	0 26 1 epilogue_begin
	ldp	x29, x30, [sp], #16
	autiasp
	add	x30, x27, w30, uxtw
	ret
.LBB0_12:
	.loc	0 12 16
	mov	w0, #1
	.loc	0 12 16 epilogue_begin is_stmt 0
	ldp	x29, x30, [sp], #16
	autiasp
.Ltmp4:
	add	x30, x27, w30, uxtw
	b	any
.Ltmp5:
.Lfunc_end0:
	.size	g, .Lfunc_end0-g
	.cfi_endproc
	.section	.tbss,"awT",@nobits
	.globl	depth
	.p2align	2
depth:
	.zero	4
