// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Calls of functions: host -> box -> host, and callbacks box -> host -> box. What the C calling
 * convention needs and no more. Offsets are in frame.h.
 *
 *   machine_gate_entries  host -> box, by shape: what holds no argument is cleared
 *   machine_gate_return   box -> host, from the trampoline page (machine.c)
 *   machine_callback      box -> host -> box, likewise
 *   machine_gate_ended    a gate call's host frame returns here if its stay ended otherwise
 *
 * At a call vector and x87 registers are dead, so they are cleared, not saved. Callee-saved registers
 * of the host are on its stack, in the layout of switch.S, so that a stay that ends by a signal or
 * in a system call ends as any other: `leave` of switch.S returns to machine_gate_ended. Those of the
 * box stay where they are during a callback: the host's function preserves them, and does not use
 * what is in them.
 *
 * x87: code in the box sees the contents of mm0-7 whatever the tags say, and the address of the last
 * instruction and operand. So the contents are cleared, and the last x87 instruction before the box,
 * and its operand, are on the trampoline page, whose address the box knows.
 *
 * Interrupts: the one who interrupts stores lfi_context.interrupt and then sends a signal, always,
 * while a context is attached. The thread stores in_box, then reads `interrupt`; no fence is needed,
 * because the signal's handler runs on the same thread, at a point between two instructions. If
 * that is after the store of in_box, the handler ends the stay itself. If it is before, then so is
 * the store to `interrupt` (it precedes the signal), and the read sees it.
 */
#include "frame.h"
#include "host.inc"

#define FSW_FLAGS     0xff	/* exceptions, stack fault, error summary */
#define MXCSR_CONTROL 0xffc0

	.text
	.irp	name, machine_gate_entries, machine_gate_return, machine_gate_ended, machine_gate_refused, machine_callback, machine_unwind, machine_gate_start, machine_gate_end, machine_result_start, machine_result_end, machine_callback_start, machine_callback_end
	.hidden	\name
	.globl	\name
	.endr
	.hidden	core_thread, core_gate_ended, core_gate_resume, core_gate_refused, machine_leave_entering

.macro	CLEAR_MMX		/* contents and tags; no exception may be pending */
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	pxor	%mm\i, %mm\i
	.endr
	emms
.endm

/* For each number of integer and vector arguments, 64 bytes. Those for vectors of 16 bytes begin
 * behind the moves that clear upper halves. */
	.p2align 6
	.type	machine_gate_entries, @function
machine_gate_entries:
	.cfi_startproc
	.irp	integers, 0, 1, 2, 3, 4, 5, 6
	.irp	vectors, 0, 1, 2, 3, 4, 5, 6, 7, 8
	.p2align 6
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	.if	\i < \vectors
	movq	%xmm\i, %xmm\i
	.endif
	.endr
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	.if	\i >= \vectors
	xorps	%xmm\i, %xmm\i
	.endif
	.endr
	.if	\integers < 1
	xorl	%edi, %edi
	.endif
	.if	\integers < 2
	xorl	%esi, %esi
	.endif
	.if	\integers < 3
	xorl	%edx, %edx
	.endif
	.if	\integers < 4
	xorl	%ecx, %ecx
	.endif
	.if	\integers < 5
	xorl	%r8d, %r8d
	.endif
	.if	\integers < 6
	xorl	%r9d, %r9d
	.endif
	movl	$\vectors, %eax		/* for variadic functions */
	jmp	gate
	.endr
	.endr
	.cfi_endproc
	.size	machine_gate_entries, . - machine_gate_entries

	.p2align 6
	.type	gate, @function
