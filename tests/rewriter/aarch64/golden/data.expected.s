	.text
	.globl	f
	.type	f, %function
f:
	hint	#25
	.inst	0x4e284801
	add	x30, x27, w30, uxtw
	ret	x30
	MOV	W0, WZR
	add	x28, x27, w1, uxtw
	LDR	X0, [x28, #8]
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
	add	x28, x27, w29, uxtw
	ldr	x0, [x28, 'a' - 'A' + 8]
	ret
	.section .init_array, "aw"
	.xword	f
