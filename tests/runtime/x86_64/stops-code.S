// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Code for core-stops.c: every form of a group, and what stands between them. The verifier accepts
 * it in mode `full`. What it computes is in its data, registers and vectors at the end.
 */
	.section .rodata
	.bundle_align_mode 5

#define TEST_DATA 0x200000 /* core-box.h */
#define SPAN      (TEST_DATA + 0x1ff8)	/* crosses a page, as what comes next */
#define SPAN2     (TEST_DATA + 0x3ffc)
#define PLACE     (TEST_DATA + 0x100)

.macro	runtime_call slot
	.p2align 5, 0x90
	.nops	17, 9
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f000 + 8 * \slot
.endm

.macro	masked_jump reg, half
	leaq	1f(%rip), \reg
	addq	$5, \reg		/* masked away */
	.bundle_lock
	andl	$-32, \half
	addq	%gs:0x2f020, \reg
	jmpq	*\reg
	.bundle_unlock
	.p2align 5, 0x90
1:
.endm

.macro	masked_call reg, half, size
	leaq	stop_function(%rip), \reg
	.p2align 5, 0x90
	.nops	32 - \size, 9
	.bundle_lock
	andl	$-32, \half
	addq	%gs:0x2f020, \reg
	callq	*\reg
	.bundle_unlock
.endm

.macro	return_masked
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
.endm

/* flags dead, and live */
.macro	guarded_write operation:vararg
	stc
	.bundle_lock
	\operation
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	lahf				/* the flags, too */
	rolq	$5, %rbx
	xorq	%rax, %rbx
.endm
.macro	guarded_write_live operation:vararg
	stc
	.bundle_lock
	movq	%gs:0x2f020, %r11
	\operation
	leaq	(%rsp, %r11), %rsp
	.bundle_unlock
	adcq	$3, %rbx
.endm

.macro	guard reg, half
	movl	\half, \half
	addq	%gs:0x2f020, \reg
.endm
.macro	guard_live reg, half
	movl	\half, \half
	leaq	(\reg, %r11), \reg
.endm
.macro	pointers to, from, count
	movl	$\to, %edi
	movl	$\from, %esi
	movl	$\count, %ecx
.endm
.macro	string_both insn:vararg
	.bundle_lock
	guard	%rdi, %edi
	guard	%rsi, %esi
	\insn
	.bundle_unlock
.endm
.macro	string_both_live insn:vararg
	.bundle_lock
	movq	%gs:0x2f020, %r11
	guard_live %rdi, %edi
	guard_live %rsi, %esi
	\insn
	.bundle_unlock
.endm
.macro	string_to insn:vararg
	.bundle_lock
	guard	%rdi, %edi
	\insn
	.bundle_unlock
.endm
.macro	string_from_live insn:vararg
	.bundle_lock
	movq	%gs:0x2f020, %r11
	guard_live %rsi, %esi
	\insn
	.bundle_unlock
.endm

	.globl	stops_code, stops_code_end, stop_forms, stop_handler, stop_handled, stop_spin, stop_step, stop_null, stop_exact, stop_exact_at, stop_load
stops_code:

	.p2align 5, 0x90
