	.bundle_align_mode	5
	.text
	.pushsection	.rodata.lfi,"a",@progbits
	.align	16
start:
	.quad	1
	.popsection
	.globl	f
	.type	f,@function
	.p2align	5, , 10
	.p2align	5
f:
	leaq	K256(%rip), %rax
	leaq	.Ltable(%rip), %rcx
	movl	%gs:4(%eax,%edi,4), %edx
	movslq	%gs:(%ecx,%edi,4), %rdx
	addq	%rcx, %rdx
	.bundle_lock
	andl	$-32, %edx
	addq	%gs:0x2f020, %rdx
	jmpq	*%rdx
	.bundle_unlock
	.p2align	5
.Lcase:
	lea	1f(%rip), %rsi
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.p2align	0
.Lfunc_end:
	.size	f,.-f
	.pushsection	.rodata.lfi,"a",@progbits
	.align	64
	.type	K256,@object
K256:
	.long	0x428a2f98,0x71374491
	.byte	1,2,3,4
	.align	64
.Lmask:
	.byte	15,14,13,12,11,10,9,8,7,6,5,4,3,2,1,0
	.size	K256,.-K256
.Ltable:
	.long	.Lcase-.Ltable
	.asciz	"SHA256, \"CRYPTOGAMS\""
1:
	.zero	8
	.popsection
	.p2align	5
.Lnext:
	ud2
	je	2f
	jmp	.Lnext
	.p2align	0
2:
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.pushsection	.rodata.lfi,"a",@progbits
.Lrounds:
	.long	1,2
	.byte	0xf3,0xc3
	.size	.Lrounds,.-.Lrounds
	.popsection
	.section	.text.other,"ax",@progbits
	.pushsection	.data.rel.ro.lfi,"aw",@progbits
other:
	.octa	7
	.quad	f
	.popsection
	nop
	.text
	.p2align	0
h:
	leaq	.Lname(%rip), %rax
	leaq	code(%rip), %rcx
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.pushsection	.rodata.lfi,"a",@progbits
.Lname:
	.byte	114,99,52,40,56,120,44,105,110,116,41,0
	.p2align	4
.Lone:
	.byte	1
	.popsection
	.globl	code
	.p2align	5
code:
	pause
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
	.globl	k
	.p2align	5
k:
	.bundle_lock
	leaq	8(%rip), %r11
	jmpq	*%gs:0x2f028
	.bundle_unlock
	.p2align	5
	popq	%r11
	.bundle_lock
	andl	$-32, %r11d
	addq	%gs:0x2f020, %r11
	jmpq	*%r11
	.bundle_unlock
