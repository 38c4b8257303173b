	.bundle_align_mode	5
	.text
	.p2align	5
.Ltaken:
	nop
	.p2align	5
.Lpushed:
	nop
	.p2align	5
.Lcompared:
	nop
	movl	$.Ltaken, %eax
	pushq	$.Lpushed
	cmpq	$.Lcompared-8, %rax