stop_forms:
	movq	%rsp, %rbp
	movabsq	$0x8877665544332211, %rbx
	movl	$0x1234567, %eax
	addq	%rbx, %rax
	adcq	$7, %rcx
	addr32 movq %rax, %gs:PLACE
	movl	$PLACE, %esi
	addr32 movq %gs:(%esi), %rdx
	pcmpeqd	%xmm3, %xmm3
	movq	%rbx, %xmm4
	vpcmpeqd %ymm5, %ymm5, %ymm5
	vpsrlq	$3, %ymm5, %ymm6
	fldpi
	fld1
	cvtsi2sd %eax, %xmm7		/* inexact or not: MXCSR */
	divsd	%xmm7, %xmm4

	masked_jump %rax, %eax
	masked_jump %r9, %r9d
	masked_jump %r11, %r11d
	masked_call %rdx, %edx, 14
	masked_call %r10, %r10d, 16
	.p2align 5, 0x90
	.nops	27, 9
	call	stop_function

	movl	$0x777, %edi
	runtime_call 2			/* set the thread pointer */
	stc
	runtime_call 1			/* get it: flags stay, rcx too */
	adcq	%r11, %rbx
	movl	$5, %eax
	runtime_call 0
	addq	%rax, %rbx

	addr32 movq %rbp, %gs:PLACE
	guarded_write movl %ebp, %esp
	guarded_write addr32 movl %gs:PLACE, %esp
	guarded_write leal -64(%rsp), %esp
	guarded_write addl $32, %esp
	guarded_write subl $96, %esp
	guarded_write andl $-128, %esp
	guarded_write_live movl %ebp, %esp
	guarded_write_live addr32 movl %gs:PLACE, %esp
	guarded_write_live leal -256(%rsp), %esp
	guarded_write movl %ebp, %esp

	subq	$64, %rsp
	movq	%rbx, 8(%rsp)
	leaq	-4096(%rsp), %rsp
	nop
	pushq	%rbx
	popq	%rdx
	andq	$-16, %rsp
	addq	$4096 + 64, %rsp
	cmpq	%rdx, -8(%rsp)
	setne	%dl

	pointers SPAN, SPAN2, 20
	stc
	string_both_live rep movsb
	adcq	$11, %rbx
	pointers SPAN2, SPAN, 9
	string_both rep movsl
	testl	%ecx, %ecx
	pointers SPAN, SPAN2, 16
	movl	$0x5a5a5a5a, %eax
	string_to rep stosl
	testl	%ecx, %ecx
	pointers SPAN, SPAN2, 16
	string_from_live rep lodsb
	testl	%ecx, %ecx
	pointers SPAN, SPAN2, 24
	string_both_live repe cmpsb
	adcq	%rcx, %rbx
	pointers SPAN, SPAN2, 24
	movl	$0x11, %eax
	string_to repne scasb
	addq	%rcx, %rbx
	std
	pointers (SPAN + 40), (SPAN2 + 40), 24
	string_both_live rep movsb
	cld
	pointers SPAN, SPAN2, 0
	string_both rep movsb
	testl	%ecx, %ecx
	string_both movsb

	addr32 movq %rax, %gs:PLACE
	addr32 movq %rcx, %gs:PLACE + 8
	addr32 movq %rdx, %gs:PLACE + 16
	addr32 movq %r8, %gs:PLACE + 24
	fmulp
	runtime_call 3

	.p2align 5, 0x90
stop_function:
	incq	%r8
	rolq	$3, %rbx
	return_masked

/* For a gate. */
	.p2align 5, 0x90
stop_load:
	pushq	%rbx
	movl	$SPAN, %ebx
	addr32 movq %gs:(%ebx), %rax
	addr32 addq %gs:0x1000(%ebx), %rax
	popq	%rbx
	return_masked

/* A handler: changes all registers, uses the stack and the thread pointer, makes system calls. */
	.p2align 5, 0x90
stop_handler:
	.irp	reg, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
	movq	$-1, %\reg
	.endr
	fldz
	fld1
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vpcmpeqd %ymm\i, %ymm\i, %ymm\i
	.endr
	movl	$0x3f80, 8(%rsp)
	ldmxcsr	8(%rsp)
	std
	runtime_call 1
	pushq	%r11
	addr32 incl %gs:TEST_DATA + 0x8000	/* stops */
	movl	$7, %eax
	runtime_call 0
	movl	$99, %eax		/* return from it */
	runtime_call 0
stop_handled:
	hlt

	.p2align 5, 0x90
stop_spin:
	incq	%rax
	jmp	stop_spin

/* The stack pointer leaves the box, by a step that is checked. */
	.p2align 5, 0x90
stop_step:
	movl	$0xffffffc0, %eax
	.bundle_lock
	movl	%eax, %esp
	addq	%gs:0x2f020, %rsp
	.bundle_unlock
	addq	$64, %rsp
	nop
	movq	%rax, (%rsp)
	hlt

	.p2align 5, 0x90
stop_null:
	xorl	%esi, %esi
	addr32 movl %gs:16(%esi), %eax
	runtime_call 3
	.p2align 5, 0x90
stop_exact:
	runtime_call 0
	nop
stop_exact_at:
	hlt
	.p2align 5, 0x90
stops_code_end:

	.section .note.GNU-stack,"",@progbits
