	.bundle_align_mode	5
	.text
	.file	"text.c"
	.file	1 "other.c"
	.globl f
	.type f, @function
	.p2align	5
f:
	movl   $1, %eax
	movb	$'#', %al
	movb	$';', %gs:(%edi)
	movb	$'\n', %gs:1(%edi)
	.p2align	0
.L1:
.L2:
3:
	nop
	nop
# 12 "other.c" 1
	.loc	1 12 3 prologue_end
	movq	%gs:FOO + 4*2(%edi), %rax
	MOVQ	%RAX, %rcx
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f028
	.bundle_unlock
	.p2align	5
	syscall
	movq	%gs:0, %rax
	.section	.rodata.str,"aMS",@progbits,1
	.asciz	"a ; b # c \" \\ /* no comment */"
	.string	"x", "y"
"quoted name":
	.ident	"a \"compiler\""
	value = 5
	.set	other, value + 1
