// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hand-written assembly of the kinds that libraries have: write-back and register offsets, jump tables,
// literal pools, macros, preprocessor, CFI, own stack frames, signed return addresses.
#define ROUNDS 4
#define KEYS   x2

.macro round shift
	ldr	x9, [x0], #8
	ldr	x10, [KEYS], #8
	eor	x9, x9, x10
	ror	x9, x9, #(64 - \shift)
	add	x19, x19, x9
	mov	x11, #31
	mul	x19, x19, x11
	eor	x20, x20, x19
.endm

	.text
	.globl hash_blocks
	.type hash_blocks, %function
	.p2align 4
hash_blocks:
	.cfi_startproc
	stp	x19, x20, [sp, #-16]!
	.cfi_def_cfa_offset 16
	mov	x19, xzr
	mov	x20, #-1
.Lblock:
	cbz	x1, .Ldone
	mov	w12, #ROUNDS
1:	round 13
	subs	w12, w12, #1
	b.ne	1b
	sub	KEYS, KEYS, #8*ROUNDS
	sub	x1, x1, #1
	b	.Lblock
.Ldone:
	add	x0, x19, x20, lsl #1
	ldp	x19, x20, [sp], #16
	.cfi_def_cfa_offset 0
	ret
	.cfi_endproc
	.size hash_blocks, . - hash_blocks

	.globl dispatch
	.type dispatch, %function
dispatch:
	cmp	w0, #3
	b.hi	.Lbad
	adrp	x3, .Ltable
	add	x3, x3, :lo12:.Ltable
	ldrsw	x4, [x3, w0, uxtw #2]
	add	x3, x3, x4
	br	x3
.Ladd:	add	w0, w1, w2
	ret
.Lsub:	sub	w0, w1, w2
	ret
.Lmul:	mul	w0, w1, w2
	ret
.Ldiv:	sdiv	w0, w1, w2
	ret
.Lbad:	ldr	w0, =0xffffffff
	ret
	.ltorg
	.size dispatch, . - dispatch

	.section .rodata
	.p2align 2
.Ltable:
	.word .Ladd - .Ltable, .Lsub - .Ltable, .Lmul - .Ltable, .Ldiv - .Ltable
	.globl message
message:
	.asciz "from assembly"

	.text
	.globl call_back
	.type call_back, %function
call_back:
	paciasp
	stp	x29, x30, [sp, #-48]!
	mov	x29, sp
	stp	x19, x20, [sp, #16]
	str	x21, [sp, #32]
	mov	x19, x0
	mov	w20, w1
	mov	w21, wzr
2:	mov	w0, w20
	blr	x19
	add	w21, w21, w0
	subs	w20, w20, #1
	b.ne	2b
	mov	w0, w21
	ldr	x21, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #48
	autiasp
	ret
	.size call_back, . - call_back

// A constant after the code, reached by its label, and every form of register offset.
	.globl scratch
	.type scratch, %function
scratch:
	ldr	x9, .Lfifty
	ldr	x10, [x0, x1, lsl #3]
	add	x9, x9, x10
	sxtw	x11, w1
	ldr	x12, [x0, w11, sxtw #3]
	sub	x10, x10, x12
	lsl	x11, x11, #3
	ldr	x12, [x0, x11]
	ldr	x11, [x0, w11, uxtw]
	sub	x12, x12, x11
	add	x10, x10, x12
	add	x0, x9, x10
	ret
	.p2align 3
.Lfifty:
	.quad 50
	.size scratch, . - scratch

	.globl many_pushes
	.type many_pushes, %function
many_pushes:
	str	x0, [sp, #-16]!
	str	x1, [sp, #-16]!
	mov	x9, #100
	stp	x9, xzr, [sp, #-32]!
	ldr	x0, [sp, #32]
	ldr	x9, [sp, #48]
	add	x0, x0, x9
	ldr	x9, [sp], #64
	add	x0, x0, x9
	ret
	.size many_pushes, . - many_pushes

// A frame with an aligned stack.
	.globl align_stack
	.type align_stack, %function
align_stack:
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	sub	x9, sp, #256
	and	sp, x9, #-64
	str	x1, [sp, #64]
	mov	x9, x0
	ldr	x0, [sp, #64]
	blr	x9
	ldr	x9, [sp, #64]
	add	x0, x0, x9
	mov	sp, x29
	ldp	x29, x30, [sp], #16
	ret
	.size align_stack, . - align_stack

// A stack of variable size.
	.globl frame
	.type frame, %function
frame:
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	add	x9, x0, #1
	lsl	x9, x9, #3
	and	x9, x9, #-16
	sub	sp, sp, x9
	mov	x10, xzr
	mov	x11, sp
1:	str	x10, [x11, x10, lsl #3]
	add	x10, x10, #1
	cmp	x10, x0
	b.lo	1b
	mov	x0, xzr
	add	x11, x11, x10, lsl #3
1:	ldr	x12, [x11, #-8]!
	add	x0, x0, x12
	subs	x10, x10, #1
	b.ne	1b
	mov	sp, x29
	ldp	x29, x30, [sp], #16
	ret
	.size frame, . - frame

	.section .note.GNU-stack,"",%progbits
