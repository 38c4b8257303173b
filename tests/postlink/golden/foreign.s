# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Code that no lfi-as assembled is left as it is; the verifier refuses it.
# verify: no (no bundles)
.text
.globl _start
_start:
	pushq %rbx
	.rept 6
	movabsq $0x1122334455667788, %rax
	.endr
	popq %rbx
	ret
