/* comments of all
   kinds */	.text	// and
	.file	"text.c"
	.file	1 "other.c"
	.globl f; .type f, @function
f: /* before */ movl /* inside */ $1, %eax /* after */ # and more
	movb	$'#', %al
	movb	$';', (%rdi)
	movb	$'\n', 1(%rdi)
.L1: .L2: 3: nop; nop
# 12 "other.c" 1
	.loc	1 12 3 prologue_end
	movq	FOO + 4*2(%rdi), %rax
	MOVQ	%RAX, %rcx
	#APP
	cpuid
	#NO_APP
	.lfi_rewrite_disable
	syscall
	movq	%gs:0, %rax
	.lfi_rewrite_enable
	.section	.rodata.str,"aMS",@progbits,1
	.asciz	"a ; b # c \" \\ /* no comment */"
	.string	"x", "y"
"quoted name":
	.ident	"a \"compiler\""
value = 5
	.set	other, value + 1
