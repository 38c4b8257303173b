# a return as a jump, and flags
a:	cmpq	%rsi, %rdi
	leaq	.Luses(%rip), %rax
	pushq	%rax
	ret
.Luses:	setb	%al
	ret
