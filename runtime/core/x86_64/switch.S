// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Entry into the box and exit from it. Offsets and bits are in frame.h.
 *
 *   machine_enter        host -> box; returns when the stay ends
 *   machine_syscall      box -> handler -> box, from the trampoline page (machine.c)
 *   machine_cpuid        likewise, to core_cpuid()
 *   machine_return       box -> host, likewise
 *   machine_leave_*      where the signal handler sends a thread whose stay is ended by a signal
 *   machine_stop_*       … or that is stopped by one
 *   machine_exact        traps, for the kernel to load all registers of the box
 *
 * rbx holds the frame wherever registers are the host's. While the frame says in_box, a fault is
 * the box's, so nothing there may touch host memory other than the frame. The stack of the box is
 * never used here, and rsp is a number like any other.
 *
 * Vector state: xmm0-15 are saved always; the upper halves of ymm, the state of AVX-512 and the x87
 * state only if XGETBV(1) says that they are in use. On machines without XGETBV(1) everything counts
 * as in use.
 * A light call (lfi_light_fn) uses none of it, so it stays where it is.
 * A system call that does nothing takes 61 ns this way, 160 ns with everything saved, and 179 ns
 * while the box has x87 state (Xeon Skylake, 2.5 GHz; a system call of the host takes 724 ns
 * there).
 */
#include "frame.h"
#include "host.inc"

#define FLAG_DF    0x400
#define FLAGS_KEPT 0xcd5

	.text
	.hidden	machine_enter, machine_syscall, machine_cpuid, machine_return
	.hidden	machine_host_start, machine_host_end, machine_host_skipped
	.globl	machine_host_start, machine_host_end, machine_host_skipped
	.hidden	machine_leave_saving, machine_leave_entering
	.hidden	machine_resume_start, machine_resume_end, machine_light_start, machine_light_end
	.globl	machine_enter, machine_syscall, machine_cpuid, machine_return
	.hidden	core_cpuid
	.globl	machine_leave_saving, machine_leave_entering
	.irp	name, machine_exact, machine_exact_start, machine_exact_end, machine_stop_saving, machine_stop_entering
	.hidden	\name
	.globl	\name
	.endr
	.hidden	core_stopped, core_exact
	.globl	machine_resume_start, machine_resume_end, machine_light_start, machine_light_end

/*
 * The box's vector and x87 state to the frame, then the host's control words and a clean x87 stack.
 * No waiting x87 instruction may come before fninit: an exception of the box may be pending.
 * Clobbers rax, rcx, rdx, rsi.
 */
.macro	SAVE_STATE
	movl	FRAME_FEATURES(%rbx), %esi
	movl	%esi, %eax
	testl	$FEATURE_XGETBV1, %esi
	jz	1f
	movl	$1, %ecx
	xgetbv
	orl	$IN_USE_SSE, %eax
	andl	%esi, %eax
1:	movl	%eax, FRAME_IN_USE(%rbx)
	stmxcsr	FRAME_MXCSR(%rbx)
	testl	$(IN_USE_AVX | IN_USE_AVX512), %eax
	jnz	2f
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movaps	%xmm\i, (FRAME_VECTORS + 32 * \i)(%rbx)
	.endr
	jmp	4f
2:	testl	$IN_USE_AVX512, %eax
	jz	3f
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	vmovaps	%zmm\i, (FRAME_ZMM + 64 * \i)(%rbx)
	.endr
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	kmovq	%k\i, (FRAME_MASKS + 8 * \i)(%rbx)
	.endr
3:
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vmovaps	%ymm\i, (FRAME_VECTORS + 32 * \i)(%rbx)
	.endr
	vzeroupper
4:	testl	$IN_USE_X87, %eax
	jz	7f
	testl	$FEATURE_XGETBV1, %esi
	jz	5f
	movl	$IN_USE_X87, %eax
	xorl	%edx, %edx
	xsave64	FRAME_X87(%rbx)
	jmp	6f
5:	fxsave64 FRAME_X87(%rbx)
6:	fninit
7:	cmpw	$INITIAL_FCW, FRAME_HOST_FCW(%rbx)
	je	8f
	fldcw	FRAME_HOST_FCW(%rbx)
8:	ldmxcsr	FRAME_HOST_MXCSR(%rbx)
.endm

/*
 * The box's vector and x87 state from the frame; what it did not use is set to its initial state,
 * so that nothing of the host's remains, including the x87 instruction and data pointers (fninit
 * clears those where XRSTOR and FXRSTOR do not). Clobbers rax, rcx, rdx, rsi, rdi.
 */
