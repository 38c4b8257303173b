# which labels start a bundle
	.text
plain:
	nop
	.globl	global
global:
	nop
	.type	function, @function
function:
	nop
.Ltable_target:
	nop
.Llea_target:
	nop
.Lbranch_target:
	jmp	.Lbranch_target
	nop
1:	nop
	leaq	1b(%rip), %rax
	leaq	1f(%rip), %rax
	nop
1:	nop
	leaq	.Llea_target(%rip), %rax
	nop
.Ldebug_only:
	nop
.Lset_target:
	nop
alias = .Lset_target
	.size	function, .-function
	.section	.rodata,"a",@progbits
	.p2align	2
.Ltable:
	.long	.Ltable_target-.Ltable
	.section	.debug_info,"",@progbits
	.quad	.Ldebug_only
	.pushsection .text
	nop
	.popsection
	.previous
	nop
	.section	.text.cold,"ax",@progbits
	.p2align	4, 0x90
	.p2align	6
	.balign	128
	.p2align	3, , 5
.Lcold:
	nop
	.section	.mydata,"aw"
	.p2align	4, 0x0
	.quad	global
	.byte	1
	.text
	leaq	0(%rip), %r14
	addq	$1, %rbx
	leaq	(%rip), %rax
	jmp	*%r14