gate:
	.cfi_startproc
	movq	core_thread@gottpoff(%rip), %r10
	movq	%fs:THREAD_GATE(%r10), %r11
	testq	%r11, %r11
	jz	machine_gate_refused
	movq	$0, %fs:THREAD_GATE(%r10)
	subq	$72, %rsp
	.cfi_def_cfa_offset 80
	movq	%rbx, 48(%rsp)
	movq	%rbp, 40(%rsp)
	movq	%r12, 32(%rsp)
	movq	%r13, 24(%rsp)
	movq	%r14, 16(%rsp)
	movq	%r15, 8(%rsp)
	leaq	machine_gate_ended(%rip), %rbx
	movq	%rbx, 56(%rsp)
	movq	%rsp, FRAME_HOST_RSP(%r11)
	.cfi_endproc
	HOST_FRAME
	stmxcsr	FRAME_HOST_MXCSR(%r11)
	fnstcw	FRAME_HOST_FCW(%r11)
	movl	%eax, %r14d		/* to a register it takes fewer cycles than to memory */
	fnstsw	%ax
	movzwl	%ax, %r15d
	movl	%r14d, %eax
	movw	%r15w, FRAME_HOST_FSW(%r11)
	movq	FRAME_CONTEXT(%r11), %rbp
	movq	%fs:THREAD_FRAME(%r10), %rbx
	movq	CONTEXT_ACTIVE(%rbp), %r12
	movq	CONTEXT_TP(%rbp), %r13
	movq	%rbx, FRAME_OUTER(%r11)
	movq	%r12, FRAME_FORMER(%r11)
	movq	%r13, %fs:THREAD_TP(%r10)
	movq	%r11, CONTEXT_ACTIVE(%rbp)
	movq	%r11, %fs:THREAD_FRAME(%r10)
	cmpl	$INITIAL_MXCSR, FRAME_HOST_MXCSR(%r11)
	jne	gate_mxcsr
1:	testb	$FSW_FLAGS, %r15b
	jnz	gate_fsw
2:	cmpw	$INITIAL_FCW, FRAME_HOST_FCW(%r11)
	jne	gate_fcw
3:	CLEAR_MMX
	testl	$FEATURE_AVX, FRAME_FEATURES(%r11)
	jz	4f
	vzeroupper
	testl	$FEATURE_AVX512, FRAME_FEATURES(%r11)
	jz	4f
	CLEAR_AVX512
4:	.irp	i, 8, 9, 10, 11, 12, 13, 14, 15
	xorps	%xmm\i, %xmm\i
	.endr
	movq	FRAME_BASE(%r11), %rbx
	testl	$FEATURE_FSGSBASE, FRAME_FEATURES(%r11)
	jz	gate_gs_slow
	rdgsbase %r12
	cmpq	%rbx, %r12
	jne	gate_gs
5:	movl	$1, FRAME_IN_BOX(%r11)
machine_gate_start:
	testb	$1, CONTEXT_INTERRUPT(%rbp) /* INTERRUPT_END */
	jne	interrupted
	movq	FRAME_HOME(%r11), %r13
	movq	FRAME_STACK(%r11), %rsp
	cmpl	$0, FRAME_SPECIAL(%r11)
	jne	gate_special
6:	movq	%r13, (%rsp)
	xorl	%ebx, %ebx
	xorl	%ebp, %ebp
	xorl	%r10d, %r10d
	xorl	%r12d, %r12d
	xorl	%r13d, %r13d
	xorl	%r14d, %r14d
	xorl	%r15d, %r15d
	jmpq	*FRAME_ENTER(%r11)

gate_special:			/* words on the stack; a structure in memory */
	movl	FRAME_WORDS(%r11), %ebx
	movq	FRAME_HOST_RSP(%r11), %r10
	jmp	8f
7:	decl	%ebx
	movq	80(%r10,%rbx,8), %r12
	movq	%r12, 8(%rsp,%rbx,8)
8:	testl	%ebx, %ebx
	jnz	7b
	cmpl	$0, FRAME_BYTES(%r11)
	je	6b
	movq	%rdi, FRAME_RESULT(%r11)
	movq	FRAME_PLACE(%r11), %rdi
	jmp	6b
machine_gate_end:

gate_mxcsr:
	movl	$INITIAL_MXCSR, FRAME_NOW_MXCSR(%r11)
	ldmxcsr	FRAME_NOW_MXCSR(%r11)
	jmp	1b
gate_fsw:
	fnclex
	jmp	2b
gate_fcw:
	movw	$INITIAL_FCW, FRAME_NOW(%r11)
	fldcw	FRAME_NOW(%r11)
	jmp	3b
gate_gs:
	wrgsbase %rbx
	jmp	5b
gate_gs_slow:			/* by system calls, which keep all but rax, rcx and r11 */
	movq	%rax, %r12
	movq	%rcx, %r13
	movq	%r11, %r14
	movq	%rdi, %r15
	pushq	%rsi
	pushq	%rsi
	movq	%rbx, %rsi
	movl	$0x1001, %edi		/* ARCH_SET_GS */
	movl	$158, %eax		/* arch_prctl */
	syscall
	popq	%rsi
	popq	%rsi
	movq	%r15, %rdi
	movq	%r14, %r11
	movq	%r13, %rcx
	movq	%r12, %rax
	jmp	5b
interrupted:
	movq	%r11, %rbx
	movl	$(3 + 1), %r12d		/* LFI_EXIT_INTERRUPTED */
	jmp	machine_leave_entering
	.cfi_endproc
	.size	gate, . - gate

/* x87 flags as the host had them: only where it had some. Clobbers rsi, the frame is in rcx. */
.macro	RESTORE_FSW
	subq	$32, %rsp
	fnstenv	(%rsp)
	movzwl	FRAME_HOST_FSW(%rcx), %esi
	andl	$0x7f, %esi
	orl	%esi, 4(%rsp)
	fldenv	(%rsp)
	addq	$32, %rsp
.endm

/* From the trampoline: rcx is the frame, everything else the box's. */
	.p2align 6
	.type	machine_gate_return, @function
machine_gate_return:
	HOST_FRAME
	movl	$0, FRAME_IN_BOX(%rcx)
	movq	FRAME_HOST_RSP(%rcx), %rsp
	pushfq
	popq	%r11
	testl	$FLAGS_UNUSUAL, %r11d
	jnz	return_flags
1:	ldmxcsr	FRAME_HOST_MXCSR(%rcx)	/* costs no more than to compare it */
	fnstcw	FRAME_NOW(%rcx)
	movq	FRAME_CONTEXT(%rcx), %r8
	movq	FRAME_OUTER(%rcx), %r9
	movq	FRAME_FORMER(%rcx), %r10
	movq	core_thread@gottpoff(%rip), %rdi
	movzwl	FRAME_NOW(%rcx), %esi
	cmpw	$INITIAL_FCW, %si
	jne	return_fcw
	cmpw	%si, FRAME_HOST_FCW(%rcx)
	jne	return_fcw
4:	cmpl	$0, FRAME_SPECIAL(%rcx)
	jne	return_special
	emms
5:	testb	$FSW_FLAGS & 0x7f, FRAME_HOST_FSW(%rcx)
	jnz	return_host_fsw
6:	testl	$FEATURE_AVX, FRAME_FEATURES(%rcx)
	jz	7f
	vzeroupper
7:	movq	%fs:THREAD_TP(%rdi), %rsi
	movq	%rsi, CONTEXT_TP(%r8)
	movl	$1, %fs:THREAD_KIND(%rdi)	/* LFI_EXIT_RETURNED */
	movq	%r9, %fs:THREAD_FRAME(%rdi)
	movq	%r10, CONTEXT_ACTIVE(%r8)	/* last: another thread may free frame and context now */
	testq	%r9, %r9
	jnz	return_nested
8:	HOST_REGS
	addq	$72, %rsp
	.cfi_remember_state
	.cfi_def_cfa_offset 8
	ret
	.cfi_restore_state

return_flags:
	pushq	$FLAGS_CLEAR
	popfq
	jmp	1b
return_fcw:			/* what the box left may wait to be raised */
	fnclex
	fldcw	FRAME_HOST_FCW(%rcx)
	jmp	4b
return_host_fsw:
	RESTORE_FSW
	jmp	6b
return_special:			/* st(0) and st(1) are results; a structure is copied */
	cmpl	$0, FRAME_ST(%rcx)
	je	2f
	movw	$INITIAL_FCW, FRAME_NOW(%rcx)
	fldcw	FRAME_NOW(%rcx)	/* what is there may be no value: the host must not hear of that */
	fstpt	FRAME_RESULT_ST(%rcx)
	cmpl	$1, FRAME_ST(%rcx)
	je	1f
	fstpt	FRAME_RESULT_ST + 16(%rcx)
