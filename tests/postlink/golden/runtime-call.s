# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Runtime calls: the group ends its bundle and the lea means its end, whatever the padding was.
.include "lfi.inc"
.text
.p2align 5
.globl _start
_start:
	runtime_call 0x2f000
	movl $60, %eax
	runtime_call 0x2f000
	.rept 17
	nop
	.endr
	runtime_call 0x2f008          # ends its bundle already
	.rept 16
	nop
	.endr
	runtime_call 0x2f010          # one byte of padding
	.rept 20
	nop
	.endr
	runtime_call 0x2f018          # the assembler put it into a bundle of its own
	.bundle_lock              # the label in front of the padding means the same
	leaq 1f(%rip), %r11
	jmpq *%gs:0x2f000
	.bundle_unlock
1:	.p2align 5
	ud2
