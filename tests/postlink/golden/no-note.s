# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# note: none
.include "lfi.inc"
.text
.globl _start
_start:
	ud2
