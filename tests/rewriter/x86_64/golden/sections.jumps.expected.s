	.bundle_align_mode	5
	.text
	.type	"a b",@function
	.p2align	5
"a b":
	testq	%rdi, %rdi
	jnz	1f
	jmp	"c\"d"
	.subsection	1
	.p2align	0
1:
	call	"a b"
	.p2align	5
	leaq	"c\"d"(%rip), %rax
	.text	2
	movl	$1, %eax
	.pushsection	.text, 1
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.popsection
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.subsection
	.p2align	5
"c\"d":
	jmp	.Lx
	.pushsection	.rodata.lfi,"a",@progbits
	.long	1, 2
	.popsection
	.previous
	.p2align	0
.Lx:
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
