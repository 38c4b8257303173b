# as clang writes it for Armv8.5-A with branch protection: line numbers, frames, an atomic, TLSDESC
	.text
	.file	"c.c"
	.globl	g                               // -- Begin function g
	.p2align	2
	.type	g,@function
g:                                      // @g
.Lfunc_begin0:
	.file	0 "/src" "c.c" md5 0x0780e111a56600cabaccc7d14e1dc5c9
	.loc	0 8 0                           // c.c:8:0
	.cfi_sections .debug_frame
	.cfi_startproc
// %bb.0:
	paciasp
	stp	x29, x30, [sp, #-16]!           // 16-byte Folded Spill
	mov	x29, sp
	.cfi_negate_ra_state
	.cfi_def_cfa w29, 16
	.cfi_offset w30, -8
	.cfi_offset w29, -16
	mov	w8, w0
.Ltmp0:
	.loc	0 10 5 prologue_end             // c.c:10:5
	cmp	w0, #1
	mov	w0, #-1                         // =0xffffffff
	b.le	.LBB0_5
// %bb.1:
	cmp	w8, #2
	b.eq	.LBB0_9
// %bb.2:
	cmp	w8, #3
	b.eq	.LBB0_10
// %bb.3:
	cmp	w8, #4
	b.ne	.LBB0_11
// %bb.4:
	.loc	0 22 23                         // c.c:22:23
	adrp	x0, :tlsdesc:depth
	ldr	x1, [x0, :tlsdesc_lo12:depth]
	add	x0, x0, :tlsdesc_lo12:depth
	.tlsdesccall depth
	blr	x1
.Ltmp1:
	mrs	x9, TPIDR_EL0
	mov	x8, x0
	.loc	0 22 28 is_stmt 0               // c.c:22:28
	ldr	w1, [x9, x0]
	.loc	0 22 16                         // c.c:22:16
	mov	w0, #2                          // =0x2
	.loc	0 22 28                         // c.c:22:28
	add	w10, w1, #1
	str	w10, [x9, x8]
	.loc	0 22 16 epilogue_begin          // c.c:22:16
	ldp	x29, x30, [sp], #16             // 16-byte Folded Reload
	autiasp
.Ltmp2:
	b	any
.Ltmp3:
.LBB0_5:
	.loc	0 10 5 is_stmt 1                // c.c:10:5
	cbz	w8, .LBB0_12
// %bb.6:
	cmp	w8, #1
	b.ne	.LBB0_11
// %bb.7:
	.loc	0 0 5 is_stmt 0                 // c.c:0:5
	mov	w0, wzr
	.loc	0 14 9 is_stmt 1                // c.c:14:9
	cbz	x1, .LBB0_11
.LBB0_8:                                // =>This Inner Loop Header: Depth=1
	.loc	0 15 25                         // c.c:15:25
	ldr	w8, [x1, #8]
	.loc	0 14 26                         // c.c:14:26
	ldr	x1, [x1]
	.loc	0 15 19                         // c.c:15:19
	add	w0, w8, w0
	.loc	0 14 9                          // c.c:14:9
	cbnz	x1, .LBB0_8
	b	.LBB0_11
.LBB0_9:
	.loc	0 18 24                         // c.c:18:24
	ldr	w0, [x1, #8]
	add	w8, w0, #1
	str	w8, [x1, #8]
	b	.LBB0_11
.LBB0_10:
	.loc	0 0 24 is_stmt 0                // c.c:0:24
	mov	w8, #1                          // =0x1
	.loc	0 20 16 is_stmt 1               // c.c:20:16
	ldaddal	w8, w8, [x2]
	add	w0, w8, #1
.LBB0_11:
	.loc	0 26 1 epilogue_begin           // c.c:26:1
	ldp	x29, x30, [sp], #16             // 16-byte Folded Reload
	retaa
.LBB0_12:
	.loc	0 12 16                         // c.c:12:16
	mov	w0, #1                          // =0x1
	.loc	0 12 16 epilogue_begin is_stmt 0 // c.c:12:16
	ldp	x29, x30, [sp], #16             // 16-byte Folded Reload
	autiasp
.Ltmp4:
	b	any
.Ltmp5:
.Lfunc_end0:
	.size	g, .Lfunc_end0-g
	.cfi_endproc
                                        // -- End function
	.section	.tbss,"awT",@nobits
	.globl	depth
	.p2align	2
depth:
	.zero	4
