# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Direct calls: at a function's start, at each end of the possible padding, and branches to them.
.include "lfi.inc"
.text
.p2align 5
.globl _start
_start:
	direct_call f             # at the start of a bundle
	.rept 27
	nop
	.endr
	direct_call f             # ends its bundle already
	.rept 26
	nop
	.endr
	direct_call f             # one byte of padding
	pushq %rbx
again:
	direct_call f             # the target of a branch
	jne again
	movl $1, %eax
	direct_call later         # forward
	return

.p2align 5
f:	return

.p2align 5
later:
	direct_call _start
	ud2
