# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Without separate-code there is no room after the last section; its bundle stays incomplete.
# bytes: yes
# verify: no (code begins amid a page)
# link: -z noseparate-code
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
