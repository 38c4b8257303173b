// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program that executes a known number of instructions.
	.text
	.globl _start
	.type _start, %function
_start:
	mov	x8, #94		// exit_group
	mov	x1, #(ROUNDS & 0xffff)
	movk	x1, #(ROUNDS >> 16), lsl #16
1:	tbz	x1, #0, 2f	// 4 a round, 5 in the odd ones
	nop
2:	subs	x1, x1, #1
	nop
	b.ne	1b
	mov	x0, #0
	svc	#0
