# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Alignments beyond the bundle: the assembler lets nops cross; a label between nops stays one.
.include "lfi.inc"
.text
.p2align 5
.globl _start
_start:
	pushq %rax
	.p2align 6
	nop
	jmp 1f
	.p2align 7
	pushq %rax
	.byte 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0
	.byte 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0
	.byte 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0
1:	nop
	direct_call _start
	ud2
