// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The same recursion with each form of call and return, so that their costs can be told apart. Not
 * sandboxed; %gs:0x2f020 holds what is added to a masked address (forms.c).
 */
	.text

/* Where a call stands in its 32-byte bundle: behind `before` bytes of nops, in front of `after`. */
.macro	PLACED_CALL target, before, after
	.p2align 5
	.nops	\before
	call	\target
	.if	\after
	.nops	\after
	.endif
.endm

.macro	RETURN_ret
	ret
.endm
.macro	RETURN_jump
	popq	%r11
	jmpq	*%r11
.endm
.macro	MASK
	popq	%r11
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
.endm
.macro	RETURN_masked
	MASK
	jmpq	*%r11
.endm
.macro	RETURN_masked_ret
	MASK
	pushq	%r11
	ret
.endm

.macro	FORM name, before, after, return
	.globl	\name
	.p2align 5
\name:
	cmpl	$2, %edi
	jb	.Lsmall_\name
	pushq	%rbx
	pushq	%rbp
	movl	%edi, %ebx
	decl	%edi
	PLACED_CALL	\name, \before, \after
	movl	%eax, %ebp
	leal	-2(%rbx), %edi
	PLACED_CALL	\name, \before, \after
	addl	%ebp, %eax
	popq	%rbp
	popq	%rbx
	RETURN_\return
.Lsmall_\name:
	movl	%edi, %eax
	RETURN_\return
.endm

	FORM	native, 24, 3, ret
	FORM	call_ends_bundle, 27, 0, ret
	FORM	jump_return, 27, 0, jump
	FORM	masked_return, 27, 0, masked
	FORM	masked_kept_prediction, 27, 0, masked_ret

/* int call_form(form *run, int depth): a masked return comes back only to a bundle start */
	.globl	call_form
	.p2align 5
call_form:
	subq	$8, %rsp
	movq	%rdi, %rax
	movl	%esi, %edi
	.p2align 5
	.nops	30
	call	*%rax
	addq	$8, %rsp
	ret

	.section .note.GNU-stack, "", @progbits
