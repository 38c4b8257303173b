# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Runtime calls: the group ends its bundle and the lea means its end, whatever the padding was.
.include "lfi.inc"
.text
.p2align 5
.globl _start
_start:
	runtime_call -8
	movl $60, %eax
	runtime_call -8
	.rept 17
	nop
	.endr
	runtime_call -16          # ends its bundle already
	.rept 16
	nop
	.endr
	runtime_call -24          # one byte of padding
	.rept 20
	nop
	.endr
	runtime_call -32          # the assembler put it into a bundle of its own
	.bundle_lock              # the label in front of the padding means the same
	leaq 1f(%rip), %r11
	jmpq *%gs:-8
	.bundle_unlock
1:	.p2align 5
	ud2
