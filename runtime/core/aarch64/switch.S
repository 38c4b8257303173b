// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Entry into the box and exit from it. Offsets are in frame.h.
 *
 *   machine_enter        host -> box; returns when the stay ends
 *   machine_syscall      box -> handler -> box, from the trampoline page (machine.c)
 *   machine_return       box -> host, likewise
 *   machine_leave_*      where the signal handler sends a thread whose stay is ended by a signal
 *   machine_stop_*       … or that is stopped by one
 *   machine_exact        traps, for the kernel to load all registers of the box
 *
 * x25 holds the frame wherever registers are the host's. While the frame says in_box, a fault is
 * the box's, so nothing there may touch host memory other than the frame. The stack of the box is
 * never used here, and sp is a number like any other.
 *
 * No AArch64 instruction jumps to an address in memory, so entering the box costs a register. After
 * a system call that is x30, which is the return point anyway; everywhere else x28, of which code
 * may expect only that it is an address in the box.
 *
 * A light call (lfi_light_fn) uses no vector or control state, so it stays where it is.
 *
 * SVE and SME state is not part of a box: no verified code can read it.
 */
#include "frame.h"
#include "host.inc"

	.text
	.hidden	machine_enter, machine_syscall, machine_return
	.hidden	machine_host_start, machine_host_end, machine_host_skipped
	.globl	machine_host_start, machine_host_end, machine_host_skipped
	.hidden	machine_leave_saving, machine_leave_entering
	.hidden	machine_resume_start, machine_resume_end, machine_light_start, machine_light_end
	.globl	machine_enter, machine_syscall, machine_return
	.globl	machine_leave_saving, machine_leave_entering
	.irp	name, machine_exact, machine_exact_start, machine_exact_end, machine_stop_saving, machine_stop_entering
	.hidden	\name
	.globl	\name
	.endr
	.hidden	core_stopped, core_exact
	.globl	machine_resume_start, machine_resume_end, machine_light_start, machine_light_end

