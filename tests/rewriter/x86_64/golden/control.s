# docs/abi.md, "Control"
	.text
	.globl	f
	.type	f,@function
f:
	call	g
	callq	g@PLT
	call	*%rax
	call	*%r12
	callq	*8(%rdi)
	callq	*(%rsp)
	call	*table(,%rax,8)
	call	*g@GOTPCREL(%rip)
	jmp	*%rcx
	notrack jmp	*%rax
	jmp	*(%rax,%rcx,8)
	jmp	*g@GOTPCREL(%rip)
	jmp	g
	jmp	.Lhere
	je	.Lhere
	jne	g@PLT
.Lhere:
	syscall
	ud2
	int3
	int	$3
	hlt
	ret
	retq
	rep ret
	repz; ret
	ret	$16
1:	jrcxz	1b
	loop	.Lhere
	jmp	1f
1:	bnd jmp	1b
# flags behind an indirect call, of which DF is meant
	call	*(%rax)
	pushfq
	popq	%rax
	ret
