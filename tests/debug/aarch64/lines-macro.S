// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The same with macros, which LLVM's assembler expands first. A macro's lines are those of its use.
#include "here.h"

.macro	call_with	number
	mov	w0, #\number
	bl	here
.endm

	.text
	.globl	macros
	.type	macros, %function
macros:
	stp	x30, x19, [sp, #-16]!
	mov	w19, #2
1:	call_with __LINE__
	subs	w19, w19, #1
	b.ne	1b
	.rept	2
	.endr
	call_with __LINE__
	HERE
	ldp	x30, x19, [sp], #16
	ret
	.size	macros, . - macros
	.section .note.GNU-stack, "", %progbits