/* \op is stp or ldp: all vector registers to or from the frame. */
.macro	VECTORS op
	\op	q0, q1, [x25, #FRAME_VECTORS + 16 * 0]
	\op	q2, q3, [x25, #FRAME_VECTORS + 16 * 2]
	\op	q4, q5, [x25, #FRAME_VECTORS + 16 * 4]
	\op	q6, q7, [x25, #FRAME_VECTORS + 16 * 6]
	\op	q8, q9, [x25, #FRAME_VECTORS + 16 * 8]
	\op	q10, q11, [x25, #FRAME_VECTORS + 16 * 10]
	\op	q12, q13, [x25, #FRAME_VECTORS + 16 * 12]
	\op	q14, q15, [x25, #FRAME_VECTORS + 16 * 14]
	\op	q16, q17, [x25, #FRAME_VECTORS + 16 * 16]
	\op	q18, q19, [x25, #FRAME_VECTORS + 16 * 18]
	\op	q20, q21, [x25, #FRAME_VECTORS + 16 * 20]
	\op	q22, q23, [x25, #FRAME_VECTORS + 16 * 22]
	\op	q24, q25, [x25, #FRAME_VECTORS + 16 * 24]
	\op	q26, q27, [x25, #FRAME_VECTORS + 16 * 26]
	\op	q28, q29, [x25, #FRAME_VECTORS + 16 * 28]
	\op	q30, q31, [x25, #FRAME_VECTORS + 16 * 30]
.endm

/* The box's vector and control state to the frame, then the host's. Clobbers x0, x1. */
.macro	SAVE_STATE
	VECTORS	stp
	mrs	x0, fpcr
	mrs	x1, fpsr
	stp	x0, x1, [x25, #FRAME_FPCR]
	ldr	w0, [x25, #FRAME_FEATURES]
	tbz	w0, #FEATURE_DIT, 1f
	mrs	x1, DIT
	str	x1, [x25, #FRAME_DIT]
1:
	HOST_STATE 0, 1
.endm

/* The box's vector and control state from the frame. Clobbers x0, x1. */
.macro	RESTORE_STATE
	VECTORS	ldp
	ldp	x0, x1, [x25, #FRAME_FPCR]
	msr	fpcr, x0
	msr	fpsr, x1
	ldr	w0, [x25, #FRAME_FEATURES]
	tbz	w0, #FEATURE_DIT, 2f
	ldr	x1, [x25, #FRAME_DIT]
	msr	DIT, x1
2:
.endm

/*
 * From the trampoline: the frame is in x25, x27 is lost, everything else is the box's, x30 the
 * return point (brought into the box anyway). The frame's x25 and x27 are what they were at
 * entry. Afterwards x25 is the frame and sp the host's.
 */
.macro	SAVE_REGS
	str	wzr, [x25, #FRAME_IN_BOX]
	stp	x0, x1, [x25, #REGS_X(0)]
	stp	x2, x3, [x25, #REGS_X(2)]
	stp	x4, x5, [x25, #REGS_X(4)]
	stp	x6, x7, [x25, #REGS_X(6)]
	stp	x8, x9, [x25, #REGS_X(8)]
	stp	x10, x11, [x25, #REGS_X(10)]
	stp	x12, x13, [x25, #REGS_X(12)]
	stp	x14, x15, [x25, #REGS_X(14)]
	stp	x16, x17, [x25, #REGS_X(16)]
	stp	x18, x19, [x25, #REGS_X(18)]
	stp	x20, x21, [x25, #REGS_X(20)]
	stp	x22, x23, [x25, #REGS_X(22)]
	str	x24, [x25, #REGS_X(24)]
	str	x26, [x25, #REGS_X(26)]
	stp	x28, x29, [x25, #REGS_X(28)]
	ldr	x0, [x25, #FRAME_BASE]
	and	w1, w30, #~3
	add	x1, x0, x1
	mov	x2, sp
	mrs	x3, nzcv
	str	x1, [x25, #REGS_X(30)]
	stp	x2, x1, [x25, #REGS_SP]
	str	x3, [x25, #REGS_NZCV]
	ldr	x0, [x25, #FRAME_HOST_SP]
	mov	sp, x0
	mov	x29, sp
.endm

/* What the host says of pc, x30, x28 and sp is brought into the box, and in_box set. */
.macro	CONFINE
	ldr	x0, [x25, #FRAME_BASE]
	ldr	w1, [x25, #REGS_PC]
	ldr	w2, [x25, #REGS_X(30)]
	ldr	w3, [x25, #REGS_X(28)]
	and	w1, w1, #~3
	add	x1, x0, x1
	add	x2, x0, x2
	add	x3, x0, x3
	cmp	x1, x2
	cset	w4, ne
	csel	x3, x3, x1, eq
	str	x1, [x25, #REGS_PC]
	str	x2, [x25, #REGS_X(30)]
	str	x3, [x25, #REGS_X(28)]
	str	w4, [x25, #FRAME_ELSEWHERE]
	ldr	x1, [x25, #FRAME_BLOCK]
	str	x1, [x25, #REGS_X(25)]
	str	x0, [x25, #REGS_X(27)]
	ldr	x1, [x25, #REGS_SP]
	ldr	x3, [x25, #FRAME_STACK_REACH]
	sub	x2, x1, x0
	cmp	x2, x3
	b.ls	1f
	add	x1, x0, w1, uxtw
	str	x1, [x25, #REGS_SP]
1:	mov	w0, #1
	str	w0, [x25, #FRAME_IN_BOX]
.endm

/* Into the box: flags and general registers from the frame. */
.macro	RESTORE_REGS
	ldr	x0, [x25, #REGS_NZCV]
	ldr	x1, [x25, #REGS_SP]
	msr	nzcv, x0
	mov	sp, x1
	ldp	x0, x1, [x25, #REGS_X(0)]
	ldp	x2, x3, [x25, #REGS_X(2)]
	ldp	x4, x5, [x25, #REGS_X(4)]
	ldp	x6, x7, [x25, #REGS_X(6)]
	ldp	x8, x9, [x25, #REGS_X(8)]
	ldp	x10, x11, [x25, #REGS_X(10)]
	ldp	x12, x13, [x25, #REGS_X(12)]
	ldp	x14, x15, [x25, #REGS_X(14)]
	ldp	x16, x17, [x25, #REGS_X(16)]
	ldp	x18, x19, [x25, #REGS_X(18)]
	ldp	x20, x21, [x25, #REGS_X(20)]
	ldp	x22, x23, [x25, #REGS_X(22)]
	ldr	x24, [x25, #REGS_X(24)]
	ldr	x26, [x25, #REGS_X(26)]
	ldp	x28, x29, [x25, #REGS_X(28)]
	ldr	x30, [x25, #REGS_X(30)]
	ldr	w27, [x25, #FRAME_ELSEWHERE]
	cbnz	w27, 4f
	ldr	x27, [x25, #REGS_X(27)]
	ldr	x25, [x25, #REGS_X(25)]
	ret
4:	ldr	x27, [x25, #REGS_X(27)]
	ldr	x25, [x25, #REGS_X(25)]
	br	x28
.endm

/* enum lfi_exit_kind machine_enter(struct core_frame *frame) */
	.p2align 4
	.type	machine_enter, %function
machine_enter:
	.cfi_startproc
	HINT_BTI_C
	stp	x29, x30, [sp, #-HOST_FRAME_SIZE]!
	.cfi_endproc
	HOST_FRAME
	HOST_REGS stp
	mov	x29, sp
	mov	x25, x0
	mov	x0, sp
	str	x0, [x25, #FRAME_HOST_SP]
	str	x18, [x25, #FRAME_HOST_X18]
	mrs	x0, fpcr
	mrs	x1, fpsr
	stp	x0, x1, [x25, #FRAME_HOST_FPCR]
	ldr	w0, [x25, #FRAME_FEATURES]
	tbz	w0, #FEATURE_DIT, 1f
	mrs	x1, DIT
	str	x1, [x25, #FRAME_HOST_DIT]
1:	b	resume
	.cfi_endproc
	.size	machine_enter, . - machine_enter

	.p2align 6
	.type	machine_syscall, %function
machine_syscall:
	HOST_FRAME
	HINT_BTI_J
	SAVE_REGS
	ldr	x2, [x25, #FRAME_LIGHT]
	cbz	x2, serve
	ldr	x18, [x25, #FRAME_HOST_X18]
	ldr	x0, [x25, #FRAME_CONTEXT]
	mov	x1, x25
	add	x3, x25, #FRAME_HOST_CALL
	mov	x4, x2
	mov	x2, x3
	blr	x4
	cmp	w0, #1			/* LFI_LIGHT_DONE */
	b.eq	light_resume
	b.lo	serve
	ldr	x8, [x25, #FRAME_HOST_CALL]
	add	x6, x25, #FRAME_HOST_CALL + 8
	ldp	x0, x1, [x6]
	ldp	x2, x3, [x6, #16]
	ldp	x4, x5, [x6, #32]
	ldr	x6, [x6, #48]
machine_host_start:		/* a signal from here on skips the call: lfi_host_call_skip() */
	ldar	w7, [x6]
	cbnz	w7, .Lhost_skipped
	svc	#0
machine_host_end:
.Lhost_made:
	mov	x2, x0
	ldr	x0, [x25, #FRAME_CONTEXT]
	mov	x1, x25
	ldr	x3, [x25, #FRAME_DONE]
	blr	x3
	tst	w0, #0xff
	b.ne	light_resume
serve:	SAVE_STATE
	ldp	x0, x2, [x25, #FRAME_CONTEXT]
	mov	x1, x25
	blr	x2
	ldr	w0, [x25, #FRAME_LEAVE]
	cbnz	w0, leave
resume:
	ldr	w0, [x25, #FRAME_EXACT]
	cbnz	w0, resume_exact
	CONFINE
machine_resume_start:
	/* after in_box, so that a signal from now on ends the stay by itself */
	ldr	x0, [x25, #FRAME_CONTEXT]
	ldr	w0, [x0, #CONTEXT_INTERRUPT]
	cbnz	w0, interrupted
	RESTORE_STATE
	RESTORE_REGS
machine_resume_end:

light_resume:			/* vector and control state are the box's all the time */
	ldr	w26, [x25, #FRAME_LEAVE]
	cbnz	w26, machine_leave_saving
	CONFINE
machine_light_start:
	ldr	x0, [x25, #FRAME_CONTEXT]
	ldr	w0, [x0, #CONTEXT_INTERRUPT]
	cbnz	w0, light_interrupted
	RESTORE_REGS
machine_light_end:

/* Into the box with all registers as in the frame, by the kernel: machine_signal_exact(). */
resume_exact:
	mov	x0, x25
	bl	core_exact
	cbnz	w0, leave
	mov	w0, #1
	str	w0, [x25, #FRAME_IN_BOX]
machine_exact_start:
	ldr	x0, [x25, #FRAME_CONTEXT]
	ldr	w0, [x0, #CONTEXT_INTERRUPT]
	cbnz	w0, interrupted
	RESTORE_STATE
machine_exact:
	udf	#1
machine_exact_end:

machine_host_skipped:
.Lhost_skipped:
	mov	x0, #HOST_NOT_MADE
	b	.Lhost_made
light_interrupted:
	str	wzr, [x25, #FRAME_IN_BOX]
	b	machine_stop_saving
interrupted:
	str	wzr, [x25, #FRAME_IN_BOX]
stopped:
	mov	x0, x25
	bl	core_stopped
	cbz	w0, resume
leave:
	str	wzr, [x25, #FRAME_IN_BOX]
	sub	w0, w0, #1
	ldr	x1, [x25, #FRAME_HOST_SP]
	mov	sp, x1
	HOST_REGS ldp
	ldp	x29, x30, [sp], #HOST_FRAME_SIZE
	.cfi_def_cfa_offset 0
	ret
	.cfi_endproc
syscall_end:
	.size	machine_syscall, . - machine_syscall

	.p2align 4
	.type	machine_return, %function
machine_return:
	HOST_FRAME
	HINT_BTI_J
	SAVE_REGS
	SAVE_STATE
	mov	w0, #(1 + 1)		/* LFI_EXIT_RETURNED */
	b	leave
	.cfi_endproc
	.size	machine_return, . - machine_return

/* From the signal handler: x25 and sp are set, w26 is the exit kind + 1; the vector state is the box's. */
	.p2align 4
	.type	machine_leave_saving, %function
machine_leave_saving:
	HOST_FRAME
	SAVE_STATE
	mov	w0, w26
	b	leave
	.cfi_endproc
	.size	machine_leave_saving, . - machine_leave_saving

/* The same, if the frame already holds the box's vector state. */
	.p2align 4
	.type	machine_leave_entering, %function
machine_leave_entering:
	HOST_FRAME
	HOST_STATE 0, 1
	mov	w0, w26
	b	leave
	.cfi_endproc
	.size	machine_leave_entering, . - machine_leave_entering

/* The same two, for a stop: x26 holds nothing. */
	.p2align 4
	.type	machine_stop_saving, %function
machine_stop_saving:
	HOST_FRAME
	SAVE_STATE
	b	stopped
	.cfi_endproc
	.size	machine_stop_saving, . - machine_stop_saving

	.p2align 4
	.type	machine_stop_entering, %function
machine_stop_entering:
	HOST_FRAME
	HOST_STATE 0, 1
	b	stopped
	.cfi_endproc
	.size	machine_stop_entering, . - machine_stop_entering

#include "debug_frame.inc"

#include "bti_note.inc"

	.section .note.GNU-stack,"",%progbits