1:	emms
	fnclex
	fldcw	FRAME_HOST_FCW(%rcx)
	cmpl	$1, FRAME_ST(%rcx)
	je	1f
	fldt	FRAME_RESULT_ST + 16(%rcx)
1:	fldt	FRAME_RESULT_ST(%rcx)
	jmp	5b
2:	emms			/* rax and rdx are results */
	movl	FRAME_BYTES(%rcx), %esi
	testl	%esi, %esi
	jz	5b
	movq	%rcx, %r11
	movq	%rdi, %rbx
	movq	FRAME_RESULT(%r11), %rax
	movq	%rax, %rdi
	movl	%esi, %ecx
	movq	FRAME_PLACE(%r11), %rsi
	movl	$1, FRAME_IN_BOX(%r11)
machine_result_start:		/* the box may have unmapped it */
	rep movsb
machine_result_end:
	movl	$0, FRAME_IN_BOX(%r11)
	movq	%rbx, %rdi
	movq	%r11, %rcx
	jmp	5b
return_nested:			/* r9 is the outer stay: its thread pointer and %gs */
	pushq	%rax
	pushq	%rdx
	.cfi_adjust_cfa_offset 16
	subq	$32, %rsp
	.cfi_adjust_cfa_offset 32
	movups	%xmm0, (%rsp)
	movups	%xmm1, 16(%rsp)
	movq	%r9, %rdi
	call	core_gate_resume
	movups	(%rsp), %xmm0
	movups	16(%rsp), %xmm1
	addq	$32, %rsp
	.cfi_adjust_cfa_offset -32
	popq	%rdx
	popq	%rax
	.cfi_adjust_cfa_offset -16
	jmp	8b
	.cfi_endproc
	.size	machine_gate_return, . - machine_gate_return

/* The stay ended otherwise, eax says how; registers are the host's again. All results are 0. */
	.p2align 5
	.type	machine_gate_ended, @function
	.cfi_startproc
	nop			/* unwinders look one byte before a return address */
machine_gate_ended:
	.cfi_def_cfa_offset 16
	movl	%eax, %edi
	call	core_gate_ended
	jmp	1f
	.cfi_endproc
	.size	machine_gate_ended, . - machine_gate_ended

/* Called instead of the gate: nothing was prepared, or it failed. */
	.p2align 5
	.type	machine_gate_refused, @function
machine_gate_refused:
	.cfi_startproc
	subq	$8, %rsp
	.cfi_def_cfa_offset 16
	call	core_gate_refused
1:	cmpl	$1, %edx		/* how many x87 registers are results; rax: a structure's address */
	jb	3f
	je	2f
	fldz
2:	fldz
3:	xorl	%edx, %edx
	xorps	%xmm0, %xmm0
	xorps	%xmm1, %xmm1
	addq	$8, %rsp
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
	.size	machine_gate_refused, . - machine_gate_refused

/*
 * A callback. From the trampoline: r11 is the frame, r10d the number of the callback, everything
 * else the box's: rax, r10, r11 and xmm8-15 hold nothing that counts.
 */
	.p2align 6
	.type	machine_callback, @function
machine_callback:
	HOST_FRAME
machine_callback_start:
	testl	$FEATURE_AVX, FRAME_FEATURES(%r11)
	jz	1f
	vzeroupper
1:	movq	FRAME_CONTEXT(%r11), %rax
	movq	CONTEXT_BOX(%rax), %rax
	movq	BOX_CALLBACKS(%rax), %rax
	testq	%rax, %rax
	jz	callback_bad
	andl	$(CALLBACKS_MAX - 1), %r10d
	shlq	$CALLBACK_SHIFT, %r10
	addq	%rax, %r10
	/* one version of it: another thread may be changing it */
	movq	CALLBACK_VERSION(%r10), %rax
	movups	(%r10), %xmm8
	movups	16(%r10), %xmm9
	movups	32(%r10), %xmm10
	movups	48(%r10), %xmm11
	testb	$1, %al
	jnz	callback_bad
	cmpq	%rax, CALLBACK_VERSION(%r10)
	jne	callback_bad
	movaps	%xmm8, FRAME_CALLBACK(%r11)
	movaps	%xmm9, FRAME_CALLBACK + 16(%r11)
	movaps	%xmm10, FRAME_CALLBACK + 32(%r11)
	movaps	%xmm11, FRAME_CALLBACK + 48(%r11)
	cmpq	$0, FRAME_CALLBACK + CALLBACK_FUNCTION(%r11) /* of that version */
	je	callback_bad
	movq	%rsp, REGS_RSP(%r11)
	movq	$0, FRAME_BELOW(%r11)
	stmxcsr	FRAME_MXCSR(%r11)
	fnstcw	FRAME_FCW(%r11)
	movl	FRAME_HOST_MXCSR(%r11), %eax
	xorl	FRAME_MXCSR(%r11), %eax
	testl	$MXCSR_CONTROL, %eax
	jnz	callback_mxcsr
