# landing pads start a bundle; starts and lengths of call sites do not
	.text
	.globl	f
	.type	f,@function
f:
.Lfunc_begin0:
	.cfi_startproc
	.cfi_personality 155, DW.ref.__gxx_personality_v0
	.cfi_lsda 27, .Lexception0
	pushq	%rax
	.cfi_def_cfa_offset 16
.Ltmp0:
	callq	g
.Ltmp1:
	nop
.Ltmp3:
	callq	h
.Ltmp4:
	popq	%rax
	.cfi_def_cfa_offset 8
	retq
.Ltmp2:
	movq	%rax, %rdi
	callq	_Unwind_Resume@PLT
.Ltmp5:
	movq	%rax, %rdi
	callq	_Unwind_Resume@PLT
.Lfunc_end0:
	.size	f, .Lfunc_end0-f
	.cfi_endproc
	.section	.gcc_except_table,"a",@progbits
	.p2align	2, 0x0
GCC_except_table0:
.Lexception0:
	.byte	255                             # @LPStart Encoding = omit
	.byte	155                             # @TType Encoding = indirect pcrel sdata4
	.uleb128 .Lttbase0-.Lttbaseref0
.Lttbaseref0:
	.byte	1                               # Call site Encoding = uleb128
	.uleb128 .Lcst_end0-.Lcst_begin0
.Lcst_begin0:
	.uleb128 .Ltmp0-.Lfunc_begin0           # >> Call Site 1 <<
	.uleb128 .Ltmp1-.Ltmp0
	.uleb128 .Ltmp2-.Lfunc_begin0           #     jumps to .Ltmp2
	.byte	1
	.uleb128 .Ltmp1-.Lfunc_begin0
	.uleb128 .Ltmp3-.Ltmp1
	.byte	0                               #     has no landing pad
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
# a table that goes on behind another section
	.text
h:
.Lbegin5:
	callq	g
.Lend5:
	ret
.Lpad5:
	movq	%rax, %rdi
	ret
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