.macro	RESTORE_STATE
	movl	FRAME_FEATURES(%rbx), %esi
	movl	FRAME_IN_USE(%rbx), %edi
	leaq	FRAME_X87(%rbx), %rcx
	testl	$IN_USE_X87, %edi
	jnz	2f
	leaq	initial_x87(%rip), %rcx
	testl	$FEATURE_XGETBV1, %esi
	jz	2f
	movl	$1, %ecx
	xgetbv			/* did the host use it? */
	testl	$IN_USE_X87, %eax
	jz	4f
	leaq	initial_x87(%rip), %rcx
2:	fninit
	testl	$FEATURE_XGETBV1, %esi
	jz	3f
	movl	$IN_USE_X87, %eax
	xorl	%edx, %edx
	xrstor64 (%rcx)
	jmp	4f
3:	fxrstor64 (%rcx)
4:	testl	$IN_USE_AVX512, %edi
	jnz	9f
	testl	$FEATURE_AVX512, %esi
	jz	0f
	CLEAR_AVX512
0:	testl	$IN_USE_AVX, %edi
	jnz	6f
	testl	$FEATURE_AVX, %esi
	jz	5f
	vzeroupper
5:	testl	$IN_USE_SSE, %edi
	jz	7f
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movaps	(FRAME_VECTORS + 32 * \i)(%rbx), %xmm\i
	.endr
	jmp	8f
6:
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vmovaps	(FRAME_VECTORS + 32 * \i)(%rbx), %ymm\i
	.endr
	jmp	8f
9:
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	vmovaps	(FRAME_ZMM + 64 * \i)(%rbx), %zmm\i
	.endr
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	kmovq	(FRAME_MASKS + 8 * \i)(%rbx), %k\i
	.endr
	jmp	8f
7:
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	xorps	%xmm\i, %xmm\i
	.endr
8:	andl	$0xffff, FRAME_MXCSR(%rbx)
	ldmxcsr	FRAME_MXCSR(%rbx)
.endm

/* The host's vector and x87 state, where the box's is in the frame already. */
.macro	HOST_STATE
	testl	$FEATURE_AVX, FRAME_FEATURES(%rbx)
	jz	1f
	vzeroupper
1:	fninit
	fldcw	FRAME_HOST_FCW(%rbx)
	ldmxcsr	FRAME_HOST_MXCSR(%rbx)
.endm

/*
 * From the trampoline: the frame is in rcx, r11 is the return point (the verifier guarantees it:
 * the group that loads it is atomic; masked anyway), everything else is the box's.
 * Afterwards rbx is the frame and rsp the host's.
 */
.macro	SAVE_REGS
	movl	$0, FRAME_IN_BOX(%rcx)
	movq	%rsp, REGS_RSP(%rcx)
	movq	FRAME_HOST_RSP(%rcx), %rsp
	movq	%rax, REGS_RAX(%rcx)
	pushfq
	popq	%rax
	movq	%rbx, REGS_RBX(%rcx)
	movq	%rdx, REGS_RDX(%rcx)
	movq	%rsi, REGS_RSI(%rcx)
	movq	%rdi, REGS_RDI(%rcx)
	movq	%rbp, REGS_RBP(%rcx)
	movq	%r8, REGS_R8(%rcx)
	movq	%r9, REGS_R9(%rcx)
	movq	%r10, REGS_R10(%rcx)
	movq	%r12, REGS_R12(%rcx)
	movq	%r13, REGS_R13(%rcx)
	movq	%r14, REGS_R14(%rcx)
	movq	%r15, REGS_R15(%rcx)
	movq	%rax, REGS_RFLAGS(%rcx)
	andl	$-32, %r11d
	addq	FRAME_BASE(%rcx), %r11
	movq	%r11, REGS_RIP(%rcx)
	movq	%r11, REGS_RCX(%rcx)
	movq	%r11, REGS_R11(%rcx)
	movq	%rcx, %rbx
	testl	$FLAGS_UNUSUAL, %eax
	jz	1f
	pushq	$FLAGS_CLEAR
	popfq
1:	xorl	%ebp, %ebp
.endm

/* What the host says of rip and rsp is brought into the box, and in_box set. */
.macro	CONFINE
	movq	FRAME_BASE(%rbx), %rdx
	movl	REGS_RIP(%rbx), %eax
	andl	$-32, %eax
	addq	%rdx, %rax
	movq	%rax, REGS_RIP(%rbx)
	movq	REGS_RSP(%rbx), %rax
	movq	%rax, %rcx
	subq	%rdx, %rcx
	cmpq	FRAME_STACK_REACH(%rbx), %rcx
	jbe	1f
	movl	%eax, %eax
	addq	%rdx, %rax
	movq	%rax, REGS_RSP(%rbx)
