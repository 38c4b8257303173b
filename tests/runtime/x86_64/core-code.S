// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Code for boxes, by hand: what the tests run. Only bytes here, in a data section; the tests copy them to
 * their boxes. core_code is accepted by the verifier in mode `full`, core_wild in none.
 */
	.section .rodata
	.bundle_align_mode 5

#define TEST_DATA 0x200000	/* box.h */

.macro	function name
	.p2align 5, 0x90
	.globl	\name
\name:
.endm

/* GNU as has no `align_to_end`: calls stand at the end of a bundle of their own */
.macro	runtime_call slot
	.p2align 5, 0x90
	.nops	17, 9
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f000 + 8 * \slot
.endm
.macro	system_call
	runtime_call	0
.endm
.macro	to_host
	runtime_call	3
.endm

.macro	return_masked
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
.endm

.macro	call_direct target
	.p2align 5, 0x90
	.nops	27, 9
	call	\target
.endm

.macro	call_masked reg, half
	.p2align 5, 0x90
	.nops	18, 9
	.bundle_lock
	andl	$-32, \half
	addq	%gs:0x2f020, \reg
	callq	*\reg
	.bundle_unlock
.endm

.macro	each_general op, base	/* all but rsp, r11 last; 8 bytes each */
	\op	%rax, \base + 0
	\op	%rbx, \base + 8
	\op	%rcx, \base + 16
	\op	%rdx, \base + 24
	\op	%rsi, \base + 32
	\op	%rdi, \base + 40
	\op	%rbp, \base + 48
	\op	%rsp, \base + 56
	\op	%r8, \base + 64
	\op	%r9, \base + 72
	\op	%r10, \base + 80
	\op	%r11, \base + 88
	\op	%r12, \base + 96
	\op	%r13, \base + 104
	\op	%r14, \base + 112
	\op	%r15, \base + 120
.endm
.macro	store_at reg, at
	addr32 movq \reg, %gs:\at
.endm
.macro	load_at reg, at
	.ifnc	\reg,%rsp
	addr32 movq %gs:\at, \reg
	.endif
.endm

/* struct dump of box.h: general registers, then ymm, mxcsr, control word, flags */
.macro	dump at
	each_general store_at, \at
	pushfq
	popq	%rax
	store_at	%rax, \at + 648
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	addr32 vmovdqu %ymm\i, %gs:\at + 128 + 32 * \i
	.endr
	addr32 stmxcsr %gs:\at + 640
	addr32 fnstcw %gs:\at + 644
.endm

	.globl	core_code, core_code_end
	.p2align 5, 0x90
core_code:

/* What a box sees first. */
function code_dump
	dump	TEST_DATA
	to_host

/* Loads all from a dump at TEST_DATA, makes a system call, dumps at TEST_DATA + 4096. */
function code_preserve
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	addr32 vmovdqu %gs:TEST_DATA + 128 + 32 * \i, %ymm\i
	.endr
	addr32 ldmxcsr %gs:TEST_DATA + 640
	addr32 fldcw %gs:TEST_DATA + 644
	each_general load_at, TEST_DATA
	addq	%r15, %r15
	load_at	%r15, TEST_DATA + 120
	system_call
	dump	TEST_DATA + 4096
	to_host

/* The same with the upper halves of ymm in their initial state. */
function code_preserve_sse
	vzeroupper
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	addr32 movdqu %gs:TEST_DATA + 128 + 32 * \i, %xmm\i
	.endr
	addr32 ldmxcsr %gs:TEST_DATA + 640
	each_general load_at, TEST_DATA
	system_call
	dump	TEST_DATA + 4096
	to_host

/* x87: two values on the stack across a system call; then stores both. */
function code_preserve_x87
	addr32 fldcw %gs:TEST_DATA
	fldpi
	fld1
	system_call
	addr32 fnstcw %gs:TEST_DATA + 32
	addr32 fnstsw %gs:TEST_DATA + 34
	addr32 fstpt %gs:TEST_DATA + 48
	addr32 fstpt %gs:TEST_DATA + 64
	to_host

/* rax = thread pointer before, rdx = after setting it to rdi, all others kept. */
function code_tp
	stc
	movq	%rdi, %rbx
	runtime_call	1
	movq	%r11, %rax
	runtime_call	2
	runtime_call	1
	movq	%r11, %rdx
	setc	%cl
	to_host