callback_x87:
	movzwl	FRAME_FCW(%r11), %eax
	cmpw	$INITIAL_FCW, %ax
	jne	callback_fcw
	cmpw	%ax, FRAME_HOST_FCW(%r11)
	jne	callback_fcw
callback_mmx:
	emms
	movq	FRAME_HOST_RSP(%r11), %r10
	cmpl	$0, FRAME_CALLBACK + CALLBACK_SPECIAL(%r11)
	jne	callback_special
callback_go:
	movq	%r10, %rsp
	movl	$0, FRAME_IN_BOX(%r11)
	pushfq
	popq	%rax
	testl	$FLAGS_UNUSUAL, %eax
	jnz	callback_flags
callback_call:
	movl	$1, FRAME_IN_CALLBACK(%r11)
	call	*FRAME_CALLBACK + CALLBACK_FUNCTION(%r11)
	movq	core_thread@gottpoff(%rip), %r10
	movq	%fs:THREAD_FRAME(%r10), %r11
	movq	FRAME_HOST_RSP(%r11), %rsi	/* where callback_special put things */
	movq	FRAME_CONTEXT(%r11), %r8
	movl	$0, FRAME_IN_CALLBACK(%r11)
	cmpl	$0, FRAME_LEAVE(%r11)
	jne	callback_leave
	ldmxcsr	FRAME_MXCSR(%r11)
	fnstcw	FRAME_NOW(%r11)
	movq	%rax, %r9
	fnstsw	%ax
	movzwl	%ax, %edi
	movq	%r9, %rax
	movq	FRAME_CALLBACK + CALLBACK_VECTORS(%r11), %rcx
	andq	FRAME_CALLBACK + CALLBACK_INTEGERS(%r11), %rax
	andq	FRAME_CALLBACK + CALLBACK_INTEGERS + 8(%r11), %rdx
	testl	$FEATURE_AVX, FRAME_FEATURES(%r11)
	jz	1f
	vzeroupper
	testl	$FEATURE_AVX512, FRAME_FEATURES(%r11)
	jz	1f
	CLEAR_AVX512
1:	andps	(%rcx), %xmm0
	andps	16(%rcx), %xmm1
	cmpl	$0, FRAME_CALLBACK + CALLBACK_SPECIAL(%r11)
	jne	back_special
back_x87:
	testb	$FSW_FLAGS, %dil
	jnz	back_fsw
back_control:
	movzwl	FRAME_NOW(%r11), %ecx
	cmpw	%cx, FRAME_FCW(%r11)
	jne	back_fcw
back_mmx:
	CLEAR_MMX
	.irp	i, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	xorps	%xmm\i, %xmm\i
	.endr
	movl	$1, FRAME_IN_BOX(%r11)
	testb	$1, CONTEXT_INTERRUPT(%r8)
	jne	back_interrupted
	cmpl	$0, FRAME_CALLBACK + CALLBACK_SPECIAL(%r11)
	jne	back_special2
back_enter:
	movq	REGS_RSP(%r11), %rsp
	popq	%r10
	andl	$-32, %r10d
	addq	FRAME_BASE(%r11), %r10
	movq	%r10, FRAME_TARGET(%r11)
	xorl	%ecx, %ecx
	xorl	%esi, %esi
	xorl	%edi, %edi
	xorl	%r8d, %r8d
	xorl	%r9d, %r9d
	xorl	%r10d, %r10d
	jmpq	*FRAME_ENTER(%r11)
