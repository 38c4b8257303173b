# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Bytes that are no code stay what they are, with calls in the bundles around them repaired.
# verify: no (data)
.include "lfi.inc"
.text
.p2align 5
.globl _start
_start:
	direct_call _start
	.fill 10, 1, 0x06
	.byte 0xe8, 1, 2, 3, 4
	.p2align 5
	direct_call _start
	.byte 0x66, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0, 0x06
	.p2align 5, 0x90
	ud2
