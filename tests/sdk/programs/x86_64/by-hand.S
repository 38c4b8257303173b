// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define FUNCTION(name) .globl name; .type name, @function; name
	.text

/* Flags that go into a function, behind a write to %rsp. */
FUNCTION(flags_passed):
	pushq	%rbp
	movq	%rsp, %rbp
	cmpq	%rsi, %rdi
	leave
	call	.Lbelow
	ret
.Lbelow:
	setb	%al
	movzbl	%al, %eax
	ret

/* Flags over enter, leave, a jump to another name and a shuffle. */
FUNCTION(flags_kept):
	cmpq	%rsi, %rdi
	enter	$32, $0
	leave
	vpermilps	$27, %xmm0, %xmm0
	jmp	.Lalias
.Lcarry:
	jb	1f
	xorl	%eax, %eax
	ret
1:	movl	$1, %eax
	ret
	.set	.Lalias, .Lcarry

/* A value below %rsp, stored through another register. */
FUNCTION(below_stack):
	pushq	%rbp
	movq	%rsp, %rbp
	movq	%rdi, -8(%rbp)
	movl	$7, %eax
	leaq	-8(%rsp), %rsp
	addq	%rsi, %rax
	addq	-8(%rbp), %rax
	leave
	ret

/* %r11 of a function that is called by another name. */
FUNCTION(r11_alias):
	call	.Lsame
	movq	%r11, %rax
	ret
.Ladds:
	leaq	(%rdi,%rsi), %r11
	ret
	.set	.Lsame, .Ladds
	.section .note.GNU-stack, "", @progbits
