# labels that instructions name by address; not position independent, so not linked in tests
	.text
.Ltaken:
	nop
.Lpushed:
	nop
.Lcompared:
	nop
	movl	$.Ltaken, %eax
	pushq	$.Lpushed
	cmpq	$.Lcompared-8, %rax
