# data between functions moves to .rodata.lfi, addresses to .data.rel.ro.lfi
	.text
	.align	16
start:	.quad	1
	.globl	f
	.type	f,@function
	.p2align	4
f:
	leaq	K256(%rip), %rax
	leaq	.Ltable(%rip), %rcx
	movl	4(%rax,%rdi,4), %edx
	movslq	(%rcx,%rdi,4), %rdx
	addq	%rcx, %rdx
	jmp	*%rdx
.Lcase:
	lea	1f(%rip), %rsi
	ret
.Lfunc_end:
	.size	f,.-f
	.align	64
	.type	K256,@object
K256:
	.long	0x428a2f98,0x71374491
	.byte	1,2,3,4
	.align	64
.Lmask:	.byte	15,14,13,12,11,10,9,8,7,6,5,4,3,2,1,0
	.size	K256,.-K256
.Ltable:
	.long	.Lcase-.Ltable
	.asciz	"SHA256, \"CRYPTOGAMS\""
1:	.zero	8
	.align	32
.Lnext:
	ud2
# may be an instruction, and something branches to it: stays
	je	2f
	jmp	.Lnext
2:	.byte	0xf3,0xc3
# after a return that is written as bytes
.Lrounds:
	.long	1,2
	.byte	0xf3,0xc3
	.size	.Lrounds,.-.Lrounds
	.section	.text.other,"ax",@progbits
other:	.octa	7
	.quad	f
	nop
# short data behind a return, at labels that only addresses name; the last is code
	.text
h:	leaq	.Lname(%rip), %rax
	leaq	code(%rip), %rcx
	ret
.Lname:	.byte	114,99,52,40,56,120,44,105,110,116,41,0
	.p2align	4
.Lone:	.byte	1
	.globl	code
code:	.byte	0xf3,0x90
	.byte	0xf3,0xc3
	.globl	k
k:	.byte	0x0f,0xa2
	ret
