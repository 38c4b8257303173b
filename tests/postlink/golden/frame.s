# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Unwinding tables and line numbers describe moved calls as before: they name return addresses.
.include "lfi.inc"
.text
.p2align 5
.globl _start
_start:
	.cfi_startproc
	pushq %rbx
	.cfi_adjust_cfa_offset 8
	direct_call f
	popq %rbx
	.cfi_adjust_cfa_offset -8
	return
	.cfi_endproc
.p2align 5
f:	.cfi_startproc
	return
	.cfi_endproc
