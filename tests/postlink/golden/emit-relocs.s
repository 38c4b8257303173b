# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# link: --emit-relocs
.include "lfi.inc"
.text
.globl _start, f
_start:
	direct_call f
f:	ud2
