# distances that may be too large for their bits
	.text
f:
	ret
.Lfar:
	ldr	x0, [x1, #8]
	.p2align 8
	ret
.Ltable:
	.byte	(.Ltable - .Lfar), 1
	.hword	(.Ltable - .Lfar) / 4
	.section .rodata
	.byte	.Lfar - .Lend
	.text
.Lend:
	ldrsb	w0, [x1]
1:
	ldr	x0, [x1, #8]
	.p2align 8
	ret
2:
	ret
3:
	.section .rodata
	.byte	(2b - 1b) / 4, (2b - 1b) / 2
	.byte	(.Lend - .Lfar) / 8, (.Lend - .Lfar) >> 3
	.hword	2b - 1b
