# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Branches to weak symbols that nobody defined: the linker lets them go to address 0.
.include "lfi.inc"
.text
.p2align 5
.weak nowhere
.globl _start
_start:
	subq $24, %rsp            # needs the write of the call
	direct_call nowhere
	jne nowhere
	leaq nowhere(%rip), %rax
	jmp nowhere
	.rept 13
	nop
	.endr
	jbe nowhere
