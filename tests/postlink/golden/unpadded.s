# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Calls that no padding follows, each with its own message.
.include "lfi.inc"
.text
.p2align 5
.globl _start
_start:
	call f
	movl $1, %eax
	.p2align 5
first:
	.bundle_lock
	leaq 1f(%rip), %r11
	jmpq *%gs:0x2f000
	.bundle_unlock
1:	movl $1, %eax
	.p2align 5
.p2align 5
f:	return
