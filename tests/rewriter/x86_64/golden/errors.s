	.text
	frobnicate %rax
	movq	%gs:0, %rax
	popfw
	fxsave (%rdi)
	wrgsbase %rax
	vaddps	%zmm0, %zmm1, %zmm2
	vaddps	%ymm0, %ymm1, %ymm2{%k1}
	movq	%rax, %rxx
	movq	8(%rax, %rbx
	leaq	x@tlsgd(%rip), %rdi
	lea	1(,%rax,3), %rax
	jmp	.+5
	in	$1, %al
	rdrand	%eax
	.subsection	x
