// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Code for boxes, by hand: what the tests run. Only bytes here, in a data section; the tests copy them to
 * their boxes. core_code is accepted by the verifier in mode `full`, core_wild in none.
 */
	.section .rodata
	.p2align 2

.macro	function name
	.globl	\name
\name:
.endm

/* x30 becomes the return point */
.macro	runtime_call slot
	ldur	x30, [x27, #-8 * (\slot + 1)]
	blr	x30
.endm
.macro	system_call		/* keeps x30, not x26 */
	mov	x26, x30
	runtime_call 0
	add	x30, x27, w26, uxtw
.endm
.macro	to_host
	runtime_call 3
.endm

/* struct dump of core-processor.c, at sp: x0 … x30, sp, vectors, then fpcr, fpsr, nzcv, dit, ssbs */
.macro	dump at
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	str	x\i, [sp, #\at + 8 * \i]
	.endr
	mrs	x0, nzcv
	str	x0, [sp, #\at + 784]
	mov	x0, sp
	str	x0, [sp, #\at + 248]
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	str	q\i, [sp, #\at + 256 + 16 * \i]
	.endr
	mrs	x0, fpcr
	str	x0, [sp, #\at + 768]
	mrs	x0, fpsr
	str	x0, [sp, #\at + 776]
.endm

	.globl	core_code, core_code_end
core_code:

/* What a box sees first. */
function code_dump
	dump	0
	to_host

/*
 * Loads all from a dump at sp, makes a system call, dumps at sp + 4096. x28 becomes the address of
 * the dumped one; x30 is the return point, as no guard follows the call.
 */
function code_preserve
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ldr	q\i, [sp, #256 + 16 * \i]
	.endr
	ldr	x0, [sp, #768]
	msr	fpcr, x0
	ldr	x0, [sp, #776]
	msr	fpsr, x0
	ldr	x0, [sp, #784]
	msr	nzcv, x0
	ldr	w0, [sp, #8 * 28]
	add	x28, x27, w0, uxtw
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 26, 29
	ldr	x\i, [sp, #8 * \i]
	.endr
	runtime_call 0
	dump	4096
	to_host

/* Timing and speculation state: sets dit to x0, makes a system call, x1 = dit, x2 = ssbs. */
function code_pstate
	msr	S3_3_C4_C2_5, x0
	system_call
	mrs	x1, S3_3_C4_C2_5
	mrs	x2, S3_3_C4_C2_6
	to_host

/* x0 = thread pointer before, x1 = after setting it to x0, all others kept. */
function code_tp
	mov	x19, x0
	ldr	x0, [x25, #16]
	str	x19, [x25, #16]
	ldr	x1, [x25, #16]
	to_host

/* System calls in a loop: x19 times number x21. */
function code_loop
1:	mov	x8, x21
	system_call
	sub	x19, x19, #1
	cbnz	x19, 1b
	to_host

/* uint64_t add(a, …, h, i, j): the last two on the stack */
function code_add
	add	x0, x0, x1
	add	x2, x2, x3
	add	x4, x4, x5
	add	x6, x6, x7
	add	x0, x0, x2
	add	x4, x4, x6
	add	x0, x0, x4
	ldp	x1, x2, [sp]
	add	x0, x0, x1
	add	x0, x0, x2
	ret

/* For gates: what a box sees first. */
function code_gate_dump
	dump	0
	ret
/* Calls x1 with x0, then dumps at sp + 1024; all that calls preserve is changed before. */
function code_gate_back
	stp	x29, x30, [sp, #-160]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	d8, d9, [sp, #64]
	stp	d10, d11, [sp, #80]
	stp	d12, d13, [sp, #96]
	stp	d14, d15, [sp, #112]
	.irp	i, 19, 20, 21, 22, 23, 24, 29
	mov	x\i, #(0x100 + \i)
	.endr
	.irp	i, 8, 9, 10, 11, 12, 13, 14, 15
	fmov	d\i, x24
	.endr
	mov	x2, #0x800000	/* rounds down */
	msr	fpcr, x2
	mov	x2, #0x10
	msr	fpsr, x2
	add	x28, x27, w1, uxtw
	blr	x28
	dump	1024
	msr	fpcr, xzr
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	d8, d9, [sp, #64]
	ldp	d10, d11, [sp, #80]
	ldp	d12, d13, [sp, #96]
	ldp	d14, d15, [sp, #112]
	ldp	x29, x30, [sp], #160
	add	x30, x27, w30, uxtw
	ret
/* Changes all that a function must not: callee-saved registers, control and status registers. */
function code_rude
	mov	x0, #0x7c00000
	msr	fpcr, x0
	mov	x0, #0x9f
	msr	fpsr, x0
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 26, 29
	mov	x\i, #0x77
	.endr
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	movi	v\i\().16b, #0x77
	.endr
	ret
/* uint64_t empty(x) */
function code_empty
	ret
/* uint64_t apply(n, function): the sum of its results for n … 1 */
function code_apply
	stp	x29, x30, [sp, #-48]!
	stp	x19, x20, [sp, #16]
	str	x21, [sp, #32]
	mov	x19, x0
	mov	x20, x1
	mov	x21, xzr
1:	mov	x0, x19
	add	x28, x27, w20, uxtw
	blr	x28
	add	x21, x21, x0
	sub	x19, x19, #1
	cbnz	x19, 1b
	mov	x0, x21
	ldr	x21, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #48
	add	x30, x27, w30, uxtw
	ret

/* double multiply(a, b) */
function code_multiply
	fmul	d0, d0, d1
	ret

/* uint64_t nest(n): n ? 1 + system call 7 with n - 1 : 0 */
function code_nest
	cbz	x0, 1f
	stp	x29, x30, [sp, #-32]!
	str	x19, [sp, #16]
	mov	x19, x0
	mov	x1, x0
	sub	x0, x0, #1
	mov	x8, #7
	system_call
	cmp	x1, x19		/* x1 is kept */
	b.ne	2f
	add	x0, x0, #1
	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	add	x30, x27, w30, uxtw
1:	ret
2:	udf	#0

/* Endless, for interruption. */
function code_spin
1:	add	x0, x0, #1
	b	1b
/* Endless system calls. */
function code_spin_calls
1:	system_call
	b	1b

/* Faults. */
function code_load		/* from x0 */
	ldr	x0, [x27, w0, uxtw]
	to_host
function code_store		/* to x0 */
	str	x1, [x27, w0, uxtw]
	to_host
function code_jump		/* to x0 */
	add	x28, x27, w0, uxtw
	br	x28
function code_illegal
	udf	#0
function code_breakpoint
	brk	#0
function code_recurse
	stp	x29, x30, [sp, #-16]!
	bl	code_recurse
	udf	#0
function code_push		/* sp is in the middle of two pages */
	str	x0, [sp, #-16]!
	to_host
core_code_end:

/* What no verifier accepts. */
	.globl	core_wild, core_wild_end
core_wild:

/* sp is x0 during a system call; what it is afterwards in x0. */
function wild_stack
	mov	sp, x0
	runtime_call 0
	mov	x0, sp
	to_host
function wild_stack_fault
	mov	sp, x0
	udf	#0

/* A slot that has no entry: x0 is its displacement. */
function wild_trap
	ldr	x30, [x27, x0]
	blr	x30

/* x30 is x0 during a system call; the lower half of x0 must be a place that calls the host. */
function wild_link
	ldur	x1, [x27, #-8]
	mov	x30, x0
	br	x1
function wild_link_back
	mov	x0, x30
	to_host

/* x25 and x27 are x0 during a system call. */
function wild_context
	mov	x19, x25
	mov	x20, x27
	ldur	x30, [x27, #-8]
	mov	x25, x0
	mov	x27, x0
	blr	x30
	cmp	x19, x25
	cset	x0, eq
	cmp	x20, x27
	cset	x1, eq
	mov	x27, x20
	to_host
core_wild_end:

	.section .note.GNU-stack,"",%progbits
