# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Something of everything; also the input of the hostile tests (hostile.c).
# link: --pack-dyn-relocs=relr
.include "lfi.inc"
.section .init,"ax",@progbits
	pushq %rbp
	direct_call f
.text
.p2align 5
.globl _start
_start:
	direct_call f
	movl $60, %eax
	runtime_call 0x2f000
	leaq x@tlsdesc(%rip), %rax
	call *x@tlscall(%rax)
	.p2align 6
	call *g@GOTPCREL(%rip)
	.p2align 5
	jmp *g@GOTPCREL(%rip)
	.p2align 5
f:	masked_call %ebx, %rbx
	return
.section other,"ax",@progbits
.p2align 7
.globl g
.hidden g
g:	direct_call _start
	ud2
.section .tbss,"awT",@nobits
.globl x
.hidden x
x:	.long 0
.data
.p2align 3
.quad f, g, 0, g, _start
