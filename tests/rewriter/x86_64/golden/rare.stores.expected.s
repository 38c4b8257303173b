	.bundle_align_mode	5
	.text
	.p2align	0
f:
	movq	%rcx, %r11
	movl	%ecx, %ecx
	jrcxz	.Llfi_near0
	movq	%r11, %rcx
	jmp	.Llfi_next0
.Llfi_near0:
	movq	%r11, %rcx
	jmp	718760f
.Llfi_next0:
	.p2align	0
718769:
	decl	%eax
	jnz	718769b
	.p2align	0
718760:
	pushfq
	cld
	movl	$4, %ecx
	.bundle_lock
	movl	%edi, %edi
	addq	%gs:0x2f020, %rdi
	rep stosb
	.bundle_unlock
	cld
	btl	$10, (%rsp)
	jae	.Llfi_popf1
	std
.Llfi_popf1:
	popq	-8(%rsp)
	movq	%rax, -136(%rsp)
	movq	%rcx, -144(%rsp)
	movdqu	%xmm2, -160(%rsp)
	pmovmskb	%xmm1, %r11d
	.p2align	0
.Llfi_byte2:
	bsfl	%r11d, %ecx
	je	.Llfi_stored2
	movb	-160(%rsp,%rcx), %al
	movb	%al, %gs:(%edi,%ecx)
	leal	-1(%r11), %eax
	andl	%eax, %r11d
	jmp	.Llfi_byte2
.Llfi_stored2:
	movq	-144(%rsp), %rcx
	movq	-136(%rsp), %rax
	movq	%rax, -136(%rsp)
	movq	%rcx, -144(%rsp)
	vmovdqu	%xmm2, -160(%rsp)
	vpmovmskb	%xmm1, %r11d
	.p2align	0
.Llfi_byte3:
	bsfl	%r11d, %ecx
	je	.Llfi_stored3
	movb	-160(%rsp,%rcx), %al
	movb	%al, %gs:(%edi,%ecx)
	leal	-1(%r11), %eax
	andl	%eax, %r11d
	jmp	.Llfi_byte3
.Llfi_stored3:
	movq	-144(%rsp), %rcx
	movq	-136(%rsp), %rax
	movq	%rax, -136(%rsp)
	movq	%rcx, -144(%rsp)
	movq	%mm2, -160(%rsp)
	pmovmskb	%mm1, %r11d
	.p2align	0
.Llfi_byte4:
	bsfl	%r11d, %ecx
	je	.Llfi_stored4
	movb	-160(%rsp,%rcx), %al
	movb	%al, %gs:(%edi,%ecx)
	leal	-1(%r11), %eax
	andl	%eax, %r11d
	jmp	.Llfi_byte4
.Llfi_stored4:
	movq	-144(%rsp), %rcx
	movq	-136(%rsp), %rax
	fnsave	%gs:(%edi)
	fsave	8(%rsp)
	frstor	(%rdi)
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
