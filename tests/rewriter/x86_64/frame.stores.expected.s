	.bundle_align_mode	5
	.text
	.globl	f
	.type	f,@function
	.p2align	5
f:
	.cfi_startproc
	pushq	%rbx
	.cfi_def_cfa_offset 16
	.p2align	0
	subq	$16, %rsp
	.cfi_def_cfa_offset	32
	.p2align	0
	movl	%eax, (%rsp)
	.cfi_def_cfa_offset	16
	.cfi_adjust_cfa_offset 16
	.p2align	0
	movq	%rdi, %rbx
	je	1f
	addq	$100, %rsp
	.cfi_def_cfa_offset	-68
	.p2align	0
	testl	%eax, (%rsp)
	.cfi_def_cfa_offset	32
	.p2align	0
	movq	%rbx, %rax
	popq	%r11
	.cfi_def_cfa_offset	24
	.p2align	0
	popq	%r11
	.cfi_def_cfa_offset 16
	.p2align	0
	jmp	2f
	.p2align	0
2:
	.cfi_remember_state
	popq	%rbx
	.cfi_def_cfa_offset 8
	.p2align	0
	popq	%r11
	.cfi_escape	0x16, 16, 11, 0x12, 0x7b, 0, 0x27, 0x0c, 0xff, 0xff, 0xff, 0xff, 0x1a, 0x27
	.cfi_def_cfa_offset	0
	.p2align	0
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.cfi_def_cfa_offset	8
	.cfi_offset	16, -8
	.p2align	0
1:
	.cfi_restore_state
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	.p2align	0
	subq	$32, %rsp
	movl	%eax, (%rsp)
	movl	%ecx, %eax
	.cfi_def_cfa %rsp, 8
	.p2align	0
	popq	%r11
	.cfi_escape	0x16, 16, 11, 0x12, 0x7b, 0, 0x27, 0x0c, 0xff, 0xff, 0xff, 0xff, 0x1a, 0x27
	.cfi_def_cfa_offset	0
	.p2align	0
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.cfi_endproc
	.p2align	0
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.cfi_startproc
	.cfi_escape 0x0f, 3, 0x77, 8, 6
	.p2align	0
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.cfi_endproc
	.cfi_startproc
	.cfi_escape 0x2e, 0x10
	.p2align	0
	popq	%r11
	.cfi_escape	0x16, 16, 11, 0x12, 0x7b, 0, 0x27, 0x0c, 0xff, 0xff, 0xff, 0xff, 0x1a, 0x27
	.cfi_def_cfa_offset	0
	.p2align	0
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.cfi_endproc
