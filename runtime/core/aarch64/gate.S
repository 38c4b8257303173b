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
 * The host's callee-saved registers are on its stack, in the layout of switch.S, so that `leave` of
 * switch.S, which ends every other kind of stay, returns to machine_gate_ended. Those of the box
 * stay where they are during a callback: the host's function preserves them, x25 (the frame), too.
 *
 * Interrupts: the one who interrupts stores lfi_context.interrupt and then sends a signal, always,
 * while a context is attached. The thread stores in_box, then reads `interrupt`; no fence is needed,
 * because the signal's handler runs on the same thread, at a point between two instructions. If
 * that is after the store of in_box, the handler ends the stay itself. If it is before, then so is
 * the store to `interrupt` (it precedes the signal), and the read sees it.
 */
#include "frame.h"
#include "host.inc"

	.text
	.irp	name, machine_gate_entries, machine_gate_return, machine_gate_ended, machine_gate_refused, machine_callback, machine_unwind, machine_gate_start, machine_gate_end, machine_result_start, machine_result_end, machine_callback_start, machine_callback_end
	.hidden	\name
	.globl	\name
	.endr
	.hidden	core_thread, core_gate_ended, core_gate_refused, machine_leave_entering

/* x10 = &core_thread; clobbers x9 */
.macro	THREAD
	mrs	x9, tpidr_el0
	adrp	x10, :gottprel:core_thread
	ldr	x10, [x10, #:gottprel_lo12:core_thread]
	add	x10, x9, x10
.endm

/* For each number of integer and vector arguments. Those for vectors of 16 bytes begin behind the
 * moves that clear upper halves. */
	.p2align 7
	.type	machine_gate_entries, %function
machine_gate_entries:
	.cfi_startproc
	.irp	integers, 0, 1, 2, 3, 4, 5, 6, 7, 8
	.irp	vectors, 0, 1, 2, 3, 4, 5, 6, 7, 8
	.p2align 7
	HINT_BTI_C
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	.if	\i < \vectors
	fmov	d\i, d\i
	.endif
	.endr
	HINT_BTI_C
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	.if	\i >= \vectors
	fmov	d\i, xzr
	.endif
	.endr
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	.if	\i >= \integers
	mov	x\i, xzr
	.endif
	.endr
	b	gate
	.endr
	.endr
	.cfi_endproc
	.size	machine_gate_entries, . - machine_gate_entries

	.p2align 4
	.type	gate, %function
gate:
	.cfi_startproc
	THREAD
	ldr	x11, [x10, #THREAD_GATE]
	cbz	x11, machine_gate_refused
	str	xzr, [x10, #THREAD_GATE]
	stp	x29, x30, [sp, #-16]!
	adr	x9, machine_gate_ended
	stp	x29, x9, [sp, #-HOST_FRAME_SIZE]!
	.cfi_endproc
	HOST_FRAME
	HOST_REGS stp
	mov	x25, x11
	mov	x9, sp
	str	x9, [x25, #FRAME_HOST_SP]
	str	x18, [x25, #FRAME_HOST_X18]
	mrs	x11, fpcr
	mrs	x12, fpsr
	stp	x11, x12, [x25, #FRAME_HOST_FPCR]
	cbz	x11, 1f
	msr	fpcr, xzr
1:	cbz	x12, 1f
	msr	fpsr, xzr
1:	ldr	w9, [x25, #FRAME_FEATURES]
	tbz	w9, #FEATURE_DIT, 1f
	mrs	x9, DIT
	str	x9, [x25, #FRAME_HOST_DIT]
	msr	DIT, xzr
1:	ldr	x12, [x25, #FRAME_CONTEXT]
	ldr	x13, [x10, #THREAD_FRAME]
	ldr	x14, [x12, #CONTEXT_ACTIVE]
	str	x13, [x25, #FRAME_OUTER]
	str	x14, [x25, #FRAME_FORMER]
	str	x25, [x12, #CONTEXT_ACTIVE]
	str	x25, [x10, #THREAD_FRAME]
	mov	w9, #1
	str	w9, [x25, #FRAME_IN_BOX]
machine_gate_start:
	ldr	w9, [x12, #CONTEXT_INTERRUPT]
	tbnz	w9, #0, interrupted	/* INTERRUPT_END */
	mov	x15, x8
	mov	x8, xzr
	ldr	x14, [x25, #FRAME_STACK]
	mov	sp, x14
	ldr	w9, [x25, #FRAME_SPECIAL]
	cbnz	w9, gate_special
6:	.irp	i, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	movi	v\i\().2d, #0
	.endr
	.irp	i, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 26, 29
	mov	x\i, xzr
	.endr
	msr	nzcv, xzr
	ldr	x30, [x25, #FRAME_HOME]
	ldr	x28, [x25, #FRAME_TARGET]
	ldr	x27, [x25, #FRAME_BASE]
	ldr	x25, [x25, #FRAME_BLOCK]
	br	x28
gate_special:			/* words on the stack; a structure in memory */
	ldr	w10, [x25, #FRAME_WORDS]
	ldr	x11, [x25, #FRAME_HOST_SP]
	add	x11, x11, #HOST_FRAME_SIZE + 16
	cbz	w10, 8f
7:	sub	w10, w10, #1
	ldr	x12, [x11, w10, uxtw #3]
	str	x12, [x14, w10, uxtw #3]
	cbnz	w10, 7b
8:	ldr	w10, [x25, #FRAME_BYTES]
	cbz	w10, 6b
	str	x15, [x25, #FRAME_RESULT]
	ldr	x8, [x25, #FRAME_PLACE]
	b	6b
machine_gate_end:
interrupted:
	mov	w26, #(3 + 1)		/* LFI_EXIT_INTERRUPTED */
	b	machine_leave_entering
	.cfi_endproc
	.size	gate, . - gate

/* From the trampoline: x25 is the frame, x27 is lost, everything else the box's. */
	.p2align 4
	.type	machine_gate_return, %function
machine_gate_return:
	HOST_FRAME
	HINT_BTI_J
	str	wzr, [x25, #FRAME_IN_BOX]
	ldr	x9, [x25, #FRAME_HOST_SP]
	mov	sp, x9
	HOST_STATE 9, 10
	ldr	w11, [x25, #FRAME_BYTES]
	ldr	w9, [x25, #FRAME_SPECIAL]
	cbz	w9, 1f
	cbnz	w11, return_memory
1:	THREAD
	ldr	x12, [x25, #FRAME_CONTEXT]
	ldr	x13, [x25, #FRAME_OUTER]
	ldr	x14, [x25, #FRAME_FORMER]
	mov	w9, #1			/* LFI_EXIT_RETURNED */
	str	w9, [x10, #THREAD_KIND]
	str	x13, [x10, #THREAD_FRAME]
	add	x12, x12, #CONTEXT_ACTIVE
	stlr	x14, [x12]		/* last: another thread may free frame and context now */
	HOST_REGS ldp
	ldp	x29, x30, [sp, #HOST_FRAME_SIZE]
	add	sp, sp, #HOST_FRAME_SIZE + 16
	.cfi_remember_state
	.cfi_def_cfa_offset 0
	ret
	.cfi_restore_state
return_memory:			/* w11 bytes */
	ldr	x12, [x25, #FRAME_PLACE]
	ldr	x13, [x25, #FRAME_RESULT]
	mov	w9, #1
	str	w9, [x25, #FRAME_IN_BOX]
machine_result_start:		/* the box may have unmapped it */
2:	sub	w11, w11, #1
	ldrb	w9, [x12, w11, uxtw]
	strb	w9, [x13, w11, uxtw]
	cbnz	w11, 2b
machine_result_end:
	str	wzr, [x25, #FRAME_IN_BOX]
	b	1b
	.cfi_endproc
	.size	machine_gate_return, . - machine_gate_return

/* The stay ended otherwise, w0 says how; registers are the host's again. All results are 0. */
	.p2align 4
	.type	machine_gate_ended, %function
	.cfi_startproc
	nop			/* unwinders look one byte before a return address */
machine_gate_ended:
	.cfi_def_cfa_offset 16
	.cfi_offset x29, -16
	.cfi_offset x30, -8
	bl	core_gate_ended
	b	1f
	.cfi_endproc
	.size	machine_gate_ended, . - machine_gate_ended

/* Called instead of the gate: nothing was prepared, or it failed. */
	.p2align 4
	.type	machine_gate_refused, %function
machine_gate_refused:
	.cfi_startproc
	HINT_BTI_C
	stp	x29, x30, [sp, #-16]!
	.cfi_def_cfa_offset 16
	.cfi_offset x29, -16
	.cfi_offset x30, -8
	mov	x0, x8
	bl	core_gate_refused
1:	mov	x0, xzr
	mov	x1, xzr
	.irp	i, 0, 1, 2, 3
	movi	v\i\().2d, #0
	.endr
	ldp	x29, x30, [sp], #16
	.cfi_def_cfa_offset 0
	ret
	.cfi_endproc
	.size	machine_gate_refused, . - machine_gate_refused

/*
 * A callback. From the trampoline: x25 is the frame, x27 lost, w16 the number of the callback, x17
 * where the caller wants to go on, everything else the box's.
 */
	.p2align 4
	.type	machine_callback, %function
machine_callback:
	HOST_FRAME
	HINT_BTI_J
machine_callback_start:
	ldr	x9, [x25, #FRAME_CONTEXT]
	ldr	x9, [x9, #CONTEXT_BOX]
	ldar	x9, [x9]		/* BOX_CALLBACKS */
	cbz	x9, callback_bad
	and	w16, w16, #(CALLBACKS_MAX - 1)
	add	x9, x9, x16, lsl #CALLBACK_SHIFT
	/* one version of it: another thread may be changing it */
	ldar	x10, [x9]		/* CALLBACK_VERSION */
	tbnz	x10, #0, callback_bad
	ldp	x11, x12, [x9, #8]
	ldp	x13, x14, [x9, #24]
	ldp	x15, x26, [x9, #40]
	ldr	x27, [x9, #56]
	dmb	ishld
	ldr	x16, [x9]
	cmp	x16, x10
	b.ne	callback_bad
	cbz	x11, callback_bad
	add	x9, x25, #FRAME_CALLBACK
	stp	x10, x11, [x9]
	stp	x12, x13, [x9, #16]
	stp	x14, x15, [x9, #32]
	stp	x26, x27, [x9, #48]
	mov	x13, sp
	str	x13, [x25, #REGS_SP]
	str	x17, [x25, #FRAME_BACK]
	str	xzr, [x25, #FRAME_BELOW]
	mrs	x9, fpcr
	mrs	x10, fpsr
	stp	x9, x10, [x25, #FRAME_FPCR]
	ldr	w9, [x25, #FRAME_FEATURES]
	tbz	w9, #FEATURE_DIT, 1f
	mrs	x9, DIT
	str	x9, [x25, #FRAME_DIT]
1:	ldr	x12, [x25, #FRAME_HOST_SP]
	ldr	w9, [x25, #FRAME_CALLBACK + CALLBACK_SPECIAL]
	cbnz	w9, callback_special
callback_go:
	mov	sp, x12
	str	wzr, [x25, #FRAME_IN_BOX]
	HOST_STATE 9, 10
	mov	w9, #1
	str	w9, [x25, #FRAME_IN_CALLBACK]
	blr	x11
	str	wzr, [x25, #FRAME_IN_CALLBACK]
	ldr	w26, [x25, #FRAME_LEAVE]
	cbnz	w26, callback_leave
	ldr	x12, [x25, #FRAME_CONTEXT]
	ldp	x9, x10, [x25, #FRAME_FPCR]
	msr	fpcr, x9
	msr	fpsr, x10
	ldr	w9, [x25, #FRAME_FEATURES]
	tbz	w9, #FEATURE_DIT, 2f
	ldr	x10, [x25, #FRAME_DIT]
	msr	DIT, x10
2:	add	x9, x25, #FRAME_CALLBACK
	ldp	x10, x11, [x9, #CALLBACK_INTEGERS]
	ldr	x13, [x9, #CALLBACK_VECTORS]
	and	x0, x0, x10
	and	x1, x1, x11
	ldp	q16, q17, [x13]
	ldp	q18, q19, [x13, #32]
	and	v0.16b, v0.16b, v16.16b
	and	v1.16b, v1.16b, v17.16b
	and	v2.16b, v2.16b, v18.16b
	and	v3.16b, v3.16b, v19.16b
	mov	w9, #1
	str	w9, [x25, #FRAME_IN_BOX]
	ldr	w9, [x12, #CONTEXT_INTERRUPT]
	tbnz	w9, #0, back_interrupted
	ldr	w11, [x25, #FRAME_CALLBACK + CALLBACK_BYTES]
	cbnz	w11, back_memory
3:	.irp	i, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	movi	v\i\().2d, #0
	.endr
	.irp	i, 8, 9, 10, 11, 12, 13, 14, 15
	fmov	d\i, d\i
	.endr
	ldr	x9, [x25, #REGS_SP]
	mov	sp, x9
	ldr	x27, [x25, #FRAME_BASE]
	ldr	w9, [x25, #FRAME_BACK]
	and	w9, w9, #~3
	add	x30, x27, x9
	.irp	i, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 26
	mov	x\i, xzr
	.endr
	msr	nzcv, xzr
	ldr	x25, [x25, #FRAME_BLOCK]
	ret
back_memory:			/* w11 bytes, to where the box wants them */
	ldr	x9, [x25, #FRAME_BASE]
	ldr	w10, [x25, #FRAME_RESULT]
	add	x10, x9, x10
	ldr	x13, [x25, #FRAME_PLACE]
4:	sub	w11, w11, #1
	ldrb	w9, [x13, w11, uxtw]
	strb	w9, [x10, w11, uxtw]
	cbnz	w11, 4b
	b	3b
callback_special:		/* the box's words and room for a structure, on the host's stack */
	ldr	w9, [x25, #FRAME_CALLBACK + CALLBACK_BYTES]
	cbz	w9, 6f
	add	w9, w9, #15
	and	w9, w9, #~15
	sub	x12, x12, w9, uxtw
	str	x8, [x25, #FRAME_RESULT]
	str	x12, [x25, #FRAME_PLACE]
	mov	x8, x12
5:	sub	w9, w9, #8		/* what the function leaves as it is shows nothing */
	str	xzr, [x12, w9, uxtw]
	cbnz	w9, 5b
6:	ldr	w9, [x25, #FRAME_CALLBACK + CALLBACK_WORDS]
	cbz	w9, callback_go
	add	w10, w9, #1
	and	w10, w10, #~1
	sub	x12, x12, w10, uxtw #3
7:	sub	w9, w9, #1
	ldr	x10, [x13, w9, uxtw #3]
	str	x10, [x12, w9, uxtw #3]
	cbnz	w9, 7b
	b	callback_go
machine_callback_end:
callback_bad:			/* the box's fault: to where there is a trap */
	.irp	i, 10, 11, 12, 13, 14, 15, 26	/* may hold a callback that is being changed */
	mov	x\i, xzr
	.endr
	ldr	x9, [x25, #FRAME_ENTER]
	br	x9
back_interrupted:
	mov	w26, #(3 + 1)		/* LFI_EXIT_INTERRUPTED */
callback_leave:
	ldr	x9, [x25, #FRAME_HOST_SP]
	mov	sp, x9
	b	machine_leave_entering
	.cfi_endproc
	.size	machine_callback, . - machine_callback

/* _Noreturn void machine_unwind(struct core_frame *frame) */
	.p2align 4
	.type	machine_unwind, %function
machine_unwind:
	.cfi_startproc
	HINT_BTI_C
	mov	x25, x0
	mov	w26, #(4 + 1)		/* LFI_EXIT_UNWOUND */
	ldr	x9, [x25, #FRAME_HOST_SP]
	mov	sp, x9
	b	machine_leave_entering
	.cfi_endproc
	.size	machine_unwind, . - machine_unwind

#include "bti_note.inc"

	.section .note.GNU-stack,"",%progbits
