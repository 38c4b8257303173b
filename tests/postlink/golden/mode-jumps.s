# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# mode: jumps
.include "lfi.inc"
.text
.globl _start
_start:
	direct_call _start
	ud2
