# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# kind: -shared
# verify: no (no entry point)
.include "lfi.inc"
.text
.p2align 5
.globl f
.hidden f
f:	return
.p2align 5
.globl g
g:	direct_call f
	return
