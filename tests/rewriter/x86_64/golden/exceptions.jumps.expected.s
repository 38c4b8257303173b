	.bundle_align_mode	5
	.text
	.globl	f
	.type	f,@function
	.p2align	5
f:
.Lfunc_begin0:
	.cfi_startproc
	.cfi_personality 155, DW.ref.__gxx_personality_v0
	.cfi_lsda 27, .Lexception0
	pushq	%rax
	.cfi_def_cfa_offset 16
	.p2align	0
.Ltmp0:
	callq	g
	.p2align	5
	.p2align	0
.Ltmp1:
	nop
	.p2align	0
.Ltmp3:
	callq	h
	.p2align	5
	.p2align	0
.Ltmp4:
	popq	%rax
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
	.p2align	5
.Ltmp2:
	movq	%rax, %rdi
	callq	_Unwind_Resume@PLT
	.p2align	5
	.p2align	5
.Ltmp5:
	movq	%rax, %rdi
	callq	_Unwind_Resume@PLT
	.p2align	5
	.p2align	0
.Lfunc_end0:
	.size	f, .Lfunc_end0-f
	.cfi_endproc
	.section	.gcc_except_table,"a",@progbits
	.p2align	2, 0x0
GCC_except_table0:
.Lexception0:
	.byte	255
	.byte	155
	.uleb128 .Lttbase0-.Lttbaseref0
.Lttbaseref0:
	.byte	1
	.uleb128 .Lcst_end0-.Lcst_begin0
.Lcst_begin0:
	.uleb128 .Ltmp0-.Lfunc_begin0
	.uleb128 .Ltmp1-.Ltmp0
	.uleb128 .Ltmp2-.Lfunc_begin0
	.byte	1
	.uleb128 .Ltmp1-.Lfunc_begin0
	.uleb128 .Ltmp3-.Ltmp1
	.byte	0
	.byte	0
	.uleb128 .Ltmp3-.Lfunc_begin0
	.uleb128 .Ltmp4-.Ltmp3
	.uleb128 .Ltmp5-.Lfunc_begin0
	.byte	0
.Lcst_end0:
	.byte	1
	.byte	0
	.p2align	2, 0x0
	.long	0
.Lttbase0:
	.p2align	2, 0x0
	.text
	.p2align	0
h:
.Lbegin5:
	callq	g
	.p2align	5
	.p2align	0
.Lend5:
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	5
.Lpad5:
	movq	%rax, %rdi
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.section	.gcc_except_table,"a",@progbits
	.byte	255
	.byte	255
	.byte	1
	.pushsection	.rodata
	.byte	7
	.popsection
	.uleb128	.Lcst5_end-.Lcst5_begin
.Lcst5_begin:
	.uleb128	.Lbegin5-h
	.uleb128	.Lend5-.Lbegin5
	.uleb128	.Lpad5-h
	.byte	0
.Lcst5_end:
