# subsections, and names that need quotes
	.globl	.Lx
	.text
	.type	"a b",@function
"a b":
	testq	%rdi, %rdi
	jnz	1f
	jmp	"c\"d"
	.subsection	1
1:	call	"a b"
	leaq	"c\"d"(%rip), %rax
	.text	2
	movl	$1, %eax
# behind subsection 1
	.pushsection	.text, 1
	ret
	.popsection
	ret
	.subsection
"c\"d":
	jmp	.Lx
# nothing leads here, as the jump before it is of the same subsection
	.long	1, 2
	.previous
.Lx:	ret
