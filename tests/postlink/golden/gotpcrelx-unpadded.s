# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Without padding after it a relaxed call cannot be moved.
.include "lfi.inc"
.text
.p2align 5
.globl _start
_start:
	pushq %rbx
	call *f@GOTPCREL(%rip)
	popq %rbx
	ud2
.p2align 5
.globl f
.hidden f
f:	return
