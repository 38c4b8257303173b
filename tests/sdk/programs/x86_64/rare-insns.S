// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define FUNCTION(name) .globl name; .type name, @function; name

	.text
FUNCTION(counter_is_zero):
	movq	%rdi, %rcx
	movl	$1, %eax
	jecxz	1f
	xorl	%eax, %eax
1:	movq	%rcx, (%rsi)
	ret

/* Copies from the end; the direction flag comes back as it was. */
FUNCTION(direction):
	movq	%rdx, %rcx
	pushfq
	std
	pushfq
	rep movsb
	cld
	popfq
	movq	%rsp, %rsi
	lodsb
	movq	%rsi, %rcx
	subq	%rsp, %rcx
	popfq
	movq	%rsp, %rsi
	lodsb
	subq	%rsp, %rsi
	leaq	(%rsi,%rcx,2), %rax
	ret

FUNCTION(countdown):
	xorl	%eax, %eax
	testq	%rdi, %rdi
	jz	718760f
718769:	incq	%rax
	decq	%rdi
	jnz	718769b
718760:	ret

FUNCTION(elsewhere):
	testq	%rdi, %rdi
	jnz	1f
	movl	$3, %eax
	ret
	.subsection 1
1:	addq	names(%rip), %rdi
	movq	%rdi, %rax
	.previous
names:	.byte	1, 2, 0, 0, 0, 0, 0, 0
	.text	2
	incq	%rax
	ret
	.text

FUNCTION(quoted):
	call	"a \"name\""
	leaq	1(%rax), %rax
	ret
"a \"name\"":
	leaq	"a \"name\""(%rip), %rcx
	leaq	"a \"name\""(%rip), %rax
	subq	%rcx, %rax
	leaq	(%rax,%rdi,2), %rax
	ret

FUNCTION(kept_x87):
	movsd	%xmm0, -8(%rsp)
	fldl	-8(%rsp)
	fnsave	(%rdi)
	fld1
	frstor	(%rdi)
	fadd	%st(0), %st(0)
	fstpl	-8(%rsp)
	movsd	-8(%rsp), %xmm0
	ret

FUNCTION(flushed):
	clflush	(%rdi)
	ret
	.section .note.GNU-stack, "", @progbits
