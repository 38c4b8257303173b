	.bundle_align_mode	5
	.text
	.p2align	0
plain:
	nop
	.globl	global
	.p2align	5
global:
	nop
	.type	function, @function
	.p2align	5
function:
	nop
	.p2align	5
.Ltable_target:
	nop
	.p2align	5
.Llea_target:
	nop
	.p2align	0
.Lbranch_target:
	jmp	.Lbranch_target
	nop
	.p2align	5
1:
	nop
	leaq	1b(%rip), %rax
	leaq	1f(%rip), %rax
	nop
	.p2align	5
1:
	nop
	leaq	.Llea_target(%rip), %rax
	nop
	.p2align	0
.Ldebug_only:
	nop
	.p2align	5
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
	.p2align	5, , 10
	.p2align	5
	.p2align	6
	.p2align	7, 0x90
	.p2align	3, , 5
.Lcold:
	nop
	.section	.mydata,"aw"
	.p2align	4, 0x0
	.quad	global
	.byte	1
	.text
	leaq	.Llfi_here0(%rip), %r14
	.p2align	5
.Llfi_here0:
	addq	$1, %rbx
	leaq	.Llfi_here1(%rip), %rax
	.p2align	5
.Llfi_here1:
	.bundle_lock
	andl	$-32, %r14d
	addq	%gs:0x2f020, %r14
	jmpq	*%r14
	.bundle_unlock
