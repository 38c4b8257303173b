# atomics, which libraries write as numbers
	.text
	.globl	f
f:
	.inst	0xc8a07c41
	.inst	0x08e0ffe1
	.inst	0x787f0061
	.inst	0xf8a3809f
	.inst	0xb8e360a4
	.inst	0xd4000001
	.inst	0xd61f0060
	.inst	0
