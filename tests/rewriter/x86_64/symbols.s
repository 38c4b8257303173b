# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What the inputs of the golden tests leave undefined, for linking them (verifies.sh).
	.weak	f, g, h, _Unwind_Resume, x, FOO, SIZE, table, counter
	.set	FOO, 8
	.set	SIZE, 64
	.set	table, 0x40000
	.set	counter, 0x40000
	.text
	.type	g,@function
f:
g:
h:
_Unwind_Resume:
	ret
	.data
	.weak	DW.ref.__gxx_personality_v0
DW.ref.__gxx_personality_v0:
	.quad	0
