// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The same with macros, which LLVM's assembler expands first. A macro's lines are those of its use.
#include "here.h"

.macro	call_with	number
	movl	$\number, %edi
	call	here
.endm

	.text
	.globl	macros
	.type	macros, @function
macros:
	pushq	%rbx
	movl	$2, %ebx
1:	call_with __LINE__
	decl	%ebx
	jnz	1b
	.rept	2
	.endr
	call_with __LINE__
	HERE
	popq	%rbx
	ret
	.size	macros, . - macros
	.section .note.GNU-stack, "", @progbits