1:	movl	$1, FRAME_IN_BOX(%rbx)
.endm

/* Into the box: flags and general registers from the frame. */
.macro	RESTORE_REGS
	movl	REGS_RFLAGS(%rbx), %edx
	testl	$FLAG_DF, %edx
	jz	1f
	andl	$FLAGS_KEPT, %edx
	pushq	%rdx
	popfq
	jmp	2f
1:	btl	$11, %edx		/* OF: 1 + 0x7f overflows, 0 + 0x7f does not */
	setc	%al
	addb	$0x7f, %al
	movb	%dl, %ah
	sahf
2:	movq	%rbx, %r11
	movq	REGS_RAX(%r11), %rax
	movq	REGS_RBX(%r11), %rbx
	movq	REGS_RCX(%r11), %rcx
	movq	REGS_RDX(%r11), %rdx
	movq	REGS_RSI(%r11), %rsi
	movq	REGS_RDI(%r11), %rdi
	movq	REGS_RBP(%r11), %rbp
	movq	REGS_R8(%r11), %r8
	movq	REGS_R9(%r11), %r9
	movq	REGS_R10(%r11), %r10
	movq	REGS_R12(%r11), %r12
	movq	REGS_R13(%r11), %r13
	movq	REGS_R14(%r11), %r14
	movq	REGS_R15(%r11), %r15
	movq	REGS_RSP(%r11), %rsp
	movq	REGS_RIP(%r11), %r11
	jmpq	*%r11
.endm

/* enum lfi_exit_kind machine_enter(struct core_frame *frame) */
	.p2align 5
	.type	machine_enter, @function
machine_enter:
	.cfi_startproc
	pushq	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_offset rbx, -16
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_offset rbp, -24
	pushq	%r12
	.cfi_adjust_cfa_offset 8
	.cfi_offset r12, -32
	pushq	%r13
	.cfi_adjust_cfa_offset 8
	.cfi_offset r13, -40
	pushq	%r14
	.cfi_adjust_cfa_offset 8
	.cfi_offset r14, -48
	pushq	%r15
	.cfi_adjust_cfa_offset 8
	.cfi_offset r15, -56
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	movq	%rdi, %rbx
	movq	%rsp, FRAME_HOST_RSP(%rbx)
	stmxcsr	FRAME_HOST_MXCSR(%rbx)
	fnstcw	FRAME_HOST_FCW(%rbx)
	jmp	resume
	.cfi_endproc
	.size	machine_enter, . - machine_enter

	.p2align 6
	.type	machine_syscall, @function
machine_syscall:
	HOST_FRAME
	SAVE_REGS
	movq	FRAME_LIGHT(%rbx), %rax
	testq	%rax, %rax
	jz	serve
	movq	FRAME_CONTEXT(%rbx), %rdi
	movq	%rbx, %rsi
	leaq	FRAME_HOST_CALL(%rbx), %rdx
	call	*%rax
	cmpl	$1, %eax		/* LFI_LIGHT_DONE */
	je	light_resume
	jb	serve
	movq	FRAME_HOST_CALL(%rbx), %rax
	movq	FRAME_HOST_CALL + 8(%rbx), %rdi
	movq	FRAME_HOST_CALL + 16(%rbx), %rsi
	movq	FRAME_HOST_CALL + 24(%rbx), %rdx
	movq	FRAME_HOST_CALL + 32(%rbx), %r10
	movq	FRAME_HOST_CALL + 40(%rbx), %r8
	movq	FRAME_HOST_CALL + 48(%rbx), %r9
	movq	FRAME_HOST_CALL + 56(%rbx), %rcx
machine_host_start:		/* a signal from here on skips the call: lfi_host_call_skip() */
	cmpl	$0, (%rcx)
	jne	.Lhost_skipped
	syscall
machine_host_end:
.Lhost_made:
	movq	FRAME_CONTEXT(%rbx), %rdi
	movq	%rbx, %rsi
	movq	%rax, %rdx
	call	*FRAME_DONE(%rbx)
	testb	%al, %al
	jnz	light_resume