/* cpuid of rdi and rsi, with all else from a dump at TEST_DATA as for code_preserve. */
function code_cpuid
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	addr32 vmovdqu %gs:TEST_DATA + 128 + 32 * \i, %ymm\i
	.endr
	addr32 ldmxcsr %gs:TEST_DATA + 640
	addr32 fldcw %gs:TEST_DATA + 644
	addr32 movq %rdi, %gs:TEST_DATA
	addr32 movq %rsi, %gs:TEST_DATA + 16
	each_general load_at, TEST_DATA
	movq	%r15, -120(%rsp)
	addb	$0x7f, %r15b
	load_at	%r15, TEST_DATA + 120
	runtime_call	5
	dump	TEST_DATA + 4096
	movq	-120(%rsp), %rax
	to_host

/* System calls in a loop: rbx times number rax. */
function code_loop
1:	movq	%r14, %rax
	system_call
	decq	%rbx
	jnz	1b
	to_host

/* uint64_t add(a, b, c, d, e, f, g, h): the last two on the stack */
function code_add
	leaq	(%rdi,%rsi), %rax
	addq	%rdx, %rax
	addq	%rcx, %rax
	addq	%r8, %rax
	addq	%r9, %rax
	addq	8(%rsp), %rax
	addq	16(%rsp), %rax
	return_masked

/* For gates: what a box sees first, as code_dump; mm0-7 and the x87 environment at + 4096. */
function code_gate_dump
	dump	TEST_DATA
	addr32 fnstenv %gs:TEST_DATA + 4096
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	addr32 movq %mm\i, %gs:TEST_DATA + 4096 + 32 + 8 * \i
	.endr
	emms
	return_masked
/* Calls rsi with rdi, then dumps; all that calls preserve is changed before and after. */
function code_gate_back
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	pushq	%rax
	movl	$0x101, %ebx
	movl	$0x102, %ebp
	movl	$0x103, %r12d
	movl	$0x104, %r13d
	movl	$0x105, %r14d
	movl	$0x106, %r15d
	call_masked %rsi, %esi
	dump	TEST_DATA
	addr32 fnstenv %gs:TEST_DATA + 4096
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	addr32 movq %mm\i, %gs:TEST_DATA + 4096 + 32 + 8 * \i
	.endr
	emms
	popq	%rcx
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	return_masked
/* uint64_t apply(n, function): the sum of its results for n … 1 */
function code_apply
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	movq	%rdi, %rbx
	movq	%rsi, %rbp
	xorl	%r12d, %r12d
1:	movq	%rbx, %rdi
	movq	%rbp, %rsi
	call_masked %rsi, %esi
	addq	%rax, %r12
	decq	%rbx
	jnz	1b
	movq	%r12, %rax
	popq	%r12
	popq	%rbp
	popq	%rbx
	return_masked
/* uint64_t empty(x) */
function code_empty
	return_masked
/* Changes all that a function must not: callee-saved registers, control words, flags, and more. */
function code_rude
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vpcmpeqd %ymm0, %ymm0, %ymm\i
	.endr
	fld1
	fldpi
	fldl2e
	fldz
	fldz
	fld1
	fld1
	fld1
	fld1
	addr32 ldmxcsr %gs:TEST_DATA + 640
	addr32 fldcw %gs:TEST_DATA + 644
	popq	%r11
	.irp	r, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r12, r13, r14, r15
	movq	$-1, %\r
	.endr
	std
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock

/* double multiply(a, b) */
function code_multiply
	mulsd	%xmm1, %xmm0
	return_masked

/* uint64_t nest(n): n ? 1 + system call 7 with n - 1 : 0 */
function code_nest
	movl	$0, %eax
	testq	%rdi, %rdi
	jz	1f
	pushq	%rbx
	movq	%rdi, %rbx
	decq	%rdi
	movl	$7, %eax
	system_call
	cmpq	%rbx, %rdi	/* rdi is kept: n - 1 */
	jae	2f
	incq	%rax
	popq	%rbx
1:	return_masked
2:	ud2

/* Endless, for interruption. */
function code_spin
1:	incq	%rax
	jmp	1b
/* Endless system calls. */
function code_spin_calls
1:	system_call
	jmp	1b

/* Faults. */
function code_load		/* from rdi */
	movq	%gs:(%edi), %rax
	to_host
function code_store		/* to rdi */
	movq	%rax, %gs:(%edi)
	to_host
function code_jump		/* to rdi */
	.bundle_lock
	andl	$-32, %edi
	addq	%gs:0x2f020, %rdi
	jmpq	*%rdi
	.bundle_unlock
function code_illegal
	ud2
function code_halt
	hlt
function code_breakpoint
	int3
function code_divide
	xorl	%edx, %edx
	xorl	%ecx, %ecx
	movl	$1, %eax
	idivl	%ecx
