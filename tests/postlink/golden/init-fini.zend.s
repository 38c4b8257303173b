# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
.include "lfi.inc"
.section .init,"ax",@progbits
	popq %rbp
	return
.section .fini,"ax",@progbits
	popq %rbp
	return
