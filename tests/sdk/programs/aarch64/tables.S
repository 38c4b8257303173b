// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tables of 16-bit distances behind their functions, as codecs have them, and registers that are saved for nothing.
	.text
	.globl	sum_of, sum_to, two_steps, fill
	.type	sum_of, %function
sum_of:				// the sum of 1, 2, 4 or 8 numbers at x0; w1 says which
	adr	x5, .Lsum_table
	ldrh	w6, [x5, w1, uxtw #1]
	mov	x2, xzr
	sub	x5, x5, w6, uxtw
	br	x5
80:	ldp	x3, x4, [x0], #16
	add	x2, x2, x3
	add	x2, x2, x4
	ldp	x3, x4, [x0], #16
	add	x2, x2, x3
	add	x2, x2, x4
40:	ldp	x3, x4, [x0], #16
	add	x2, x2, x3
	add	x2, x2, x4
20:	ldr	x3, [x0], #8
	add	x2, x2, x3
10:	ldr	x3, [x0], #8
	add	x0, x2, x3
	ret
.Lsum_table:
	.hword	.Lsum_table - 10b
	.hword	.Lsum_table - 20b
	.hword	.Lsum_table - 40b
	.hword	.Lsum_table - 80b
	.size	sum_of, . - sum_of

	.type	sum_to, %function
sum_to:				// w1 times what w2 says, from a loop that jumps each time
	adr	x5, .Lto_table
	ldrb	w6, [x5, w2, uxtw]
	sub	x3, x5, w6, uxtw #2
	mov	x4, x0
	mov	x0, xzr
.Lto_again:
	subs	w1, w1, #1
	b.lt	.Lto_end
	br	x3
.Lto_one:
	ldr	x5, [x4], #8
	add	x0, x0, x5
	b	.Lto_again
.Lto_two:
	ldr	x5, [x4], #8
	add	x0, x0, x5, lsl #1
	b	.Lto_again
.Lto_end:
	ret
.Lto_table:
	.byte	(.Lto_table - .Lto_one) >> 2, (.Lto_table - .Lto_two) / 4
	.p2align 2

	.type	two_steps, %function
two_steps:			// 10 * (x0 + 1) + x1 + 1, for 0 and 1
	adr	x10, .Lsecond_table
	adr	x7, .Lfirst_table
	ldrh	w9, [x10, w1, uxtw #1]
	ldrh	w8, [x7, w0, uxtw #1]
	cbz	w0, .Lnothing
	mov	w2, w0
.Lnothing:
	sub	x9, x10, w9, uxtw
	sub	x7, x7, w8, uxtw
	br	x7
.Lfirst0:
	mov	w0, #10
	br	x9
.Lfirst1:
	mov	w0, #20
	br	x9
.Lsecond0:
	add	w0, w0, #1
	ret
.Lsecond1:
	add	w0, w0, #2
	ret
.Lfirst_table:
	.hword	.Lfirst_table - .Lfirst0, .Lfirst_table - .Lfirst1
.Lsecond_table:
	.hword	.Lsecond_table - .Lsecond0, .Lsecond_table - .Lsecond1

	.type	fill, %function
fill:				// stores w1 into x2 words at x0, and returns their end
	stp	x23, x24, [sp, #-64]!
	stp	x25, x26, [sp, #16]
	stp	x27, x28, [sp, #32]
	str	x29, [sp, #48]
	mov	x24, x0
	cbz	x2, 2f
1:	str	w1, [x24], #4
	subs	x2, x2, #1
	b.ne	1b
2:	mov	x0, x24
	ldr	x29, [sp, #48]
	ldp	x27, x28, [sp, #32]
	ldp	x25, x26, [sp, #16]
	ldp	x23, x24, [sp], #64
	ret
