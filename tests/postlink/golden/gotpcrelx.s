# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# call and jmp through the GOT, which the linker makes direct: 67 e8 …, and e9 … 90.
.include "lfi.inc"
.text
.p2align 5
.globl _start
_start:
	call *f@GOTPCREL(%rip)
	.p2align 5
	.rept 26
	nop
	.endr
	call *f@GOTPCREL(%rip)    # ends its bundle already
	.rept 25
	nop
	.endr
	call *f@GOTPCREL(%rip)    # one byte of padding
	.p2align 5
	movq f@GOTPCREL(%rip), %r11
	masked_call %r11d, %r11
	jmp *f@GOTPCREL(%rip)
.p2align 5
.globl f
.hidden f
f:	return
