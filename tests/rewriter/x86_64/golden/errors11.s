# flags behind calls
a:	call	outside
	incq	%rdi
	jc	.Lc
	call	outside
	btl	$1, %edi
	je	.Lc
	call	outside
	jmp	.Ljumps
	nop
.Ljumps:
	adcq	%rax, %rax
	call	.Lc
.Lafter:
	jc	.Lc
	call	outside # which may not return
.Lagain:
	jc	.Lc
.Lc:	ret
# a bit test in memory keeps the zero flag
b:	cmpq	%rsi, %rdi
	btsq	%rdi, (%rdx)
	je	.Lc
	ret
c:	ret	$-8
	enter	$-8, $0
	enter	$frame, $0
	frame = 8
# an indirect call, and a function that begins by using them
d:	cmpq	%rdi, %rsi
	call	*%rax
	ret
.Luses:	setb	%al
	ret
	.data
	.quad	.Luses
# saved behind a function of this file; behind others', only DF is meant
	.text
e:	call	.Lsaved
	pushfq
	ret
.Lsaved:
	ret
f:	call	outside
	pushfq
	ret
