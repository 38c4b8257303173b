# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Code sections of their own, with gaps between them and after the last.
# bytes: yes
.include "lfi.inc"
.text
.globl _start
_start:
	direct_call f
	ud2
.section first,"ax",@progbits
.p2align 7
f:	return
.section second,"ax",@progbits
.p2align 6
g:	pushq %rax
	ud2
