	.bundle_align_mode	5
	.text
	.globl	plain
	.p2align	5
plain:
	xorl	%eax, %eax
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f028
	.bundle_unlock
	.p2align	5
	movl	%ebx, %gs:(%edi)
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.globl	counts
	.p2align	5
counts:
	movl	%eax, %r11d
	movl	$7, %eax
	xorl	%ecx, %ecx
	cmpl	%eax, %r11d
	movq	%r11, -136(%rsp)
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f028
	.bundle_unlock
	.p2align	5
	movq	-136(%rsp), %r11
	jb	1f
	movl	%r11d, %eax
	.p2align	0
1:
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.globl	red_zone
	.p2align	5
red_zone:
	movq	%rbx, -8(%rsp)
	movl	$1, %eax
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f028
	.bundle_unlock
	.p2align	5
	movq	-8(%rsp), %rbx
	xgetbv
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.globl	bytes
	.p2align	5
bytes:
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f028
	.bundle_unlock
	.p2align	5
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
