# xlat, bit tests, instructions as bytes
	.text
	.globl	f
	.type	f,@function
f:
	xlatb
	xlat	(%rbx)
	btq	%rax, (%rdi)
	btl	%eax, 8(%rsp)
	lock btsq	%rcx, (%rdx,%rsi,8)
	lock
	btr	%ax, 4(%rax)
	btcl	%esi, f(%rip)
	.byte	0x0f, 0xa2
	.byte	15, 5
	.byte	102, 15, 56, 0, 200
	.byte	0x90
	.byte	0xf3, 0xc3
