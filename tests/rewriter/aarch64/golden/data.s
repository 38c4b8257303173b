# data among code, instructions as numbers, other names of registers' widths, alignment
	.text
	.globl	f
	.type	f, %function
f:
	.inst	0xd503233f
	.word	0x4e284801
	.inst	0xd65f03c0
	MOV	W0, WZR
	LDR	X0, [X1, #8]
	.p2align 4, 0xff, 8
	.align	3
	b	2f
1:	.xword	f, 1b
	.word	2f-1b
	.byte	1, 2, 3
	.zero	4
2:
	.balign	4
	ldr	x0, [fp, #'a' - 'A' + 8]
	ret
	.ltorg
	.section .init_array, "aw"
	.xword	f
