# data that execution can come to
	.text
	nop
	.long	1
	ret
	.type	g,@function
g:	.long	2
	jmp	1f
	.p2align	4
1:	.p2align	4
	.quad	3
	jne	h
	.section	.data
	.long	4
	.text
	.asciz	"5"
	ret
	.long	6
	.org	100
h:	nop
