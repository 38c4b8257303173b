	.text
	.globl	f
	.type	f, %function
f:
	hint	#25
	.inst	0x4e284801
	add	x30, x27, w30, uxtw
	ret	x30
	MOV	W0, WZR
	LDR	X0, [X1, #8]
	.p2align	4, , 8
	.p2align	3
	b	2f
	.pushsection	.data.rel.ro.lfi,"aw",@progbits
1:
	.xword	f, 1b
	.word	2f-1b
	.byte	1, 2, 3
	.zero	4
	.popsection
2:
	.p2align	2
	ldr	x0, [fp, #'a' - 'A' + 8]
	ret
	.section .init_array, "aw"
	.xword	f
