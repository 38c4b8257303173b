# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# A return address elsewhere is no runtime call, and nothing that can be repaired.
.include "lfi.inc"
.text
.p2align 5
.globl _start
_start:
	.bundle_lock
	leaq 1f(%rip), %r11
	jmpq *%gs:0x2f000
	.bundle_unlock
	.p2align 5
	nop
	.p2align 5
1:	ud2