function code_sse_exception	/* divides by zero with the exception enabled */
	addr32 ldmxcsr %gs:TEST_DATA
	movl	$1, %eax
	cvtsi2ssl %eax, %xmm0
	xorps	%xmm1, %xmm1
	divss	%xmm1, %xmm0
	ud2
function code_x87_exception	/* a pending exception, then a waiting instruction; a call between if rdi */
	addr32 fldcw %gs:TEST_DATA
	fld1
	fldz
	fdivrp	%st, %st(1)	/* 1 by 0: AT&T has these two the other way round */
	testq	%rdi, %rdi
	jz	1f
	system_call
1:	fldz
	ud2
function code_recurse
	call_direct	code_recurse
	ud2
	.p2align 5, 0x90
core_code_end:

/* What no verifier accepts. */
	.globl	core_wild, core_wild_end
	.p2align 5, 0x90
core_wild:

/* Flags from TEST_DATA + 648 across a system call. */
function wild_flags
	addr32 pushq %gs:TEST_DATA + 648
	popfq
	system_call
	pushfq
	pushq	$2
	popfq
	popq	%rax
	addr32 movq %rax, %gs:TEST_DATA + 4096 + 648
	to_host

/* rsp is rdi during a system call; what it is afterwards in rax. */
function wild_stack
	movq	%rdi, %rsp
	system_call
	movq	%rsp, %rax
	to_host
function wild_stack_fault
	movq	%rdi, %rsp
	ud2

/* A slot that has no entry: rdi is its displacement. */
function wild_trap
	jmpq	*%gs:(%rdi)

/* The x87 environment and registers without looking at tags. */
function wild_x87
	addr32 fnstenv %gs:TEST_DATA
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	addr32 movq %mm\i, %gs:TEST_DATA + 32 + 8 * \i
	.endr
	emms
	to_host
function wild_syscall_x87
	system_call
	addr32 fnstenv %gs:TEST_DATA
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	addr32 movq %mm\i, %gs:TEST_DATA + 32 + 8 * \i
	.endr
	emms
	to_host

/* struct wide of core-avx512.c: zmm0-31, k0-7 */
.macro	move_wide op, mask_op, at
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	zmm\i, \at+64*\i
	.endr
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	\mask_op	k\i, \at+2048+8*\i
	.endr
.endm
.macro	store_zmm reg, at
	addr32 vmovdqu64 %\reg, %gs:\at
.endm
.macro	load_zmm reg, at
	addr32 vmovdqu64 %gs:\at, %\reg
.endm
.macro	store_mask reg, at
	addr32 kmovq %\reg, %gs:\at
.endm
.macro	load_mask reg, at
	addr32 kmovq %gs:\at, %\reg
.endm

/* What a box sees first; for gates. */
function wild_wide_dump
	move_wide store_zmm, store_mask, TEST_DATA
	to_host
function wild_wide_gate
	move_wide store_zmm, store_mask, TEST_DATA
	return_masked
/* Fills all, calls rsi, stores. */
function wild_wide_back
	move_wide load_zmm, load_mask, TEST_DATA
	pushq	%rax
	call_masked %rsi, %esi
	move_wide store_zmm, store_mask, TEST_DATA+4096
	popq	%rcx
	return_masked
/* Fills all, makes a system call, stores. */
function wild_wide_keep
	move_wide load_zmm, load_mask, TEST_DATA
	system_call
	move_wide store_zmm, store_mask, TEST_DATA+4096
	to_host
/* The same with what rdi says of it: 1 zmm16-31, 2 masks, 4 zmm0-15. */
function wild_wide_some
	vzeroall
	.irp	i, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	vpxord	%zmm\i, %zmm\i, %zmm\i
	.endr
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	kxorq	%k\i, %k\i, %k\i
	.endr
	testl	$1, %edi
	jz	1f
	.irp	i, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	load_zmm zmm\i, TEST_DATA+64*\i
	.endr
1:	testl	$2, %edi
	jz	2f
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	load_mask k\i, TEST_DATA+2048+8*\i
	.endr
2:	testl	$4, %edi
	jz	3f
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	load_zmm zmm\i, TEST_DATA+64*\i
	.endr
3:	system_call
	move_wide store_zmm, store_mask, TEST_DATA+4096
	to_host
/* Fills all, then waits for a signal. */
function wild_wide_spin
	move_wide load_zmm, load_mask, TEST_DATA
	addr32 movl $1, %gs:TEST_DATA + 4096
1:	cmpl	$0, %eax
	je	1b
	move_wide store_zmm, store_mask, TEST_DATA+4096
	to_host
	.p2align 5, 0x90
core_wild_end:

	.section .note.GNU-stack,"",@progbits
