# call frame information between the instructions that are added
	.text
	.globl	f
	.type	f,@function
f:
	.cfi_startproc
	pushq	%rbx
	.cfi_def_cfa_offset 16
	subq	$16, %rsp
	.cfi_adjust_cfa_offset 16
	movq	%rdi, %rbx
	je	1f
	addq	$100, %rsp
	movq	%rbx, %rax
	addq	$16, %rsp
	.cfi_def_cfa_offset 16
	jmp	2f
2:
	.cfi_remember_state
	popq	%rbx
	.cfi_def_cfa_offset 8
	ret
1:
	.cfi_restore_state
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	subq	$32, %rsp
	movl	%ecx, %eax
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_endproc
	ret
	.cfi_startproc
	.cfi_escape 0x0f, 3, 0x77, 8, 6
	ret
	.cfi_endproc
	.cfi_startproc
	.cfi_escape 0x2e, 0x10
	ret
	.cfi_endproc