serve:	SAVE_STATE
	movq	FRAME_CONTEXT(%rbx), %rdi
	movq	%rbx, %rsi
	call	*FRAME_SERVE(%rbx)
	movl	FRAME_LEAVE(%rbx), %eax
	testl	%eax, %eax
	jnz	leave
resume:
	cmpw	$0, FRAME_EXACT(%rbx)
	jne	resume_exact
	CONFINE
machine_resume_start:
	/* after in_box, so that a signal from now on ends the stay by itself */
	movq	FRAME_CONTEXT(%rbx), %rax
	cmpl	$0, CONTEXT_INTERRUPT(%rax)
	jne	interrupted
	RESTORE_STATE
	RESTORE_REGS
machine_resume_end:

light_resume:			/* vector and x87 state are the box's all the time */
	movl	FRAME_LEAVE(%rbx), %r12d
	testl	%r12d, %r12d
	jnz	machine_leave_saving
	CONFINE
machine_light_start:
	movq	FRAME_CONTEXT(%rbx), %rax
	cmpl	$0, CONTEXT_INTERRUPT(%rax)
	jne	light_interrupted
	RESTORE_REGS
machine_light_end:

/* Into the box with all registers as in the frame, by the kernel: machine_signal_exact(). */
resume_exact:
	movq	%rbx, %rdi
	call	core_exact
	testl	%eax, %eax
	jnz	leave
	movl	$1, FRAME_IN_BOX(%rbx)
machine_exact_start:
	movq	FRAME_CONTEXT(%rbx), %rax
	cmpl	$0, CONTEXT_INTERRUPT(%rax)
	jne	interrupted
	RESTORE_STATE
machine_exact:
	ud2
machine_exact_end:

machine_host_skipped:
.Lhost_skipped:
	movq	$HOST_NOT_MADE, %rax
	jmp	.Lhost_made
light_interrupted:
	movl	$0, FRAME_IN_BOX(%rbx)
	jmp	machine_stop_saving
interrupted:
	movl	$0, FRAME_IN_BOX(%rbx)
stopped:
	movq	%rbx, %rdi
	call	core_stopped
	testl	%eax, %eax
	jz	resume
leave:
	movl	$0, FRAME_IN_BOX(%rbx)
	decl	%eax
	movq	FRAME_HOST_RSP(%rbx), %rsp
	HOST_REGS
	addq	$56, %rsp
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
syscall_end:
	.size	machine_syscall, . - machine_syscall

	.p2align 5
	.type	machine_cpuid, @function
machine_cpuid:
	HOST_FRAME
	SAVE_REGS
	movq	%rbx, %rdi
	call	core_cpuid
	jmp	light_resume
	.cfi_endproc
	.size	machine_cpuid, . - machine_cpuid

	.p2align 5
	.type	machine_return, @function
machine_return:
	HOST_FRAME
	SAVE_REGS
	SAVE_STATE
	movl	$(1 + 1), %eax		/* LFI_EXIT_RETURNED */
	jmp	leave
	.cfi_endproc
	.size	machine_return, . - machine_return

/* From the signal handler: rbx and rsp are set, r12d is the exit kind + 1; the vector state is the box's. */
	.p2align 5
	.type	machine_leave_saving, @function
machine_leave_saving:
	HOST_FRAME
	SAVE_STATE
	movl	%r12d, %eax
	jmp	leave
	.cfi_endproc
	.size	machine_leave_saving, . - machine_leave_saving

/* The same, if the frame already holds the box's vector state. */
	.p2align 5
	.type	machine_leave_entering, @function
machine_leave_entering:
	HOST_FRAME
	HOST_STATE
	movl	%r12d, %eax
	jmp	leave
	.cfi_endproc
	.size	machine_leave_entering, . - machine_leave_entering

/* The same two, for a stop: r12d holds nothing. */
	.p2align 5
	.type	machine_stop_saving, @function
machine_stop_saving:
	HOST_FRAME
	SAVE_STATE
	jmp	stopped
	.cfi_endproc
	.size	machine_stop_saving, . - machine_stop_saving

	.p2align 5
	.type	machine_stop_entering, @function
machine_stop_entering:
	HOST_FRAME
	HOST_STATE
	jmp	stopped
	.cfi_endproc
	.size	machine_stop_entering, . - machine_stop_entering

	.section .rodata
	.p2align 6
initial_x87:				/* XRSTOR: nothing in use; FXRSTOR: empty */
	.long	INITIAL_FCW
	.zero	20
	.long	INITIAL_MXCSR
	.zero	576 - 28

#include "debug_frame.inc"

	.section .note.GNU-stack,"",@progbits
