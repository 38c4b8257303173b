# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# A shared object keeps calls through TLS descriptors.
# kind: -shared
.include "lfi.inc"
.text
.p2align 5
.globl _start
_start:
	leaq x@tlsdesc(%rip), %rax
	call *x@tlscall(%rax)
	runtime_call 0x2f008
	movl %gs:(%r11d,%eax), %eax
	direct_call f
	leaq x@tlsdesc(%rip), %rax
	call *x@tlscall(%rax)
	.p2align 5
	ud2
.p2align 5
f:	return
.section .tbss,"awT",@nobits
.p2align 2
.globl x
.hidden x
x:	.long 0
