# instructions as bytes: flags may be wanted after those that are not known
	.text
	.globl	f
	.type	f,@function
f:
	cmpq	%rsi, %rsi
	stosb
	.byte	0x9f
	movzbl	%ah, %eax
	cmpq	%rsi, %rsi
	stosb
	.byte	0x0f, 0x92, 0xc0
	ret