back_special2:			/* x87 results; a structure to where the box wants it */
	cmpl	$1, FRAME_CALLBACK + CALLBACK_ST(%r11)
	jb	8f
	je	7f
	fldt	FRAME_RESULT_ST + 16(%r11)
7:	fldt	FRAME_RESULT_ST(%r11)
8:	movl	FRAME_CALLBACK + CALLBACK_BYTES(%r11), %ecx
	testl	%ecx, %ecx
	jz	back_enter
	movl	FRAME_RESULT(%r11), %edi
	addq	FRAME_BASE(%r11), %rdi
	movq	%rdi, %rax
	movq	FRAME_PLACE(%r11), %rsi
	rep movsb
	jmp	back_enter
callback_special:		/* the box's words and room for a structure, on the host's stack */
	movl	FRAME_CALLBACK + CALLBACK_BYTES(%r11), %eax
	testl	%eax, %eax
	jz	2f
	addl	$15, %eax
	andl	$-16, %eax
	subq	%rax, %r10
	movq	%rdi, FRAME_RESULT(%r11)
	movq	%r10, FRAME_PLACE(%r11)
	movq	%r10, %rdi
	xorps	%xmm8, %xmm8
1:	movaps	%xmm8, -16(%r10,%rax)	/* what the function leaves as it is shows nothing */
	subl	$16, %eax
	jnz	1b
2:	movl	FRAME_CALLBACK + CALLBACK_WORDS(%r11), %eax
	leal	1(%rax), %eax
	andl	$-2, %eax
	shll	$3, %eax
	subq	%rax, %r10
	movl	FRAME_CALLBACK + CALLBACK_WORDS(%r11), %eax
	jmp	4f
3:	decl	%eax
	movq	8(%rsp,%rax,8), %xmm8
	movq	%xmm8, (%r10,%rax,8)
4:	testl	%eax, %eax
	jnz	3b
	jmp	callback_go
machine_callback_end:

callback_bad:			/* the box's fault: back to where there is a trap */
	.irp	i, 8, 9, 10, 11		/* may hold a callback that is being changed */
	xorps	%xmm\i, %xmm\i
	.endr
	movq	FRAME_ENTER(%r11), %rax
	addq	$(TRAMPOLINE_TRAP - TRAMPOLINE_ENTER), %rax
	xorl	%r10d, %r10d
	xorl	%r11d, %r11d
	jmpq	*%rax
callback_mxcsr:
	ldmxcsr	FRAME_HOST_MXCSR(%r11)
	jmp	callback_x87
callback_fcw:			/* what the box left may wait to be raised */
	fnclex
	fldcw	FRAME_HOST_FCW(%r11)
	jmp	callback_mmx
callback_flags:
	pushq	$FLAGS_CLEAR
	popfq
	jmp	callback_call
callback_leave:
	movl	FRAME_LEAVE(%r11), %r12d
	movq	%r11, %rbx
	jmp	machine_leave_entering
back_special:
	cmpl	$1, FRAME_CALLBACK + CALLBACK_ST(%r11)
	jb	back_x87
	fstpt	FRAME_RESULT_ST(%r11)
	je	back_x87
	fstpt	FRAME_RESULT_ST + 16(%r11)
	jmp	back_x87
back_fsw:
	fnclex
	jmp	back_control
back_fcw:
	fldcw	FRAME_FCW(%r11)
	jmp	back_mmx
back_interrupted:
	movl	$(3 + 1), %r12d		/* LFI_EXIT_INTERRUPTED */
	movq	%r11, %rbx
	movq	FRAME_HOST_RSP(%rbx), %rsp
	jmp	machine_leave_entering
	.cfi_endproc
	.size	machine_callback, . - machine_callback

/* _Noreturn void machine_unwind(struct core_frame *frame) */
	.p2align 5
	.type	machine_unwind, @function
machine_unwind:
	.cfi_startproc
	movq	%rdi, %rbx
	movl	$(4 + 1), %r12d		/* LFI_EXIT_UNWOUND */
	movq	FRAME_HOST_RSP(%rbx), %rsp
	jmp	machine_leave_entering
	.cfi_endproc
	.size	machine_unwind, . - machine_unwind

	.section .note.GNU-stack,"",@progbits
